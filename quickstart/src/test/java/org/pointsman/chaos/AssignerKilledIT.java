package org.pointsman.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.outcome.KafkaOutcomes;
import org.pointsman.nms.outcome.Outcomes;

/** The assigner is killed again and again in the middle of its work. */
@ExtendWith(Chaos.Extension.class)
class AssignerKilledIT {
  private static final ChaosSize SIZE = ChaosSize.ofThisRun();
  private static final Duration POLL = Duration.ofMillis(5);

  @Test
  void everyEventHasOneOutcomeHoweverOftenItIsKilled(Chaos chaos) throws Exception {
    Deployment deployment = chaos.shared();
    int events = SIZE.loadUnderKills() / SIZE.kills();
    List<Integer> killedAfter = new ArrayList<>();
    try (NmsClient nms = Chaos.nms(deployment);
        Load load = new Load(nms, deployment.tunnels());
        Outcomes outcomes =
            KafkaOutcomes.fromNow(
                deployment.connection(), List.of(0), AssignerKilledIT::unexpected)) {
      int seen = 0;
      for (int kill = 0; kill < SIZE.kills(); kill++) {
        load.send(events);
        // Of its own share of the load, and not the whole of it: so it is at work when killed.
        seen += awaitOutcomes(outcomes, load.sent() - events * 3 / 4 - seen);
        deployment.assigner().kill();
        killedAfter.add(seen);
        var _ = deployment.startAssigner();
      }
      deployment.awaitAssigner();
      new Aftermath(deployment)
          .assertNothingLost(
              "assigner killed %d times".formatted(SIZE.kills()),
              load,
              "outcomes seen when killed " + killedAfter);
    }
  }

  /** Returns how many came: {@code least} or more. */
  private static int awaitOutcomes(Outcomes outcomes, int least) {
    int[] seen = {0};
    Awaitility.await("%d outcomes".formatted(least))
        .atMost(ChildJvm.PATIENCE)
        .pollInSameThread()
        .pollInterval(Duration.ofMillis(1))
        .pollDelay(Duration.ZERO)
        .until(() -> (seen[0] += outcomes.poll(POLL).size()) >= least);
    return seen[0];
  }

  private static void unexpected(RuntimeException unreadable) {
    throw unreadable;
  }
}
