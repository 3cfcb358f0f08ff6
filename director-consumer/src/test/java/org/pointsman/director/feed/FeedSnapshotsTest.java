package org.pointsman.director.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.pointsman.director.table.Entities.CLUSTER;
import static org.pointsman.director.table.Entities.server;
import static org.pointsman.director.table.Entities.tunnel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.codec.CodecConfig;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.codec.RecordSerializer;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.dataplane.memory.MemoryDataPlane;
import org.pointsman.director.snapshot.SnapshotStore;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;
import org.pointsman.registry.InMemorySchemaRegistry;
import org.pointsman.topics.Topics;

/** A director's life after life: what one has kept, the next begins with. */
final class FeedSnapshotsTest {
  private static final String TOPIC = "assignments";
  private static final int PARTITION = Topics.partitionOf(CLUSTER, 1);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration KEPT = Duration.ofDays(7);
  private static final IpAddress ONE = IpAddress.parse("192.0.2.1");
  private static final IpAddress TWO = IpAddress.parse("192.0.2.2");

  @TempDir private Path directory;

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final RecordSerializer<Entity> serializer =
      new RecordSerializer<>(registry, new CodecConfig(Map.of()));
  private final List<ConsumerRecord<byte[], byte[]>> log = new ArrayList<>();
  private long beginning;
  private TopicFacts facts = new TopicFacts("id-1", KEPT);
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final List<Life> lives = new ArrayList<>();

  /** A director from its start to its end. */
  private final class Life implements AutoCloseable {
    private final MemoryDataPlane plane =
        new MemoryDataPlane(
            new PlaneSettings(Side.OUTER, List.of(), OnMiss.DROP, TableLimits.forTunnels(9)), null);
    private final Reconciler reconciler = new Reconciler(CLUSTER, Side.OUTER, plane);
    private final SnapshotStore store =
        new SnapshotStore(directory, CLUSTER, "outer", Duration.ofHours(1), () -> now);
    private final AssignmentFeed feed;

    Life(Supplier<? extends Consumer<byte[], byte[]>> consumers) {
      feed =
          AssignmentFeed.withSnapshots(
              TOPIC,
              CLUSTER,
              consumers,
              new RecordDeserializer(registry),
              reconciler,
              FeedListener.NONE,
              () -> now,
              store,
              _ -> facts);
      lives.add(this);
      feed.start();
    }

    Life awaitReady() throws InterruptedException {
      assertThat(feed.awaitReady(LONG)).isTrue();
      return this;
    }

    @Override
    public void close() {
      lives.remove(this);
      feed.close();
      store.close();
      plane.close();
    }
  }

  @AfterEach
  void endAll() {
    List.copyOf(lives).forEach(Life::close);
  }

  private Life withKafka() throws InterruptedException {
    return new Life(this::consumer).awaitReady();
  }

  private Life withoutKafka() {
    return new Life(
        () -> {
          throw new KafkaException("nobody there");
        });
  }

  private MockConsumer<byte[], byte[]> consumer() {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    consumer.updatePartitions(
        TOPIC, List.of(new PartitionInfo(TOPIC, 0, Node.noNode(), new Node[0], new Node[0])));
    TopicPartition partition = new TopicPartition(TOPIC, PARTITION);
    consumer.updateBeginningOffsets(Map.of(partition, beginning));
    long end = log.isEmpty() ? beginning : log.getLast().offset() + 1;
    consumer.updateEndOffsets(Map.of(partition, end));
    List<ConsumerRecord<byte[], byte[]>> all = List.copyOf(log);
    consumer.schedulePollTask(() -> all.forEach(consumer::addRecord));
    return consumer;
  }

  private void write(EntityKey key, @Nullable Entity entity) {
    long offset = log.isEmpty() ? beginning : log.getLast().offset() + 1;
    byte[] value = entity == null ? null : serializer.serialize(TOPIC, entity);
    log.add(new ConsumerRecord<>(TOPIC, PARTITION, offset, key.toString().getBytes(UTF_8), value));
  }

