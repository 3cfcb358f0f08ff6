package org.pointsman.assigner.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pointsman.assigner.engine.ClusterState;
import org.pointsman.assigner.engine.Decider;
import org.pointsman.assigner.engine.Outcome;
import org.pointsman.codec.CodecConfig;
import org.pointsman.codec.RecordSerde;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.LogRecord;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Rejection;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerFlush;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.ServerRemove;
import org.pointsman.model.ServerUp;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;
import org.pointsman.registry.InMemorySchemaRegistry;
import org.pointsman.topics.Topics;

/**
 * Clusters in one partition, whose servers, tunnels, outer addresses, inner subnets and virtual
 * addresses have the same names: each is decided as if it were alone.
 */
class ClustersTopologyTest {
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(5);

  private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<ClusterId> CLUSTERS =
      List.of(new ClusterId("north"), new ClusterId("south"), new ClusterId("south.2"));
  private static final int EVENTS = 300;

  /** What the engine alone makes of one cluster's events. */
  private static final class Alone {
    final ClusterState state;
    final List<Decision> decisions = new ArrayList<>();
    final List<RejectionCode> rejections = new ArrayList<>();

    Alone(ClusterId cluster) {
      state = new ClusterState(cluster);
    }

    void tell(NetworkEvent event, long offset) {
      Cause cause = new Cause.ByEvent(0, offset, event.eventId());
      switch (Decider.decide(state, event, cause, START.plusMillis(offset))) {
        case Outcome.Decided(List<Decision> decided) -> {
          decisions.addAll(decided);
          decided.forEach(state::apply);
        }
        case Outcome.Rejected rejected -> rejections.add(rejected.code());
      }
    }
  }

  private final RecordSerde records =
      new RecordSerde(new InMemorySchemaRegistry(), new CodecConfig(Map.of()));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theSameNamesInOtherClustersNeverMeet(long seed, @TempDir Path directory) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<ClusterId, Alone> alone = new TreeMap<>(Comparator.comparing(ClusterId::value));
    CLUSTERS.forEach(cluster -> alone.put(cluster, new Alone(cluster)));
    Properties properties = new Properties();
    properties.put(StreamsConfig.STATE_DIR_CONFIG, directory.toString());
    try (TopologyTestDriver driver =
        new TopologyTestDriver(
            AssignmentTopology.build(
                TOPICS,
                1,
                records,
                new AssignerCounters(),
                "a@host",
                new Backlog(),
                COMMIT_INTERVAL),
            properties,
            START)) {
      TestInputTopic<byte[], byte[]> events =
          driver.createInputTopic(
              TOPICS.events(),
              new ByteArraySerializer(),
              new ByteArraySerializer(),
              START,
              Duration.ofMillis(1));

      for (int offset = 0; offset < EVENTS; offset++) {
        ClusterId cluster = CLUSTERS.get(random.nextInt(CLUSTERS.size()));
        Alone its = Objects.requireNonNull(alone.get(cluster));
        NetworkEvent event =
            new NetworkEvent("e" + offset, cluster, START, "test", next(its.state, random));
        events.pipeInput(
            cluster.value().getBytes(StandardCharsets.UTF_8),
            records.serializer().serialize(TOPICS.events(), event));
        its.tell(event, offset);
      }

      List<LogRecord> decided = output(driver, TOPICS.decisions()).readValuesToList();
      List<LogRecord> rejected = output(driver, TOPICS.rejections()).readValuesToList();
      Map<String, LogRecord> latest = output(driver, TOPICS.assignments()).readKeyValuesToMap();
      for (Map.Entry<ClusterId, Alone> each : alone.entrySet()) {
        ClusterId cluster = each.getKey();
        assertThat(each.getValue().decisions).as("decisions on %s", cluster).isNotEmpty();
        assertThat(decided.stream().filter(decision -> isOf(decision, cluster)).toList())
            .isEqualTo(each.getValue().decisions);
        assertThat(
                rejected.stream()
                    .filter(rejection -> isOf(rejection, cluster))
                    .map(rejection -> ((Rejection) rejection).code())
                    .toList())
            .isEqualTo(each.getValue().rejections);
        assertThat(
                latest.entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith(cluster + "/tunnel/"))
                    .map(Map.Entry::getValue)
                    .filter(Objects::nonNull)
                    .toList())
            .containsExactlyInAnyOrderElementsOf(each.getValue().state.assignments());
      }
    }
  }

  private TestOutputTopic<String, LogRecord> output(TopologyTestDriver driver, String topic) {
    return driver.createOutputTopic(topic, new StringDeserializer(), records.deserializer());
  }

  private static boolean isOf(LogRecord record, ClusterId cluster) {
    return cluster.equals(record.cluster());
  }

  private static Event next(ClusterState state, SplittableRandom random) {
    int number = random.nextInt(8);
    TunnelId tunnel = new TunnelId("t" + number);
    ServerId server = new ServerId("rs-" + random.nextInt(3));
    var known = state.assignment(tunnel);
    return switch (random.nextInt(14)) {
      case 0, 1 -> new ServerRegister(server, IpAddress.parse("10.255.0.1"), null);
      case 2 -> new ServerDown(server);
      case 3 -> new ServerUp(server);
      case 4 -> new ServerFlush(server);
      case 5 -> new ServerRemove(server, true);
      case 6 -> new TunnelWithdraw(tunnel);
      case 7 -> new TunnelDown(tunnel, null);
      case 8, 9 ->
          new TunnelUp(tunnel, known == null || known.server() == null ? server : known.server());
      case 10 ->
          new ClusterConfigure(
              null, List.of(IpAddress.parse("203.0.113." + number)), null, null, null);
      default ->
          new TunnelAnnounce(
              tunnel,
              List.of(IpAddress.parse("192.0.2." + random.nextInt(6))),
              List.of(IpPrefix.parse("10.0.%d.0/24".formatted(random.nextInt(8)))),
              0);
    };
  }
}
