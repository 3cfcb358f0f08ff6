package org.pointsman.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pointsman.cli.Connection;
import org.pointsman.model.NetworkEvent;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;

/** What a producer sends comes twice, out of order, or not at all, so that it sends it again. */
@ExtendWith(Chaos.Extension.class)
class ProducerRetriesIT {
  private static final ChaosSize SIZE = ChaosSize.ofThisRun();
  private static final long SEED = 20_261_125;
  private static final int AT_A_TIME = 20;

  @Test
  void eachEventStandsOnceAndInOrder(Chaos chaos) throws Exception {
    Deployment deployment = chaos.shared();
    Connection direct = deployment.connection();
    try (FaultyWire wire = FaultyWire.to(direct.bootstrapServers(), SEED)) {
      Connection faulty =
          Connection.to(wire.address(), direct.schemaRegistryUrl(), direct.topics());
      try (NmsClient nms =
              NmsClient.connect(
                  faulty, NmsSettings.defaults().withDeliveryTimeout(Load.DELIVERY_TIMEOUT));
          Load load = new Load(nms, deployment.tunnels())) {
        for (int sent = 0; sent < 2 * SIZE.load(); sent += AT_A_TIME) {
          load.send(AT_A_TIME);
          load.awaitAnswers(Math.max(0, load.sent() - 5 * AT_A_TIME));
        }
        wire.heal();
        new Aftermath(deployment)
            .assertNothingLost(
                "producer retries",
                load,
                "requests to the broker: %s twice, %s pairs out of order, %s lost, of %s the answer lost"
                    .formatted(wire.doubled, wire.reordered, wire.requestsLost, wire.answersLost));
        assertThat(wire.doubled).hasPositiveValue();
        assertThat(wire.reordered).hasPositiveValue();
        assertThat(wire.answersLost).hasPositiveValue();
        assertThat(load.acknowledged()).as("none is given up").hasSize(load.sent());
        assertThat(load.acknowledged().values())
            .as("in the order in which they were sent")
            .containsExactlyElementsOf(load.eventIds());
        assertStandsOnce(deployment, load);
      }
    }
  }

  private static void assertStandsOnce(Deployment deployment, Load load) {
    try (var values = deployment.connection().deserializer()) {
      Map<String, Integer> times = new HashMap<>();
      deployment
          .connection()
          .reader(values)
          .read(
              deployment.connection().topics().events(),
              Deployment.CLUSTER,
              read -> {
                if (read.value() instanceof NetworkEvent event) {
                  times.merge(event.eventId(), 1, Integer::sum);
                }
              },
              _ -> {});
      assertThat(load.eventIds())
          .allSatisfy(id -> assertThat(times.get(id)).as("times of %s", id).isEqualTo(1));
    }
  }
}