  private void put(Entity entity) {
    write(entity.key(), entity);
  }

  private static Entity one(String server, long epoch) {
    return tunnel("one", server, "192.0.2.1", "10.0.1.0/28", epoch);
  }

  private static Entity two(String server, long epoch) {
    return tunnel("two", server, "192.0.2.2", "10.0.2.0/28", epoch);
  }

  /** Two tunnels; the first director that knows of them has ended. */
  private void aLifeBefore() throws InterruptedException {
    put(server("rs-1", null, 1));
    put(one("rs-1", 2));
    put(two("rs-1", 3));
    withKafka().close();
    assertThat(directory.resolve("default.snapshot")).exists();
  }

  private boolean isSetAside() {
    return Files.exists(directory.resolve("default.snapshot.set-aside"));
  }

  @Test
  void withoutKafkaItSteersByWhatWasKeptAndSaysHowOldThatIs() throws Exception {
    aLifeBefore();
    now = now.plus(Duration.ofMinutes(10));
    Life next = withoutKafka();
    await().atMost(LONG).until(() -> next.feed.status().problem().isPresent());
    assertThat(next.reconciler.serverOf(ONE)).contains(new ServerId("rs-1"));
    assertThat(next.feed.status().age(now)).contains(Duration.ofMinutes(10));
    assertThat(next.feed.status().ready()).as("not before Kafka has answered").isFalse();
    next.close();
    assertThat(withoutKafka().store.read()).as("still there").isPresent();
  }

  @Test
  void itGoesOnFromItsOffsetAndSeesWhatHasGone() throws Exception {
    aLifeBefore();
    write(one("rs-1", 2).key(), null);
    put(two("rs-2", 5));
    Life next = withKafka();
    assertThat(next.feed.status().records()).as("only what came after").isEqualTo(2);
    assertThat(next.reconciler.serverOf(ONE)).isEmpty();
    assertThat(next.reconciler.serverOf(TWO)).contains(new ServerId("rs-2"));
    assertThat(next.feed.status().nextOffset()).isEqualTo(5);
    assertThat(isSetAside()).isFalse();
  }

  /** The files are read as they lie there while the first one has not ended in any way. */
  @Test
  void whatCameAfterTheSnapshotIsThereForTheNextEvenIfNobodyCouldWriteAnother() throws Exception {
    put(server("rs-1", null, 1));
    put(one("rs-1", 2));
    put(two("rs-1", 3));
    MockConsumer<byte[], byte[]> consumer = consumer();
    Life killed = new Life(() -> consumer).awaitReady();
    await().atMost(LONG).until(() -> killed.store.writtenAt().isPresent());
    write(one("rs-1", 2).key(), null);
    put(two("rs-2", 5));
    consumer.schedulePollTask(
        () -> {
          TopicPartition partition = new TopicPartition(TOPIC, PARTITION);
          consumer.updateEndOffsets(Map.of(partition, log.getLast().offset() + 1));
          log.subList(3, 5).forEach(consumer::addRecord);
        });
    await().atMost(LONG).until(() -> killed.reconciler.serverOf(ONE).isEmpty());

    Life next = withoutKafka();
    await().atMost(LONG).until(() -> next.feed.status().problem().isPresent());
    assertThat(next.reconciler.serverOf(TWO)).contains(new ServerId("rs-2"));
    assertThat(next.reconciler.serverOf(ONE)).isEmpty();
    next.close();
    Life current = withKafka();
    assertThat(current.feed.status().records()).as("all of it was kept").isZero();
    assertThat(current.reconciler.serverOf(TWO)).contains(new ServerId("rs-2"));
    killed.close();
  }

  /** Compaction has taken the records of a tunnel, and in the end its tombstone too. */
  private void tombstonesAreGone() {
    log.removeIf(record -> new String(record.key(), UTF_8).endsWith("tunnel/one"));
    put(server("rs-2", null, 6));
  }

