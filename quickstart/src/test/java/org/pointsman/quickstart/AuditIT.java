package org.pointsman.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.assigner.Assigner;
import org.pointsman.assigner.AssignerSettings;
import org.pointsman.cli.Connection;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.director.Director;
import org.pointsman.director.DirectorSettings;
import org.pointsman.director.feed.FeedListener;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.Entity;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.LogRecord;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.Side;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.quickstart.embedded.EmbeddedServers;
import org.pointsman.topics.TopicCreator;
import org.pointsman.topics.TopicReader;
import org.pointsman.topics.Topics;
import picocli.CommandLine;

/**
 * The audit's commands on real topics: on those that an assigner and a director have left, and on
 * copies of them that were tampered with.
 */
@ExtendWith(EmbeddedServers.Extension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AuditIT {
  private static final ClusterId CLUSTER = new ClusterId("audited");
  private static final String PREFIX = "audited.";
  private static final int PARTITIONS = 3;
  private static final int TUNNELS = 40;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Connection connection;
  private final ObjectMapper json = new ObjectMapper();

  AuditIT(EmbeddedServers servers) {
    connection =
        Connection.to(servers.bootstrapServers(), servers.registryUrl(), new Topics(PREFIX));
  }

  /** What a command said, and its exit code. */
  private record Said(int exitCode, String out, String err) {}

  private Said run(String prefix, String... arguments) {
    List<String> line = new ArrayList<>(List.of("audit"));
    line.addAll(List.of(arguments));
    line.addAll(List.of("--bootstrap-servers", connection.bootstrapServers()));
    line.addAll(List.of("--schema-registry", connection.schemaRegistryUrl()));
    line.addAll(List.of("--topic-prefix", prefix));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        PointsmanCommand.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int exitCode = command.execute(line.toArray(String[]::new));
    return new Said(exitCode, out.toString(), err.toString());
  }

  private List<JsonNode> json(Said said) throws Exception {
    assertThat(said.err()).isEmpty();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : said.out().lines().toList()) {
      lines.add(json.readTree(line));
    }
    return lines;
  }

  /** Verifies all the while: what is under way is never wrong. */
  @BeforeAll
  void anAssignerDecidesAndADirectorFollows(@TempDir Path state) throws Exception {
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      TopicCreator.Result _ =
          new TopicCreator(admin, connection.topics()).create(PARTITIONS, Optional.of((short) 1));
    }
    AssignerSettings settings =
        new AssignerSettings("audited-assigner", state, 1, 0, 1, Duration.ofMillis(20));
    DirectorSettings outer =
        DirectorSettings.builder(Side.OUTER)
            .name("audited-outer")
            .cluster(CLUSTER)
            .localAddresses(List.of())
            .build();
    try (Assigner assigner = Assigner.start(connection, settings);
        Director director = Director.start(connection, outer, FeedListener.NONE);
        NmsClient nms = NmsClient.connect(connection, NmsSettings.defaults())) {
      assertThat(assigner.awaitRunning(PATIENCE)).isTrue();
      long sent = send(nms);
      Awaitility.await()
          .atMost(PATIENCE)
          .pollInSameThread()
          .untilAsserted(
              () -> {
                Said said = run(PREFIX, "verify", "--json");
                JsonNode report = json(said).getLast();
                assertThat(said.exitCode()).as(said.out()).isZero();
                assertThat(report.get("events").asLong()).isEqualTo(sent);
                assertThat(report.get("undecided").asLong()).isZero();
                assertThat(report.get("directors").asInt()).isEqualTo(1);
              });
      assertThat(director.feed().problem()).isEmpty();
    }
  }

  private static long send(NmsClient nms) {
    for (int i = 1; i <= 3; i++) {
      ServerId server = new ServerId("rs-" + i);
      nms.registerServer(
              CLUSTER, new ServerRegister(server, IpAddress.parse("10.0.0." + i), /* mac= */ null))
          .join();
    }
    for (int i = 1; i <= TUNNELS; i++) {
      nms.send(
              CLUSTER,
              new TunnelAnnounce(
                  new TunnelId("t" + i),
                  List.of(IpAddress.parse("192.0.2." + i)),
                  List.of(IpPrefix.parse("10.1.%d.0/24".formatted(i))),
                  0))
          .join();
    }
    nms.withdraw(CLUSTER, new TunnelId("t2")).join();
    nms.withdraw(CLUSTER, new TunnelId("t2")).join(); // rejected
    nms.serverDown(CLUSTER, new ServerId("rs-1")).join();
    return 3 + TUNNELS + 3;
  }

  @AfterAll
  void theRecordIsAsItWas() {
    Said said = run(PREFIX, "verify", "--redecide");
    assertThat(said.exitCode()).as(said.out()).isZero();
    assertThat(said.out()).contains("nothing is wrong", "0 differently");
  }

  @Test
  void whoTellsTheServerTheTimeAndTheDecision() throws Exception {
    Said said = run(PREFIX, "who", "192.0.2.1", "--cluster", "audited");
    assertThat(said.exitCode()).isZero();
    assertThat(said.out())
        .startsWith("outer address 192.0.2.1: rs-")
        .contains(", tunnel t1, ANNOUNCED", "SERVER_DOWN", "ServerDown by ")
        .contains("by audited.decisions-");

    JsonNode inner =
        json(run(PREFIX, "who", "10.1.7.9", "--cluster", "audited", "--json")).getFirst();
    assertThat(inner.get("side").asText()).isEqualTo("inner");
    assertThat(inner.get("subnet").asText()).isEqualTo("10.1.7.0/24");
    assertThat(inner.get("assignment").get("tunnel").asText()).isEqualTo("t7");

    Said nobody = run(PREFIX, "who", "192.0.2.2", "--cluster", "audited");
    assertThat(nobody.exitCode()).isZero();
    assertThat(nobody.out()).startsWith("no tunnel of cluster audited had 192.0.2.2 at ");
  }

  @Test
  void whoGoesBackInTime() throws Exception {
    Decision released = decision(one -> one.reason() == DecisionReason.WITHDRAWN);
    Decision announced = decision(one -> one.key().equals(released.key()) && one.before() == null);
    Instant then = announced.time();
    JsonNode holder =
        json(run(
                PREFIX,
                "who",
                "192.0.2.2",
                "--cluster",
                "audited",
                "--json",
                "--at",
                then.toString()))
            .getFirst();
    assertThat(holder.get("since").get("epoch").asLong()).isEqualTo(announced.epoch());

    Said before = run(PREFIX, "who", "192.0.2.2", "--cluster", "audited", "--at", "-1d");
    assertThat(before.exitCode()).isZero();
    assertThat(before.out()).startsWith("no tunnel of cluster audited had 192.0.2.2 at ");
  }

  @Test
  void tunnelTellsItsHistoryWithCausesAndRejections() throws Exception {
    List<JsonNode> history = json(run(PREFIX, "tunnel", "t2", "-c", "audited", "--json"));
    assertThat(history).hasSize(3);
    assertThat(history.get(0).get("cause").get("event").asText()).isEqualTo("TunnelAnnounce");
    assertThat(history.get(1).get("reason").asText()).isEqualTo("WITHDRAWN");
    assertThat(history.get(2).get("rejected").asText()).isEqualTo("NOT_ANNOUNCED");

    assertThat(run(PREFIX, "tunnel", "t2", "-c", "audited").out())
        .contains("ASSIGNED: server rs-", "because of event audited.events-", "TunnelAnnounce by ")
        .contains("WITHDRAWN: released; it had server", "rejected, NOT_ANNOUNCED: ");

    Said unknown = run(PREFIX, "tunnel", "nosuch", "-c", "audited");
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err()).startsWith("expected decisions on tunnel nosuch of cluster audited");
  }

  @Test
  void atShowsTheWholeStateAtATimeOrAnOffset() throws Exception {
    JsonNode now = json(run(PREFIX, "at", "now", "-c", "audited", "--json")).getFirst();
    assertThat(now.get("tunnels")).hasSize(TUNNELS - 1);
    assertThat(now.get("servers")).hasSize(3);
    assertThat(now.get("servers").get(0).get("state").asText()).isEqualTo("DOWN");

    List<TopicReader.Read> decisions = decisions();
    TopicReader.Read fifth = decisions.get(4);
    JsonNode then =
        json(run(PREFIX, "at", Long.toString(fifth.offset()), "-c", "audited", "--json"))
            .getFirst();
    assertThat(then.get("epoch").asLong()).isEqualTo(5);
    assertThat(then.get("tunnels")).hasSize(2);

    Said tooEarly = run(PREFIX, "at", "-1d", "-c", "audited");
    assertThat(tooEarly.exitCode()).isEqualTo(1);
    assertThat(tooEarly.err()).startsWith("expected decisions of cluster audited by -1d");
  }

  @Test
  void aWrongTimeIsAWrongCommandLine() {
    Said said = run(PREFIX, "at", "yesterday", "-c", "audited");
    assertThat(said.exitCode()).isEqualTo(2);
    assertThat(said.err()).startsWith("expected a time such as ").contains("got 'yesterday'");
    assertThat(run(PREFIX, "verify", "--nosuch").exitCode()).isEqualTo(2);
  }

  // ---- tampering -----------------------------------------------------------------------------

  @Test
  void anUntouchedCopyIsClean() throws Exception {
    copy("copied.", UnaryOperator.identity());
    Said said = run("copied.", "verify");
    assertThat(said.exitCode()).as(said.out()).isZero();
    assertThat(said.out()).contains("nothing is wrong");
  }

  @Test
  void aDroppedDecisionIsNamed() throws Exception {
    copy(
        "dropped.",
        decisions -> {
          decisions.remove(9);
          return decisions;
        });
    assertNamed("dropped.", "DROPPED", 9, 10);
  }

  @Test
  void aDoubledDecisionIsNamed() throws Exception {
    copy(
        "doubled.",
        decisions -> {
          decisions.add(20, decisions.get(9));
          return decisions;
        });
    assertNamed("doubled.", "DUPLICATED", 20, 10);
  }

  @Test
  void aReorderedDecisionIsNamed() throws Exception {
    copy(
        "reordered.",
        decisions -> {
          decisions.add(15, decisions.remove(9));
          return decisions;
        });
    assertNamed("reordered.", "REORDERED", 15, 10);
  }

  @Test
  void anAlteredDecisionIsNamed() throws Exception {
    copy(
        "altered.",
        decisions -> {
          decisions.set(9, onAnotherServer(decisions.get(9)));
          return decisions;
        });
    assertNamed("altered.", "ALTERED", 9, 10);
  }

  /** Exactly this one, and where it stands. */
  private void assertNamed(String prefix, String kind, long offset, long epoch) throws Exception {
    Said said = run(prefix, "verify", "--json");
    assertThat(said.exitCode()).isEqualTo(1);
    List<JsonNode> lines = json(said);
    assertThat(lines).as(said.out()).hasSize(2);
    JsonNode finding = lines.getFirst();
    assertThat(finding.get("kind").asText()).isEqualTo(kind);
    assertThat(finding.get("topic").asText()).isEqualTo(prefix + "decisions");
    assertThat(finding.get("partition").asInt()).isEqualTo(Topics.partitionOf(CLUSTER, PARTITIONS));
    assertThat(finding.get("offset").asLong()).isEqualTo(offset);
    assertThat(finding.get("epoch").asLong()).isEqualTo(epoch);
    assertThat(finding.get("message").asText()).contains("expected", "but");
    assertThat(lines.getLast().get("clean").asBoolean()).isFalse();

    assertThat(run(prefix, "verify").out())
        .contains(kind + " " + prefix + "decisions-", "@" + offset + ", cluster audited");
  }

  private static Decision onAnotherServer(Decision decision) {
    Assignment after = (Assignment) decision.after();
    if (after == null) {
      throw new AssertionError("expected an assignment in " + decision);
    }
    ServerId other = new ServerId(new ServerId("rs-2").equals(after.server()) ? "rs-3" : "rs-2");
    Entity altered =
        new Assignment(
            after.cluster(),
            after.tunnel(),
            after.state(),
            other,
            after.outerAddresses(),
            after.innerSubnets(),
            after.expectedBitsPerSecond(),
            after.pinned(),
            after.stateSince(),
            after.deadline(),
            after.order(),
            after.epoch());
    return new Decision(
        decision.key(),
        decision.epoch(),
        decision.cause(),
        decision.before(),
        altered,
        decision.reason(),
        decision.time());
  }

  private Decision decision(java.util.function.Predicate<Decision> which) {
    return decisions().stream()
        .map(read -> (Decision) read.value())
        .filter(one -> one != null && which.test(one))
        .findFirst()
        .orElseThrow();
  }

  private List<TopicReader.Read> decisions() {
    return read(connection.topics().decisions());
  }

  private List<TopicReader.Read> read(String topic) {
    List<TopicReader.Read> all = new ArrayList<>();
    try (RecordDeserializer values = connection.deserializer()) {
      connection
          .reader(values)
          .read(
              topic,
              CLUSTER,
              all::add,
              bad -> {
                throw bad;
              });
    }
    return all;
  }

  /** Every topic under another prefix, with its times, and with other decisions. */
  private void copy(String prefix, UnaryOperator<List<Decision>> tampering) throws Exception {
    Topics from = connection.topics();
    Topics to = new Topics(prefix);
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      admin
          .createTopics(
              to.names().stream()
                  .map(
                      topic ->
                          new NewTopic(topic, Optional.of(PARTITIONS), Optional.of((short) 1))
                              .configs(Map.of("message.timestamp.type", "CreateTime")))
                  .toList())
          .all()
          .get();
      TopicCreator.Result _ =
          new TopicCreator(admin, to).create(PARTITIONS, Optional.of((short) 1)); // waits
    }
    try (KafkaProducer<String, LogRecord> producer =
        new KafkaProducer<>(
            connection.kafkaProperties(), new StringSerializer(), connection.serializer())) {
      copy(producer, read(from.events()), to.events());
      copy(producer, read(from.assignments()), to.assignments());
      copy(producer, read(from.rejections()), to.rejections());
      List<Decision> decisions =
          new ArrayList<>(decisions().stream().map(read -> (Decision) read.value()).toList());
      for (Decision decision : tampering.apply(decisions)) {
        send(
            producer,
            to.decisions(),
            decision.time().toEpochMilli(),
            decision.key().toString(),
            decision);
      }
      producer.flush();
    }
  }

  private static void copy(
      KafkaProducer<String, LogRecord> producer, List<TopicReader.Read> records, String topic)
      throws Exception {
    for (TopicReader.Read read : records) {
      send(producer, topic, read.timestamp(), String.valueOf(read.key()), read.value());
    }
  }

  @SuppressWarnings("NullAway") // a null value is a tombstone
  private static void send(
      KafkaProducer<String, LogRecord> producer,
      String topic,
      long time,
      String key,
      @org.jspecify.annotations.Nullable LogRecord value)
      throws Exception {
    int partition = Topics.partitionOf(CLUSTER, PARTITIONS);
    producer.send(new ProducerRecord<>(topic, partition, time, key, value)).get();
  }
}
