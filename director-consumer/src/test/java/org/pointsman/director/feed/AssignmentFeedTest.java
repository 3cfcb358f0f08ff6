package org.pointsman.director.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.pointsman.director.table.Entities.CLUSTER;
import static org.pointsman.director.table.Entities.server;
import static org.pointsman.director.table.Entities.tunnel;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.dataplane.memory.MemoryDataPlane;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.LogRecord;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;
import org.pointsman.topics.Topics;

final class AssignmentFeedTest {
  private static final String TOPIC = "assignments";
  private static final int PARTITIONS = 5;
  private static final TopicPartition PARTITION =
      new TopicPartition(TOPIC, Topics.partitionOf(CLUSTER, PARTITIONS));
  private static final IpAddress PEER = IpAddress.parse("192.0.2.7");

  /** A broker with one partition; each consumer made reads it from wherever it seeks. */
  private final List<ConsumerRecord<byte[], byte[]>> written = new ArrayList<>();

  private final Queue<MockConsumer<byte[], byte[]>> prepared = new ArrayDeque<>();
  private final Map<String, LogRecord> values = new ConcurrentHashMap<>();
  private final AtomicInteger registryAnswersAfter = new AtomicInteger();
  private volatile Instant now = Instant.EPOCH;
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final MemoryDataPlane plane =
      new MemoryDataPlane(
          new PlaneSettings(Side.OUTER, List.of(), OnMiss.DROP, TableLimits.forTunnels(1)), null);
  private final Reconciler reconciler = new Reconciler(CLUSTER, Side.OUTER, plane);
  private final AssignmentFeed feed =
      new AssignmentFeed(
          TOPIC,
          CLUSTER,
          () -> prepared.size() > 1 ? prepared.remove() : prepared.element(),
          new Values(),
          reconciler,
          new Heard(),
          () -> now);

  private final class Values implements Deserializer<LogRecord> {
    @Override
    public LogRecord deserialize(String topic, byte[] data) {
      String name = new String(data, UTF_8);
      if (name.equals("bad")) {
        throw new SerializationException("expected magic byte 0 but got 98");
      }
      if (name.equals("later") && registryAnswersAfter.getAndDecrement() > 0) {
        throw new TimeoutException("the registry does not answer");
      }
      return Objects.requireNonNull(values.get(name.equals("later") ? "0" : name));
    }
  }

  private final class Heard implements FeedListener {
    @Override
    public void loaded(int partition, long offset, int entities) {
      heard.add("loaded %d up to %d@%d".formatted(entities, partition, offset));
    }

    @Override
    public void applied(int partition, long offset, EntityKey key, @Nullable Entity entity) {
      heard.add("%s at %d%s".formatted(key, offset, entity == null ? " gone" : ""));
    }
  }

