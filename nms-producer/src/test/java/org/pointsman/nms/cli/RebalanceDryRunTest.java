package org.pointsman.nms.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.nms.cli.Entities.server;
import static org.pointsman.nms.cli.Entities.tunnel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.Entity;
import org.pointsman.model.TunnelState;

class RebalanceDryRunTest {
  private final FakeDeployment deployment = new FakeDeployment();
  private final List<ClusterRebalance> asked = new ArrayList<>();
  private RebalancePlanner.@Nullable Plan plan;

  @BeforeEach
  void aCluster() {
    deployment.entities.addAll(
        List.of(
            tunnel("oslo", TunnelState.ANNOUNCED, "rs-1"),
            tunnel("sunset", TunnelState.UP, "rs-1"),
            tunnel("sunrise", TunnelState.ANNOUNCED, null),
            server("rs-1", true, false),
            server("rs-2", true, false)));
  }

  private Run run(String line) {
    RebalancePlanner planner =
        (cluster, entities, rebalance) -> {
          assertThat(cluster).isEqualTo(Entities.DEFAULT);
          assertThat(List.<Entity>copyOf(entities))
              .containsExactlyInAnyOrderElementsOf(deployment.entities);
          asked.add(rebalance);
          return plan == null ? new RebalancePlanner.Plan.Nothing("they are even") : plan;
        };
    return Run.of(new ClusterCommand(deployment, planner), line);
  }

  private static Decision moves(
      String tunnel, @Nullable String from, String to, DecisionReason reason) {
    Assignment before = tunnel(tunnel, TunnelState.ANNOUNCED, from);
    Assignment after = tunnel(tunnel, TunnelState.ANNOUNCED, to);
    return new Decision(
        after.key(),
        after.epoch(),
        new Cause.ByEvent(0, 0, "e"),
        before,
        after,
        reason,
        FakeDeployment.TIME);
  }

  @Test
  void everyMoveIsPrintedAndNothingIsSent() {
    plan =
        new RebalancePlanner.Plan.Changes(
            List.of(moves("oslo", "rs-1", "rs-2", DecisionReason.REBALANCED)));

    assertThat(run("rebalance --dry-run --max-moves 7 --include-up"))
        .isEqualTo(
            new Run(
                0,
                """
                oslo: rs-1 → rs-2 (REBALANCED)
                rs-1: 2 → 1 tunnel
                rs-2: 0 → 1 tunnel
                dry run: nothing was sent
                """,
                ""));
    assertThat(asked).containsExactly(new ClusterRebalance(7, true));
    assertThat(deployment.sent()).isEmpty();
  }

  @Test
  void ofPendingTunnelsItSaysWhatItCannotKnow() {
    plan =
        new RebalancePlanner.Plan.Changes(
            List.of(
                moves("oslo", "rs-1", "rs-2", DecisionReason.REBALANCED),
                moves("sunrise", null, "rs-1", DecisionReason.ASSIGNED)));

    assertThat(run("rebalance -n").out())
        .isEqualTo(
            """
            oslo: rs-1 → rs-2 (REBALANCED)
            sunrise: pending → rs-1 (ASSIGNED)
            rs-1: 2 → 2 tunnels
            rs-2: 0 → 1 tunnel
            the servers of tunnels that are pending now depend on whose turn it will be then
            dry run: nothing was sent
            """);
  }

  @Test
  void ifNothingWouldMoveItSaysWhy() {
    assertThat(run("rebalance --dry-run"))
        .isEqualTo(
            new Run(0, "nothing would move: they are even\ndry run: nothing was sent\n", ""));
    assertThat(deployment.sent()).isEmpty();
  }

  @Test
  void withoutTheEngineNothingIsSentEither() {
    Run run = Run.of(new ClusterCommand(deployment, null), "rebalance --dry-run");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("expected the assigner's engine to plan with but ");
    assertThat(deployment.sent()).isEmpty();
  }
}
