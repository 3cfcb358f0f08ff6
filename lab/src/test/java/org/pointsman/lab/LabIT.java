package org.pointsman.lab;

import static org.assertj.core.api.Assertions.assertThat;

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
  private final List<String> said = Collections.synchronizedList(new ArrayList<>());

  private void say(String line) {
    said.add(line);
    System.out.println(line);
  }

  @Test
  void tunnelsComeUpAreCheckedAndSurviveTheirGateways(@TempDir Path home) throws Exception {
    Ground.requirePrograms();
    String prefix = "it" + ProcessHandle.current().pid() % 100_000;
    LabPlan plan = new LabPlan(prefix, 6);
    try (Lab lab = Lab.start(plan, home, this::say)) {
      LabDemo demo = new LabDemo(lab, home, this::say);
      demo.bringUp();
      tunnelsAreWhereTheyAreAssigned(lab);
      assertThat(demo.check()).isEmpty();
      assertThat(new Traffic(plan).transfer(1, false)).contains("bits/sec");
      assertThat(new Traffic(plan).transfer(1, true)).contains("bits/sec");

      Recovery called = kill(lab, demo, true);
      assertThat(said).anyMatch(line -> line.contains("moved here: calling its peer"));
      demo.revive(called.gateway());
      said.clear();
      Recovery waited = kill(lab, demo, false);
      assertThat(said).noneMatch(line -> line.contains("calling its peer"));
      say("recovery, in milliseconds:");
      for (String row : List.of(Recovery.HEADER, called.row(), waited.row())) {
        say(row);
      }
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
  private static Recovery kill(Lab lab, LabDemo demo, boolean isTakingOver) throws Exception {
    int gateway = demo.busiest();
    List<String> faults = new ArrayList<>();
    Recovery recovery = demo.kill(gateway, isTakingOver, faults);
    assertThat(faults).isEmpty();
    assertThat(recovery.tunnels()).isNotEmpty();
    assertThat(recovery.elsewhere()).isEmpty();
    assertThat(recovery.last().detection()).isPositive();
    assertThat(lab.watch().tunnels())
        .extracting(Assignment::server)
        .doesNotContain(LabPlan.server(gateway));
    return recovery;
  }
}