  @Test
  void afterTheTombstonesTimeNothingStaleSteersNotEvenWithoutKafka() throws Exception {
    aLifeBefore();
    tombstonesAreGone();
    now = now.plus(KEPT);
    Life without = withoutKafka();
    await().atMost(LONG).until(this::isSetAside);
    assertThat(without.reconciler.serverOf(ONE)).isEmpty();
    without.close();
    Life with = withKafka();
    assertThat(with.reconciler.serverOf(ONE)).isEmpty();
    assertThat(with.reconciler.serverOf(TWO)).contains(new ServerId("rs-1"));
  }

  @Test
  void theTopicsOwnTimeOfTombstonesCounts() throws Exception {
    aLifeBefore();
    tombstonesAreGone();
    facts = new TopicFacts("id-1", Duration.ofHours(1));
    now = now.plus(Duration.ofHours(1));
    Life next = withKafka();
    assertThat(isSetAside()).isTrue();
    assertThat(next.reconciler.serverOf(ONE)).isEmpty();
    assertThat(next.feed.status().records()).isEqualTo(3);
  }

  @Test
  void oneThatStayedButWasAwayForTooLongReadsTheTableAnew() throws Exception {
    put(server("rs-1", null, 1));
    put(one("rs-1", 2));
    put(two("rs-1", 3));
    MockConsumer<byte[], byte[]> consumer = consumer();
    Life life = new Life(() -> consumer).awaitReady();
    consumer.schedulePollTask(
        () -> {
          now = now.plus(KEPT);
          tombstonesAreGone();
          TopicPartition partition = new TopicPartition(TOPIC, PARTITION);
          consumer.updateEndOffsets(Map.of(partition, log.getLast().offset() + 1));
          consumer.addRecord(log.getLast());
          consumer.schedulePollTask(() -> log.forEach(consumer::addRecord));
        });
    await().atMost(LONG).until(() -> life.reconciler.serverOf(ONE).isEmpty());
    assertThat(life.reconciler.serverOf(TWO)).contains(new ServerId("rs-1"));
  }

  @Test
  void aTopicMadeAnewIsReadAnew() throws Exception {
    aLifeBefore();
    log.clear();
    facts = new TopicFacts("id-2", KEPT);
    for (int i = 0; i < 5; i++) {
      put(two("rs-9", 1 + i));
    }
    Life next = withKafka();
    assertThat(isSetAside()).isTrue();
    assertThat(next.reconciler.serverOf(ONE)).isEmpty();
    assertThat(next.reconciler.serverOf(TWO)).contains(new ServerId("rs-9"));
    next.close();
    assertThat(withoutKafka().store.read())
        .hasValueSatisfying(kept -> assertThat(kept.topicId()).isEqualTo("id-2"));
  }

  @Test
  void aLogThatHasLostItsEndOrItsBeginningIsReadAnew() throws Exception {
    aLifeBefore();
    List<ConsumerRecord<byte[], byte[]>> whole = List.copyOf(log);
    log.removeLast();
    Life lostEnd = withKafka();
    assertThat(isSetAside()).isTrue();
    assertThat(lostEnd.reconciler.serverOf(TWO)).isEmpty();
    lostEnd.close();
    Files.delete(directory.resolve("default.snapshot.set-aside"));

    log.clear();
    log.addAll(whole);
    withKafka().close();
    log.clear();
    beginning = 20;
    put(two("rs-1", 8));
    Life lostBeginning = withKafka();
    assertThat(isSetAside()).isTrue();
    assertThat(lostBeginning.reconciler.serverOf(ONE)).isEmpty();
    assertThat(lostBeginning.reconciler.serverOf(TWO)).contains(new ServerId("rs-1"));
  }

  @Test
  void aClockThatWentBackIsNotTrusted() throws Exception {
    aLifeBefore();
    now = now.minusSeconds(3600);
    Life next = withKafka();
    assertThat(isSetAside()).isTrue();
    assertThat(next.reconciler.serverOf(ONE)).contains(new ServerId("rs-1"));
  }
}
