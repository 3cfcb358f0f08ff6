package org.pointsman.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pointsman.model.Side;
import org.pointsman.nms.NmsClient;

/** Broker and schema registry are killed, and come back at once or late. */
@ExtendWith(Chaos.Extension.class)
class ServersAwayIT {
  private static final ChaosSize SIZE = ChaosSize.ofThisRun();

  @Test
  void aBrokerThatIsKilledAndStartedAgain(Chaos chaos) throws Exception {
    Deployment deployment = chaos.shared();
    try (NmsClient nms = Chaos.nms(deployment);
        Load load = new Load(nms, deployment.tunnels())) {
      load.send(SIZE.load());
      load.awaitAnswers(SIZE.load() / 4);
      chaos.servers().killBroker();
      load.send(SIZE.load());
      chaos.servers().startBroker();
      load.send(SIZE.load());
      new Aftermath(deployment).assertNothingLost("broker killed and started again", load, "");
    }
  }

  @Test
  void aBrokerThatIsAwayForLong(Chaos chaos) throws Exception {
    Deployment deployment = chaos.shared();
    try (NmsClient nms = Chaos.nms(deployment);
        Load load = new Load(nms, deployment.tunnels())) {
      load.send(SIZE.load());
      load.awaitAnswers(SIZE.load() / 4);
      chaos.servers().killBroker();
      load.send(SIZE.load());
      pass(SIZE.away());
      deployment.assertAllAlive();
      chaos.servers().startBroker();
      load.send(SIZE.load());
      new Aftermath(deployment)
          .assertNothingLost("broker away for %d s".formatted(SIZE.away().toSeconds()), load, "");
    }
  }

  @Test
  void aRegistryThatIsAway(Chaos chaos) throws Exception {
    Deployment deployment = chaos.shared();
    try (NmsClient nms = Chaos.nms(deployment);
        Load load = new Load(nms, deployment.tunnels())) {
      load.send(SIZE.load());
      new Aftermath(deployment).awaitOutcomes(load);
      chaos.servers().killRegistry();
      load.send(SIZE.load());
      assertThat(load.acknowledged())
          .as("what the registry is not asked for goes on")
          .hasSize(2 * SIZE.load());
      // A director that knows no schema yet waits for them, and steers by its snapshot meanwhile.
      deployment.director(Side.OUTER).kill();
      ChildJvm director = deployment.startDirector(Side.OUTER);
      var _ = director.awaitSaid("steers by its snapshot until Kafka answers");
      var _ = director.awaitSaid("has to wait: ");
      pass(SIZE.away());
      deployment.assertAllAlive();
      chaos.servers().startRegistry();
      deployment.awaitReady(Side.OUTER);
      load.send(SIZE.load());
      new Aftermath(deployment)
          .assertNothingLost("registry away for %d s".formatted(SIZE.away().toSeconds()), load, "");
    }
  }

  /** The fault itself is that time passes; nothing is asserted on how much. */
  private static void pass(Duration time) {
    Awaitility.await().pollDelay(time).atMost(time.plus(ChildJvm.PATIENCE)).until(() -> true);
  }
}