  private MockConsumer<byte[], byte[]> consumer() {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    List<PartitionInfo> infos = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      infos.add(new PartitionInfo(TOPIC, i, Node.noNode(), new Node[0], new Node[0]));
    }
    consumer.updatePartitions(TOPIC, infos);
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, (long) written.size()));
    List<ConsumerRecord<byte[], byte[]>> before = List.copyOf(written);
    consumer.schedulePollTask(() -> before.forEach(consumer::addRecord));
    prepared.add(consumer);
    return consumer;
  }

  private ConsumerRecord<byte[], byte[]> record(@Nullable String key, byte @Nullable [] value) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(
            TOPIC,
            PARTITION.partition(),
            written.size(),
            key == null ? null : key.getBytes(UTF_8),
            value);
    written.add(record);
    return record;
  }

  private ConsumerRecord<byte[], byte[]> put(Entity entity) {
    String name = Integer.toString(values.size());
    values.put(name, entity);
    return record(entity.key().toString(), name.getBytes(UTF_8));
  }

  private ConsumerRecord<byte[], byte[]> gone(Entity entity) {
    return record(entity.key().toString(), null);
  }

  private void arrives(
      MockConsumer<byte[], byte[]> consumer, List<ConsumerRecord<byte[], byte[]>> records) {
    consumer.schedulePollTask(() -> records.forEach(consumer::addRecord));
  }

  private void startAndAwaitReady() throws InterruptedException {
    feed.start();
    assertThat(feed.awaitReady(Duration.ofSeconds(20))).isTrue();
  }

  @AfterEach
  void close() {
    feed.close();
    plane.close();
  }

  @Test
  void theTableStandsAtTheEndOffsetAsOneChange() throws Exception {
    put(server("rs-1", null, 1));
    put(tunnel("t", "rs-1", "192.0.2.7", "10.0.0.0/28", 2));
    put(tunnel("short", "rs-1", "192.0.2.8", "10.0.1.0/28", 3));
    gone(tunnel("short", "rs-1", "192.0.2.8", "10.0.1.0/28", 3));
    put(tunnel("t", "rs-2", "192.0.2.7", "10.0.0.0/28", 5));
    consumer();
    startAndAwaitReady();
    assertThat(reconciler.serverOf(PEER)).contains(new ServerId("rs-2"));
    assertThat(reconciler.serverOf(IpAddress.parse("192.0.2.8"))).isEmpty();
    await().until(() -> !heard.isEmpty());
    assertThat(heard).containsExactly("loaded 2 up to " + PARTITION.partition() + "@5");
    assertThat(feed.status().nextOffset()).isEqualTo(5);
    assertThat(feed.status().records()).isEqualTo(5);
    assertThat(feed.status().partition()).isEqualTo(PARTITION.partition());
  }

  @Test
  void anEmptyTopicIsReadyAtOnce() throws Exception {
    consumer();
    startAndAwaitReady();
    assertThat(feed.status().problem()).isEmpty();
  }

  @Test
  void whatComesLaterIsAppliedInOrderAndTold() throws Exception {
    MockConsumer<byte[], byte[]> consumer = consumer();
    startAndAwaitReady();
    Entity one = tunnel("t", "rs-1", "192.0.2.7", "10.0.0.0/28", 1);
    arrives(consumer, List.of(put(one), put(tunnel("t", "rs-2", "192.0.2.7", "10.0.0.0/28", 2))));
    await().until(() -> heard.size() == 3);
    assertThat(reconciler.serverOf(PEER)).contains(new ServerId("rs-2"));
    arrives(consumer, List.of(put(tunnel("t", "rs-9", "192.0.2.7", "10.0.0.0/28", 1))));
    await().until(() -> feed.status().stale() == 1);
    assertThat(reconciler.serverOf(PEER)).contains(new ServerId("rs-2"));
    arrives(consumer, List.of(gone(one)));
    await().until(() -> heard.contains("default/tunnel/t at 3 gone"));
    assertThat(reconciler.serverOf(PEER)).isEmpty();
    await().until(() -> feed.status().nextOffset() == 4);
  }

  @Test
  void anotherClustersRecordsAreReadOver() throws Exception {
    Entity ours = tunnel("t", "rs-1", "192.0.2.7", "10.0.0.0/28", 1);
    values.put("0", ours);
    record("other/tunnel/t", null);
    written.add(
        new ConsumerRecord<>(
            TOPIC,
            PARTITION.partition(),
            1,
            ours.key().toString().getBytes(UTF_8),
            "0".getBytes(UTF_8)));
    consumer();
    startAndAwaitReady();
    assertThat(reconciler.holdings().tunnels()).isEqualTo(1);
    assertThat(feed.status().records()).isEqualTo(2);
  }

  @Test
  void recordsThatCannotBeReadAreCountedAndSkipped() throws Exception {
    put(tunnel("t", "rs-1", "192.0.2.7", "10.0.0.0/28", 1));
    record("default/tunnel/t", "bad".getBytes(UTF_8));
    record("no key of ours", "0".getBytes(UTF_8));
    record(null, "0".getBytes(UTF_8));
    record("default/tunnel/another", "0".getBytes(UTF_8));
    put(tunnel("u", "rs-2", "192.0.2.8", "10.0.1.0/28", 2));
    consumer();
    startAndAwaitReady();
    assertThat(feed.status().skipped()).isEqualTo(4);
    assertThat(reconciler.serverOf(PEER)).contains(new ServerId("rs-1"));
    assertThat(reconciler.serverOf(IpAddress.parse("192.0.2.8"))).contains(new ServerId("rs-2"));
  }

  @Test
  void aRecordWaitsForTheRegistryAndThoseBeforeItCount() throws Exception {
    put(tunnel("t", "rs-1", "192.0.2.7", "10.0.0.0/28", 1));
    MockConsumer<byte[], byte[]> consumer = consumer();
    startAndAwaitReady();
    registryAnswersAfter.set(2);
    Entity before = tunnel("before", "rs-2", "192.0.2.9", "10.0.3.0/28", 2);
    values.put("before", before);
    List<ConsumerRecord<byte[], byte[]>> records =
        List.of(
            record(before.key().toString(), "before".getBytes(UTF_8)),
            record("default/tunnel/t", "later".getBytes(UTF_8)));
    arrives(consumer, records);
    await().until(() -> feed.status().problem().isPresent());
    assertThat(feed.status().problem().orElseThrow())
        .contains(PARTITION + "@2", "the registry does not answer");
    assertThat(heard).contains("default/tunnel/before at 1");
    assertThat(reconciler.serverOf(PEER)).as("goes on steering").isPresent();
    await().until(() -> heard.contains("default/tunnel/t at 2"));
    await().until(() -> feed.status().problem().isEmpty());
    assertThat(feed.status().skipped()).isZero();
  }

  @Test
  void aBrokerThatIsAwayMakesTheTableOldAndNothingElse() throws Exception {
    put(tunnel("t", "rs-1", "192.0.2.7", "10.0.0.0/28", 1));
    MockConsumer<byte[], byte[]> consumer = consumer();
    startAndAwaitReady();
    consumer.schedulePollTask( // both at once: the feed asks as soon as it sees the later time
        () -> {
          consumer.setOffsetsException(new TimeoutException("no broker"));
          now = Instant.ofEpochSecond(90);
        });
    await().until(() -> feed.status().problem().isPresent());
    assertThat(feed.status().problem().orElseThrow()).contains("no answer came in time");
    assertThat(feed.status().age(now)).contains(Duration.ofSeconds(90));
    assertThat(reconciler.serverOf(PEER)).contains(new ServerId("rs-1"));
    now = Instant.ofEpochSecond(120); // the exception was thrown once: it answers again
    await().until(() -> feed.status().problem().isEmpty());
    assertThat(feed.status().age(now)).contains(Duration.ZERO);
  }

  @Test
  void aTopicThatIsNotThereIsWaitedFor() throws Exception {
    MockConsumer<byte[], byte[]> consumer = consumer();
    List<PartitionInfo> infos = consumer.partitionsFor(TOPIC);
    consumer.updatePartitions(TOPIC, List.of());
    feed.start();
    await().until(() -> feed.status().problem().isPresent());
    assertThat(feed.status().problem().orElseThrow()).contains("topics create");
    assertThat(feed.status().ready()).isFalse();
    consumer.updatePartitions(TOPIC, infos);
    assertThat(feed.awaitReady(Duration.ofSeconds(20))).isTrue();
  }

  @Test
  void aTopicMadeAnewIsReadAnewAndWhatIsGoneGoes() throws Exception {
    put(tunnel("old", "rs-1", "192.0.2.8", "10.0.1.0/28", 70));
    put(tunnel("t", "rs-1", "192.0.2.7", "10.0.0.0/28", 71));
    MockConsumer<byte[], byte[]> first = consumer();
    startAndAwaitReady();
    written.clear();
    put(tunnel("t", "rs-2", "192.0.2.7", "10.0.0.0/28", 1));
    prepared.clear();
    consumer();
    first.schedulePollTask(
        () -> first.setPollException(new NoOffsetForPartitionException(PARTITION)));
    await().until(() -> heard.size() == 2);
    assertThat(reconciler.serverOf(PEER)).contains(new ServerId("rs-2"));
    assertThat(reconciler.serverOf(IpAddress.parse("192.0.2.8"))).isEmpty();
    assertThat(first.closed()).isTrue();
  }

  @Test
  void aConsumerThatFailsIsReplaced() throws Exception {
    put(tunnel("t", "rs-1", "192.0.2.7", "10.0.0.0/28", 1));
    MockConsumer<byte[], byte[]> first = consumer();
    startAndAwaitReady();
    put(tunnel("t", "rs-2", "192.0.2.7", "10.0.0.0/28", 2));
    prepared.clear();
    consumer();
    first.schedulePollTask(() -> first.setPollException(new KafkaException("not authorised")));
    await().until(() -> reconciler.serverOf(PEER).equals(Optional.of(new ServerId("rs-2"))));
    await().until(() -> feed.status().problem().isEmpty());
  }

  @Test
  void closingEndsAlsoAWait() throws Exception {
    registryAnswersAfter.set(Integer.MAX_VALUE);
    record("default/tunnel/t", "later".getBytes(UTF_8));
    consumer();
    feed.start();
    await().until(() -> feed.status().problem().isPresent());
    feed.close();
    assertThat(feed.status().ready()).isFalse();
  }
}
