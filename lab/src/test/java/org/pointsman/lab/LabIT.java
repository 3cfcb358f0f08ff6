package org.pointsman.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.model.Assignment;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.TunnelState;

/**
 * Real tunnels: strongSwan's gateways and peers, both directors, the bridges and the probe, in
 * network namespaces. What it measures it prints; what it asserts is who has which tunnel, and what
 * is on which wire.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
final class LabIT {
  private static final List<String> PROGRAMS =
      List.of("ip", "ethtool", "charon-systemd", "swanctl", "ping", "iperf3", "tcpdump", "ss");

  private final List<String> said = Collections.synchronizedList(new ArrayList<>());

  private void say(String line) {
    said.add(line);
    System.out.println(line);
  }

  private static void require() throws InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "namespaces need root");
    for (String program : PROGRAMS) {
      assumeTrue(
          Commands.tryToRun(List.of("sh", "-c", "command -v " + program)).exitCode() == 0,
          program + " is missing");
    }
  }

  @Test
  void tunnelsComeUpAreCheckedAndSurviveTheirGateways(@TempDir Path home) throws Exception {
    require();
    String prefix = "it" + ProcessHandle.current().pid() % 100_000;
    LabPlan plan = new LabPlan(prefix, 6);
    try (Lab lab = Lab.start(plan, home, this::say)) {
      LabDemo demo = new LabDemo(lab, home, this::say);
      demo.bringUp();
      tunnelsAreWhereTheyAreAssigned(lab);
      assertThat(demo.check()).isEmpty();
      assertThat(new Traffic(plan).transfer(1, false)).contains("bits/sec");
      assertThat(new Traffic(plan).transfer(1, true)).contains("bits/sec");

      kill(lab, demo);
      assertThat(said).anyMatch(line -> line.contains("moved here: calling its peer"));
      lab.watch().rejections().stream()
          .map(rejection -> rejection.code())
          .forEach(code -> assertThat(code).isEqualTo(RejectionCode.NO_CHANGE));
    }
    assertThat(LabNetwork.existing(prefix)).isEmpty();
  }

  private static void tunnelsAreWhereTheyAreAssigned(Lab lab) throws Exception {
    for (int gateway : lab.plan().gateways()) {
      List<String> assigned =
          lab.watch().tunnels().stream()
              .filter(tunnel -> LabPlan.server(gateway).equals(tunnel.server()))
              .map(tunnel -> tunnel.tunnel().value())
              .toList();
      assertThat(lab.gateway(gateway).established()).containsExactlyInAnyOrderElementsOf(assigned);
    }
    assertThat(lab.watch().tunnels()).allMatch(tunnel -> tunnel.state() == TunnelState.UP);
  }

  /** Only the tunnels of the killed gateway move, and all of them carry traffic again elsewhere. */
  private void kill(Lab lab, LabDemo demo) throws Exception {
    int gateway = demo.busiest();
    Recovery recovery = Recovery.of(lab, gateway);
    say("recovery: " + recovery.text());
    assertThat(recovery.moved()).isNotEmpty();
    assertThat(recovery.elsewhere()).isEmpty();
    assertThat(recovery.detectionMillis()).isPositive();
    assertThat(recovery.decisionMillis()).isNotNegative();
    assertThat(lab.watch().tunnels())
        .extracting(Assignment::server)
        .doesNotContain(LabPlan.server(gateway));
    assertThat(demo.check()).isEmpty();
  }
}
