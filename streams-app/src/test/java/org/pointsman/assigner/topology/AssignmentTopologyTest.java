package org.pointsman.assigner.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.assigner.engine.ClusterState;
import org.pointsman.assigner.engine.Cursor;
import org.pointsman.codec.CodecConfig;
import org.pointsman.codec.EpochHeader;
import org.pointsman.codec.OtherReleases;
import org.pointsman.codec.RecordSerde;
import org.pointsman.model.AssignerStatus;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.DirectorStatus.TableStatus;
import org.pointsman.model.Entity;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.LogRecord;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Rejection;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerDrain;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.TableDigest;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;
import org.pointsman.registry.InMemorySchemaRegistry;
import org.pointsman.topics.Topics;

class AssignmentTopologyTest {
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(5);

  private static final ClusterId CLUSTER = new ClusterId("default");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Topics TOPICS = new Topics("t.");

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final RecordSerde records = new RecordSerde(registry, new CodecConfig(Map.of()));
  private final AssignerCounters counters = new AssignerCounters();
  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> events;
  private final TestOutputTopic<String, LogRecord> decisions;
  private final TestOutputTopic<String, LogRecord> assignments;
  private final TestOutputTopic<String, LogRecord> rejections;
  private int eventNumber;

  AssignmentTopologyTest(@TempDir java.nio.file.Path state) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    driver =
        new TopologyTestDriver(
            AssignmentTopology.build(
                TOPICS, 1, records, counters, "a@host", new Backlog(), COMMIT_INTERVAL),
            properties,
            START);
    events =
        driver.createInputTopic(
            TOPICS.events(),
            new ByteArraySerializer(),
            new ByteArraySerializer(),
            START,
            Duration.ofMillis(1));
    decisions = output(TOPICS.decisions());
    assignments = output(TOPICS.assignments());
    rejections = output(TOPICS.rejections());
  }

  private TestOutputTopic<String, LogRecord> output(String topic) {
    return driver.createOutputTopic(topic, new StringDeserializer(), records.deserializer());
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private NetworkEvent event(Event payload) {
    return new NetworkEvent("e" + ++eventNumber, CLUSTER, START, "test", payload);
  }

  private void send(Event payload) {
    sendBytes(CLUSTER.value(), records.serializer().serialize(TOPICS.events(), event(payload)));
  }

  private void sendBytes(String key, byte[] value) {
    events.pipeInput(key.getBytes(StandardCharsets.UTF_8), value);
  }

  private void registerServers(String... names) {
    for (String name : names) {
      send(new ServerRegister(new ServerId(name), IpAddress.parse("10.0.0.1"), null));
    }
  }

  private void announce(String name, int number) {
    send(
        new TunnelAnnounce(
            new TunnelId(name),
            List.of(IpAddress.v4((192 << 24) + number)),
            List.of(new IpPrefix(IpAddress.v4((10 << 24) + (number << 4)), 28)),
            0));
  }

  private List<Decision> readDecisions() {
    return decisions.readValuesToList().stream().map(Decision.class::cast).toList();
  }

  private Rejection readRejection() {
    List<LogRecord> all = rejections.readValuesToList();
    assertThat(all).hasSize(1);
    return (Rejection) all.getFirst();
  }

  @Test
  void anAnnounceIsDecidedAndItsAssignmentStandsInTheCompactedTopic() {
    registerServers("rs-1");
    announce("oslo", 1);
    List<Decision> decided = readDecisions();
    assertThat(decided).hasSize(2);
    Decision last = decided.getLast();
    assertThat(last.reason()).isEqualTo(DecisionReason.ASSIGNED);
    assertThat(last.cause()).isEqualTo(new Cause.ByEvent(0, 1, "e2"));
    assertThat(last.time()).isEqualTo(START.plusMillis(1));
    Map<String, LogRecord> latest = assignments.readKeyValuesToMap();
    assertThat(latest)
        .containsOnlyKeys("default/server/rs-1", "default/tunnel/oslo")
        .containsEntry("default/tunnel/oslo", last.after());
    assertThat(latest.get("default/tunnel/oslo"))
        .isInstanceOfSatisfying(
            Assignment.class,
            assignment -> assertThat(assignment.server()).isEqualTo(new ServerId("rs-1")));
    assertThat(rejections.isEmpty()).isTrue();
  }

  @Test
  void aReleaseIsATombstone() {
    announce("oslo", 1);
    send(new TunnelWithdraw(new TunnelId("oslo")));
    List<TestRecord<String, LogRecord>> written = assignments.readRecordsToList();
    assertThat(written).extracting(TestRecord::key).containsOnly("default/tunnel/oslo");
    assertThat(written.getLast().value()).isNull();
    assertThat(EpochHeader.read(written.getLast().headers())).isEqualTo(2);
    assertThat(written.getFirst().headers()).isEmpty();
  }

  @Test
  void itTellsWhatItHoldsWithTheDigestOfTheAssignments() {
    TestOutputTopic<String, LogRecord> statuses = output(TOPICS.assigners());
    registerServers("rs-1");
    announce("oslo", 1);
    announce("bergen", 2);
    send(new TunnelWithdraw(new TunnelId("oslo")));
    driver.advanceWallClockTime(Duration.ofSeconds(1));
    TestRecord<String, LogRecord> record = statuses.readRecord();
    assertThat(record.key()).isEqualTo("default");
    TableDigest digest = new TableDigest();
    digest.add(
        (Assignment)
            Objects.requireNonNull(assignments.readKeyValuesToMap().get("default/tunnel/bergen")));
    assertThat(record.value())
        .isEqualTo(
            new AssignerStatus(
                "a@host",
                new TableStatus(CLUSTER, 4, digest.value(), 1, 1),
                0,
                4,
                START.plusSeconds(1)));
    driver.advanceWallClockTime(Duration.ofSeconds(1));
    assertThat(statuses.isEmpty()).isTrue();
    driver.advanceWallClockTime(StatusNotes.HEARTBEAT);
    assertThat(statuses.readValue()).isInstanceOf(AssignerStatus.class);
  }

  @Test
  void aRefusedEventGivesOneRejectionWithItsPlace() {
    send(new TunnelUp(new TunnelId("oslo"), new ServerId("rs-1")));
    TestRecord<String, LogRecord> record = rejections.readRecord();
    assertThat(record.key()).isEqualTo("default");
    Rejection rejection = (Rejection) record.value();
    assertThat(rejection.code()).isEqualTo(RejectionCode.NOT_ANNOUNCED);
    assertThat(rejection.partition()).isZero();
    assertThat(rejection.offset()).isZero();
    assertThat(rejection.event()).isNotNull();
    assertThat(decisions.isEmpty()).isTrue();
    assertThat(assignments.isEmpty()).isTrue();
  }

  @Test
  void whatCannotBeReadIsSetAsideAndTheNextIsDecided() {
    sendBytes("default", new byte[] {1, 2, 3, 4, 5, 6});
    Rejection wrongMagic = readRejection();
    assertThat(wrongMagic.code()).isEqualTo(RejectionCode.UNREADABLE);
    assertThat(wrongMagic.cluster()).isEqualTo(CLUSTER);
    assertThat(wrongMagic.message()).startsWith("t.events-0@0: expected a record that begins");
    assertThat(wrongMagic.raw()).isNotNull();
    assertThat(wrongMagic.rawLength()).isEqualTo(6);
    sendBytes("default", new byte[] {0, 0, 0, 0, 77, 2});
    assertThat(readRejection().message()).contains("t.events-0@1", "schema of id 77");
    sendBytes("no cluster name", new byte[Rejection.MAX_RAW_BYTES + 10]);
    Rejection large = readRejection();
    assertThat(large.cluster()).isNull();
    assertThat(large.rawLength()).isEqualTo(Rejection.MAX_RAW_BYTES + 10);
    assertThat(large.raw()).isNotNull();
    announce("oslo", 1);
    assertThat(readDecisions()).hasSize(1);
    assertThat(counters.counts()).isEqualTo(new AssignerCounters.Counts(4, 1, 3));
  }

  /** The assigner as the older release: no event waits, and none is mistaken for another. */
  @Test
  void anEventOfANewerReleaseIsRefusedAndTheNextIsDecided() {
    announce("oslo", 1);
    sendBytes(
        CLUSTER.value(),
        OtherReleases.eventOfTheNewKind(registry, event(new TunnelWithdraw(new TunnelId("oslo")))));
    Rejection rejection = readRejection();
    assertThat(rejection.code()).isEqualTo(RejectionCode.UNREADABLE);
    assertThat(rejection.message()).contains("upgrade this program, then send the event again");
    assertThat(rejection.raw()).isNotNull();
    announce("bergen", 2);
    assertThat(readDecisions()).extracting(Decision::after).hasSize(2).doesNotContainNull();
  }

  @Test
  void aTombstoneAndARecordOfAnotherKindAreSetAside() {
    events.pipeInput(CLUSTER.value().getBytes(StandardCharsets.UTF_8), (byte[]) null);
    assertThat(readRejection().message()).contains("the record has no value");
    announce("oslo", 1);
    LogRecord decision = readDecisions().getFirst();
    sendBytes("default", records.serializer().serialize(TOPICS.decisions(), decision));
    assertThat(readRejection().message()).contains("the record is of kind Decision");
  }

  @Test
  void anEventUnderAnotherKeyIsRefused() {
    byte[] value =
        records
            .serializer()
            .serialize(TOPICS.events(), event(new ServerDown(new ServerId("rs-1"))));
    sendBytes("other", value);
    assertThat(readRejection().code()).isEqualTo(RejectionCode.WRONG_KEY);
    events.pipeInput((byte[]) null, value);
    assertThat(readRejection().message()).contains("as key but got none");
  }

  @Test
  void anEventInAnotherPartitionIsRefused(@TempDir java.nio.file.Path state) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    try (TopologyTestDriver twelve =
        new TopologyTestDriver(
            AssignmentTopology.build(
                TOPICS, 12, records, counters, "a@host", new Backlog(), COMMIT_INTERVAL),
            properties,
            START)) {
      TestInputTopic<byte[], byte[]> input =
          twelve.createInputTopic(
              TOPICS.events(), new ByteArraySerializer(), new ByteArraySerializer());
      input.pipeInput(
          CLUSTER.value().getBytes(StandardCharsets.UTF_8),
          records
              .serializer()
              .serialize(TOPICS.events(), event(new ServerDown(new ServerId("rs-1")))));
      Rejection rejection =
          (Rejection)
              twelve
                  .createOutputTopic(
                      TOPICS.rejections(), new StringDeserializer(), records.deserializer())
                  .readValue();
      assertThat(rejection.code()).isEqualTo(RejectionCode.WRONG_PARTITION);
      assertThat(rejection.message())
          .isEqualTo(
              "expected events of cluster 'default' in partition 7 but this one is in 0; send it to partition murmur2(cluster) mod 12");
    }
  }

  @Test
  void withoutTheRegistryTheEventIsNotPassedOver() {
    NetworkEvent event = event(new ServerDown(new ServerId("rs-1")));
    byte[] value =
        new RecordSerde(registry, new CodecConfig(Map.of()))
            .serializer()
            .serialize(TOPICS.events(), event);
    registry.setAway(true);
    assertThatThrownBy(() -> sendBytes("default", value))
        .satisfiesAnyOf(
            thrown -> assertThat(thrown).isInstanceOf(RetriableException.class),
            thrown -> assertThat(thrown).hasRootCauseInstanceOf(RetriableException.class));
  }

  @Test
  void aDeadlineIsDecidedByTheClockAndRecordedWithItsCause() {
    registerServers("rs-1");
    send(new ClusterConfigure(null, null, Duration.ofSeconds(30), null, null));
    announce("oslo", 1);
    send(new TunnelUp(new TunnelId("oslo"), new ServerId("rs-1")));
    send(new TunnelDown(new TunnelId("oslo"), null));
    readDecisions();
    driver.advanceWallClockTime(Duration.ofSeconds(29));
    assertThat(decisions.isEmpty()).isTrue();
    driver.advanceWallClockTime(Duration.ofSeconds(3));
    List<Decision> due = readDecisions();
    assertThat(due).hasSize(1);
    assertThat(due.getFirst().reason()).isEqualTo(DecisionReason.LINGER_ENDED);
    assertThat(due.getFirst().cause()).isInstanceOf(Cause.ByTimer.class);
    assertThat(due.getFirst().after()).isNull();
  }

  @Test
  void anAnnounceThatTimesOutIsReleasedWithItsDeadlineAsCause() {
    registerServers("rs-1");
    send(new ClusterConfigure(null, null, null, Duration.ofSeconds(40), null));
    announce("oslo", 1);
    Instant announced = readDecisions().getLast().time();
    driver.advanceWallClockTime(Duration.ofSeconds(39));
    assertThat(decisions.isEmpty()).isTrue();
    driver.advanceWallClockTime(Duration.ofSeconds(2));
    Decision due = readDecisions().getFirst();
    assertThat(due.reason()).isEqualTo(DecisionReason.ANNOUNCE_TIMED_OUT);
    assertThat(due.cause()).isEqualTo(new Cause.ByTimer(0, announced.plusSeconds(40)));
    assertThat(due.time()).as("when it was noticed").isAfterOrEqualTo(announced.plusSeconds(40));
    assertThat(assignments.readKeyValuesToMap()).containsEntry("default/tunnel/oslo", null);
    driver.advanceWallClockTime(Duration.ofMinutes(10));
    assertThat(decisions.isEmpty()).as("once is enough").isTrue();
  }

  @Test
  void aDrainsDeadlineMovesWhatIsStillUpWithTheDeadlineAsCause() {
    registerServers("rs-1");
    announce("oslo", 1);
    send(new TunnelUp(new TunnelId("oslo"), new ServerId("rs-1")));
    registerServers("rs-2");
    send(new ServerDrain(new ServerId("rs-1"), Duration.ofSeconds(60)));
    Instant drained = readDecisions().getLast().time();
    driver.advanceWallClockTime(Duration.ofSeconds(59));
    assertThat(decisions.isEmpty()).isTrue();
    driver.advanceWallClockTime(Duration.ofSeconds(3));
    List<Decision> due = readDecisions();
    assertThat(due)
        .filteredOn(decision -> decision.after() instanceof Assignment)
        .singleElement()
        .satisfies(
            moved -> {
              assertThat(moved.reason()).isEqualTo(DecisionReason.DRAIN_DEADLINE);
              assertThat(moved.cause()).isEqualTo(new Cause.ByTimer(0, drained.plusSeconds(60)));
              assertThat(moved.after())
                  .isInstanceOfSatisfying(
                      Assignment.class,
                      tunnel -> assertThat(tunnel.server()).isEqualTo(new ServerId("rs-2")));
            });
  }

  @Test
  void theStoresTheTopicAndTheFoldedDecisionsAreOneState() {
    registerServers("rs-1", "rs-2", "rs-3");
    for (int i = 0; i < 50; i++) {
      announce("t" + i, i);
    }
    for (int i = 0; i < 20; i++) {
      send(new TunnelWithdraw(new TunnelId("t" + (i * 2))));
    }
    send(new ServerDown(new ServerId("rs-2")));
    ClusterState folded = new ClusterState(CLUSTER);
    readDecisions().forEach(folded::apply);
    Map<String, Entity> expected = new TreeMap<>();
    folded.assignments().forEach(entity -> expected.put(entity.key().toString(), entity));
    folded.servers().forEach(entity -> expected.put(entity.key().toString(), entity));

    Map<String, LogRecord> topic = new TreeMap<>(assignments.readKeyValuesToMap());
    topic.values().removeIf(java.util.Objects::isNull);
    assertThat(topic).isEqualTo(expected);

    Map<String, LogRecord> store = new TreeMap<>();
    List<Entity> entities = new ArrayList<>();
    KeyValueStore<String, LogRecord> entityStore =
        driver.getKeyValueStore(AssignmentTopology.ENTITIES);
    try (var all = entityStore.all()) {
      all.forEachRemaining(
          entry -> {
            store.put(entry.key, entry.value);
            entities.add((Entity) entry.value);
          });
    }
    assertThat(store).isEqualTo(expected);
    KeyValueStore<String, Cursor> cursors = driver.getKeyValueStore(AssignmentTopology.CURSORS);
    assertThat(cursors.get("default")).isEqualTo(folded.cursor());
    ClusterState restored = ClusterState.restore(CLUSTER, cursors.get("default"), entities);
    assertThat(restored.assignments()).containsExactlyElementsOf(folded.assignments());
  }
}
