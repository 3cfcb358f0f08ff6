package org.pointsman.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pointsman.model.Rejection;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.Side;
import org.pointsman.nms.NmsClient;
import org.pointsman.quickstart.ClusterLog;

/** Records that are none of ours, in the topics that are read without pause. */
@ExtendWith(Chaos.Extension.class)
class BadRecordsIT {
  private static final ChaosSize SIZE = ChaosSize.ofThisRun();
  private static final int TEN_MEGABYTES = 10 << 20;
  private static final int ROOM = 12 << 20;
  private static final int UNKNOWN_SCHEMA = 999_999;

  /** By what each is; none has a value that can be read. */
  private static Map<String, byte @Nullable []> badValues() {
    byte[] chance = new byte[500];
    new Random(1).nextBytes(chance);
    chance[0] = 7; // not the wire format's first byte
    Map<String, byte @Nullable []> values = new LinkedHashMap<>();
    values.put("not Avro", chance);
    values.put("text", "{\"tunnel\": \"oslo\"}".getBytes(UTF_8));
    values.put("empty", new byte[0]);
    values.put("no value", null);
    values.put("cut after the schema id", wire(1, new byte[0]));
    values.put("of an unknown schema id", wire(UNKNOWN_SCHEMA, chance));
    return values;
  }

  private static byte[] wire(int schemaId, byte[] body) {
    return ByteBuffer.allocate(5 + body.length).put((byte) 0).putInt(schemaId).put(body).array();
  }

  @Test
  void eventsThatAreNone(Chaos chaos) throws Exception {
    Deployment deployment = chaos.shared();
    String events = deployment.connection().topics().events();
    try (NmsClient nms = Chaos.nms(deployment);
        Load load = new Load(nms, deployment.tunnels());
        KafkaProducer<String, byte[]> raw = producer(deployment)) {
      assertThatThrownBy(() -> send(raw, events, new byte[TEN_MEGABYTES]))
          .as("the topic as it is made takes none of 10 MB")
          .hasCauseInstanceOf(RecordTooLargeException.class);
      load.send(SIZE.load());
      for (byte[] value : badValues().values()) {
        send(raw, events, value);
      }
      allow(deployment, events, ROOM);
      long large = send(raw, events, new byte[TEN_MEGABYTES]);
      load.send(SIZE.load());
      new Aftermath(deployment)
          .assertNothingLost(
              "%d bad records among the events, one of 10 MB".formatted(badValues().size() + 1),
              load,
              "each has its rejection");
      List<Rejection> unreadable =
          new ClusterLog(deployment.connection(), Deployment.CLUSTER)
              .rejections().stream()
                  .filter(rejection -> rejection.code() == RejectionCode.UNREADABLE)
                  .toList();
      assertThat(unreadable).hasSize(badValues().size() + 1);
      assertThat(unreadable.getLast().offset()).isEqualTo(large);
      assertThat(unreadable.getLast().rawLength()).isEqualTo(TEN_MEGABYTES);
      assertThat(unreadable)
          .as("every sentence names the place")
          .allSatisfy(
              rejection ->
                  assertThat(rejection.message()).contains(events + "-0@" + rejection.offset()));
    }
  }

  /** In topics of their own: here the audit must not be content. */
  @Test
  void assignmentsThatAreNone(Chaos chaos) throws Exception {
    try (Deployment deployment = chaos.own("bad", Map.of())) {
      deployment.startAll();
      Chaos.registerServers(deployment);
      String assignments = deployment.connection().topics().assignments();
      try (NmsClient nms = Chaos.nms(deployment);
          Load load = new Load(nms, deployment.tunnels());
          KafkaProducer<String, byte[]> raw = producer(deployment)) {
        load.send(100);
        new Aftermath(deployment).awaitOutcomes(load);
        allow(deployment, assignments, ROOM);
        for (byte[] value : badValues().values()) {
          send(raw, assignments, value == null ? new byte[] {0} : value);
        }
        send(raw, assignments, new byte[TEN_MEGABYTES]);
        load.send(100);
        new Aftermath(deployment).awaitOutcomes(load);
        deployment.assertAllAlive();
        for (Side side : Side.values()) {
          var _ = deployment.director(side).awaitSaid("cannot be read: .*; skipped it");
        }
        new Aftermath(deployment).assertAgreed();
        assertThat(deployment.run("audit", "verify"))
            .as("who wrote there is to be found")
            .satisfies(audit -> assertThat(audit.exitCode()).isEqualTo(1))
            .satisfies(audit -> assertThat(audit.text()).contains(assignments + "-0@"));
        System.out.printf(
            "%d bad records among the assignments, one of 10 MB: lost 0 of %d, passed over by both directors, named by audit verify%n",
            badValues().size() + 1, load.sent());
      }
    }
  }

  private static KafkaProducer<String, byte[]> producer(Deployment deployment) {
    Map<String, Object> properties = new HashMap<>(deployment.connection().kafkaProperties());
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 2 * ROOM);
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * ROOM);
    return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  /** Under the cluster's key; returns the offset. */
  @SuppressWarnings("NullAway") // a record may have no value
  private static long send(
      KafkaProducer<String, byte[]> producer, String topic, byte @Nullable [] value)
      throws ExecutionException, InterruptedException {
    return producer
        .send(new ProducerRecord<>(topic, 0, Deployment.CLUSTER.value(), value))
        .get()
        .offset();
  }

  private static void allow(Deployment deployment, String topic, int bytes) throws Exception {
    Map<ConfigResource, Collection<AlterConfigOp>> change =
        Map.of(
            new ConfigResource(ConfigResource.Type.TOPIC, topic),
            List.of(
                new AlterConfigOp(
                    new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(bytes)),
                    AlterConfigOp.OpType.SET)));
    try (Admin admin = Admin.create(deployment.connection().kafkaProperties())) {
      Void _ = admin.incrementalAlterConfigs(change).all().get();
    }
  }
}
