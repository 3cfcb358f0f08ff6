package org.pointsman.quickstart.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pointsman.quickstart.embedded.Records.record;
import static org.pointsman.quickstart.embedded.RegistryCalls.body;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the registry keeps over restarts and under many writers. */
class EmbeddedRegistryRestartIT {
  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private EmbeddedBroker broker;

  @BeforeEach
  void start() {
    broker = EmbeddedBroker.start(directory, 0);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void everythingIsThereAgainAfterARestart() {
    List<String> paths =
        List.of(
            "/subjects?deleted=true",
            "/subjects/a/versions",
            "/subjects/a/versions/2",
            "/subjects/a/versions?deleted=true",
            "/subjects/gone/versions?deleted=true",
            "/schemas/ids/1?fetchMaxId=true",
            "/schemas/ids/1/versions",
            "/schemas/ids/4",
            "/config",
            "/config/a");
    Map<String, String> before = new HashMap<>();
    try (EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
        RegistryCalls calls = new RegistryCalls(registry.url())) {
      assertThat(calls.register("a", record("A", "x"))).isEqualTo(1);
      assertThat(calls.register("a", record("A", "x", "y?"))).isEqualTo(2);
      assertThat(calls.register("b", record("A", "x"))).isEqualTo(1);
      assertThat(calls.register("gone", record("G", "x"))).isEqualTo(3);
      assertThat(calls.register("erased", record("E", "x"))).isEqualTo(4);
      calls.put("/config", "{\"compatibility\":\"FORWARD\"}");
      calls.put("/config/a", "{\"compatibility\":\"FULL\"}");
      calls.delete("/subjects/a/versions/1");
      calls.delete("/subjects/gone");
      calls.delete("/subjects/erased");
      calls.delete("/subjects/erased?permanent=true");
      paths.forEach(path -> before.put(path, calls.get(path).brief()));
    }
    try (EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
        RegistryCalls calls = new RegistryCalls(registry.url())) {
      assertThat(paths)
          .allSatisfy(path -> assertThat(calls.get(path).brief()).isEqualTo(before.get(path)));
      assertThat(before).containsEntry("/schemas/ids/4", "404 40403");
      assertThat(calls.register("new", record("N", "x"))).isEqualTo(5);
    }
  }

  @Test
  void fiftyWritersGetOneIdForEachSchema() throws Exception {
    int writers = 50;
    int schemas = 10;
    try (EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
        RegistryCalls calls = new RegistryCalls(registry.url());
        ExecutorService threads = Executors.newFixedThreadPool(writers)) {
      CountDownLatch ready = new CountDownLatch(writers);
      List<Future<Map<Integer, Integer>>> all = new ArrayList<>();
      for (int writer = 0; writer < writers; writer++) {
        String subject = "s" + writer % 5;
        int first = writer % schemas;
        all.add(
            threads.submit(
                () -> {
                  ready.countDown();
                  ready.await();
                  Map<Integer, Integer> ids = new HashMap<>();
                  for (int i = 0; i < schemas; i++) {
                    int which = (first + i) % schemas;
                    ids.put(which, calls.register(subject, record("A", "f" + which + "?")));
                  }
                  return ids;
                }));
      }
      Map<Integer, Integer> expected = all.getFirst().get(60, TimeUnit.SECONDS);
      Set<Integer> ids = new HashSet<>(expected.values());
      assertThat(ids).hasSize(schemas).allSatisfy(id -> assertThat(id).isBetween(1, schemas));
      for (Future<Map<Integer, Integer>> each : all) {
        assertThat(each.get(60, TimeUnit.SECONDS)).isEqualTo(expected);
      }
      for (int subject = 0; subject < 5; subject++) {
        assertThat(calls.get("/subjects/s" + subject + "/versions").json()).hasSize(schemas);
      }
    }
  }

  @Test
  void idsThatAnotherRegistryGaveInTheMeantimeAreSeen() {
    try (EmbeddedRegistry one = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
        EmbeddedRegistry other = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
        RegistryCalls calls = new RegistryCalls(one.url());
        RegistryCalls others = new RegistryCalls(other.url())) {
      assertThat(calls.register("a", record("A", "x"))).isEqualTo(1);
      assertThat(others.register("b", record("B", "x"))).isEqualTo(2);
      assertThat(calls.register("b", record("B", "x"))).isEqualTo(2);
      assertThat(calls.register("c", record("C", "x"))).isEqualTo(3);
    }
  }

  @Test
  void aPreferredPortIsTakenOrAnotherFound() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral(LoopbackPorts.HOST));
        EmbeddedRegistry registry =
            EmbeddedRegistry.start(broker.bootstrapServers(), taken.getLocalPort());
        RegistryCalls calls = new RegistryCalls(registry.url())) {
      URI url = URI.create(registry.url());
      assertThat(url.getPort()).isNotEqualTo(taken.getLocalPort());
      assertThat(url.getHost()).isEqualTo("127.0.0.1");
      assertThat(calls.get("/subjects").text()).isEqualTo("[]");
    }
    int free = LoopbackPorts.any();
    try (EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), free)) {
      assertThat(registry.url()).isEqualTo("http://127.0.0.1:" + free);
    }
  }

  @Test
  void withoutABrokerItSaysSo() {
    String nobody = LoopbackPorts.HOST + ":" + LoopbackPorts.any();
    assertThatThrownBy(() -> EmbeddedRegistry.start(nobody, 0))
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContaining("expected a Kafka broker at " + nobody)
        .hasMessageContaining("do start the broker");
  }

  @Test
  void aTopicThatIsNotCompactedIsRefused() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      NewTopic topic = new NewTopic("_schemas", Optional.of(2), Optional.empty());
      admin.createTopics(List.of(topic)).all().get(60, TimeUnit.SECONDS);
    }
    assertThatThrownBy(() -> EmbeddedRegistry.start(broker.bootstrapServers(), 0))
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContaining(
            "expected topic _schemas to have 1 partition and cleanup.policy=compact, but it has 2 and delete");
  }

  @Test
  void anUnreadableRecordStopsWritesAndStartsButNotReads() throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
        RegistryCalls calls = new RegistryCalls(registry.url())) {
      calls.register("a", record("A", "x"));
      try (KafkaProducer<String, String> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", broker.bootstrapServers()),
              new StringSerializer(),
              new StringSerializer())) {
        producer.send(new ProducerRecord<>("_schemas", "stray", "stray")).get(60, TimeUnit.SECONDS);
      }
      for (int attempt = 0; attempt < 2; attempt++) {
        RegistryCalls.Answer refused = calls.post("/subjects/a/versions", body(record("A", "y?")));
        assertThat(refused.brief()).isEqualTo("500 50001");
        assertThat(refused.json().get("message").asText()).contains("_schemas-0 offset 1");
      }
      assertThat(calls.get("/subjects/a/versions").text()).isEqualTo("[1]");
      assertThat(calls.register("a", record("A", "x"))).isEqualTo(1);
    }
    assertThatThrownBy(() -> EmbeddedRegistry.start(broker.bootstrapServers(), 0))
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContaining("_schemas-0 offset 1");
  }
}
