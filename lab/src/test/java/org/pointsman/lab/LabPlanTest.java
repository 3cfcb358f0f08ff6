package org.pointsman.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.IpPrefix;
import picocli.CommandLine;

final class LabPlanTest {
  private static final LabPlan PLAN = new LabPlan("t1", LabPlan.MOST_PEERS);

  @Test
  void everyCommandNamesNamespacesOfTheLabAlone() {
    for (String command : PLAN.build()) {
      List<String> words = List.of(command.split(" ", -1));
      for (String before : List.of("-n", "netns")) {
        for (int i = 0; i < words.size() - 1; i++) {
          if (words.get(i).equals(before) && !words.get(i + 1).equals("add")) {
            assertThat(PLAN.namespaces()).as(command).contains(words.get(i + 1));
          }
        }
      }
    }
  }

  @Test
  void nothingIsBuiltTwiceAndEveryDeviceNameFits() {
    assertThat(PLAN.build()).allMatch(each -> !each.contains("bro "));
    assertThat(PLAN.build().stream().filter(each -> each.contains(" add ")))
        .doesNotHaveDuplicates();
    assertThat(PLAN.namespaces()).doesNotHaveDuplicates().allMatch(name -> name.startsWith("t1-"));
    PLAN.build().stream()
        .filter(each -> each.startsWith("link add"))
        .map(each -> each.replaceAll(".* peer name (\\S+) .*", "$1"))
        .forEach(port -> assertThat(port).hasSizeLessThan(16));
  }

  @Test
  void subnetsDoNotOverlapAndHoldTheirHost() {
    Set<IpPrefix> subnets = new HashSet<>();
    for (int peer : PLAN.peerNumbers()) {
      IpPrefix subnet = IpPrefix.parse(LabPlan.peerSubnet(peer));
      assertThat(subnets.add(subnet)).isTrue();
      assertThat(subnet.contains(org.pointsman.model.IpAddress.parse(LabPlan.peerHost(peer))))
          .isTrue();
    }
    assertThat(PLAN.tunnels()).hasSize(LabPlan.MOST_PEERS);
  }

  @Test
  void serversAndGatewaysNameEachOther() {
    for (int gateway : PLAN.gateways()) {
      assertThat(LabPlan.gatewayOf(LabPlan.server(gateway))).isEqualTo(gateway);
    }
    assertThat(PLAN.servers()).hasSize(LabPlan.GATEWAYS);
  }

  @Test
  void onlyNamespacesOfTheLabAreItsOwn() {
    assertThat(PLAN.namespaces()).allMatch(name -> LabPlan.isNamespace("t1", name));
    assertThat(List.of("t1", "t1-", "t1-web", "t11-router", "xt1-router", "t1-gw-1-x", "t1-peer-"))
        .noneMatch(name -> LabPlan.isNamespace("t1", name));
  }

  @Test
  void badPlansAreRefused() {
    assertThatThrownBy(() -> new LabPlan("a/b", 1)).isInstanceOf(InvalidValueException.class);
    assertThatThrownBy(() -> new LabPlan("toolongname", 1))
        .isInstanceOf(InvalidValueException.class);
    assertThatThrownBy(() -> new LabPlan("t1", 0)).isInstanceOf(InvalidValueException.class);
    assertThatThrownBy(() -> new LabPlan("t1", 100))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("1 to 99 peers but got 't1' and 100");
  }

  @Test
  void theOneCommandHasTheLabToo() {
    assertThat(PointsmanMain.commandLine().getSubcommands())
        .containsKeys("lab", "demo", "probe", "strongswan", "tunnel");
    CommandLine lab =
        Objects.requireNonNull(PointsmanMain.commandLine().getSubcommands().get("lab"));
    assertThat(lab.getSubcommands()).containsOnlyKeys("up", "demo", "measure", "status", "down");
  }
}
