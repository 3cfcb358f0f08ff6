package org.pointsman.director.feed;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.table.EntityChange;
import org.pointsman.model.ClusterId;
import org.pointsman.model.EntityKey;
import org.pointsman.model.InvalidValueException;
import org.pointsman.topics.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the cluster's partition with one consumer, as {@link AssignmentFeed} tells, until the feed
 * is closed or the consumer fails. For the feed's thread.
 */
final class PartitionFollower {
  private static final Logger log = LoggerFactory.getLogger(PartitionFollower.class);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration ASK = Duration.ofSeconds(5);

  private final String topic;
  private final ClusterId cluster;
  private final EntityChangeReader values;
  private final Reconciler reconciler;
  private final FeedListener listener;
  private final InstantSource clock;
  private final @Nullable FeedSnapshots snapshots;
  private final FeedProgress progress;
  private final Consumer<byte[], byte[]> reading;
  private TopicPartition partition;
  private Instant nextAsk = Instant.MIN;

  /**
   * What a feed works with.
   *
   * @param snapshots null if none are kept
   */
  record Parts(
      String topic,
      ClusterId cluster,
      EntityChangeReader values,
      Reconciler reconciler,
      FeedListener listener,
      InstantSource clock,
      @Nullable FeedSnapshots snapshots) {}

  PartitionFollower(Parts parts, FeedProgress progress, Consumer<byte[], byte[]> reading) {
    this.topic = parts.topic();
    this.cluster = parts.cluster();
    this.values = parts.values();
    this.reconciler = parts.reconciler();
    this.listener = parts.listener();
    this.clock = parts.clock();
    this.snapshots = parts.snapshots();
    this.progress = progress;
    this.reading = reading;
    this.partition = new TopicPartition(topic, 0);
  }

  void follow() {
    partition = new TopicPartition(topic, Topics.partitionOf(cluster, awaitPartitions()));
    progress.partitionRead = partition.partition();
    reading.assign(List.of(partition));
    awaitFacts();
    Instant asked = clock.instant();
    long end = awaitEnd();
    Optional<Long> from =
        snapshots == null ? Optional.empty() : snapshots.resumeAt(partition, beginning(), end);
    if (from.isPresent()) {
      reading.seek(partition, from.get());
      resume(end, asked);
    } else {
      load(end, asked);
    }
    while (!progress.isClosed()) {
      takeBatch();
    }
  }

  /** How many partitions the topic has, when it is there. */
  private int awaitPartitions() {
    while (true) {
      progress.throwIfClosed();
      try {
        List<PartitionInfo> partitions = reading.partitionsFor(topic, ASK);
        if (partitions != null && !partitions.isEmpty()) {
          return partitions.size();
        }
        progress.problem(
            "expected topic %s but the broker has none; make it with 'pointsman topics create'"
                .formatted(topic),
            null);
      } catch (RetriableException later) {
        progress.problem(FeedProgress.unanswered(topic, later), later);
      }
      progress.pause(FeedProgress.RETRY);
    }
  }

  private long awaitEnd() {
    while (true) {
      progress.throwIfClosed();
      Long end = end();
      if (end != null) {
        return end;
      }
      progress.pause(FeedProgress.RETRY);
    }
  }

  /** The offset after the last committed record, or null if nobody answers. */
  private @Nullable Long end() {
    try {
      return reading.endOffsets(List.of(partition), ASK).get(partition);
    } catch (RetriableException later) {
      progress.problem(FeedProgress.unanswered(topic, later), later);
      return null;
    }
  }

  private long beginning() {
    return Objects.requireNonNull(reading.beginningOffsets(List.of(partition), ASK).get(partition));
  }

  private void awaitFacts() {
    while (snapshots != null) {
      progress.throwIfClosed();
      try {
        snapshots.ask();
        return;
      } catch (RetriableException later) {
        progress.problem(FeedProgress.unanswered(topic, later), later);
        progress.pause(FeedProgress.RETRY);
      }
    }
  }

  /** Reads the partition anew up to {@code end}, and hands it over at once. */
  private void load(long end, Instant asked) {
    if (snapshots != null) {
      snapshots.readAnew();
    }
    reading.seekToBeginning(List.of(partition));
    Map<EntityKey, EntityChange> latest = gather(end);
    long epoch = latest.values().stream().mapToLong(EntityChange::epoch).max().orElse(0);
    latest.values().removeIf(change -> change.entity() == null);
    progress.stale.add(reconciler.load(latest.values(), epoch));
    loaded(latest.size(), asked);
  }

  /** What came after the snapshot, up to {@code end}, is handed over at once. */
  private void resume(long end, Instant asked) {
    Map<EntityKey, EntityChange> latest = gather(end);
    keep(List.copyOf(latest.values()), reading.position(partition, ASK));
    progress.stale.add(reconciler.apply(latest.values()));
    loaded(reconciler.entities().size(), asked);
  }

  private void keep(List<EntityChange> changes, long next) {
    if (snapshots != null) {
      snapshots.keep(changes, next);
    }
  }

  private void loaded(int entities, Instant asked) {
    progress.caughtUpAt = asked;
    if (snapshots != null) {
      snapshots.confirmed();
    }
    standsAt(reading.position(partition, ASK), true);
    log.debug(
        "{} entities of cluster {} read up to {}@{}",
        entities,
        cluster,
        partition,
        progress.nextOffset);
    listener.loaded(partition.partition(), progress.nextOffset, entities);
    stands();
    progress.ready.countDown();
  }

  private void stands() {
    if (snapshots != null) {
      snapshots.offerIfDue(partition.partition(), progress.nextOffset, progress.caughtUpAt);
    }
    listener.stands(partition.partition(), progress.nextOffset);
  }

  /** The latest of each key before {@code end}, tombstones among them, in the log's order. */
  private Map<EntityKey, EntityChange> gather(long end) {
    Map<EntityKey, EntityChange> latest = new LinkedHashMap<>();
    while (reading.position(partition, ASK) < end) {
      progress.throwIfClosed();
      for (ConsumerRecord<byte[], byte[]> bytes : reading.poll(POLL)) {
        EntityChange change = read(bytes);
        if (change == null || !change.key().cluster().equals(cluster)) {
          continue;
        }
        EntityChange before = latest.remove(change.key());
        if (before != null && isOlder(change, before)) {
          progress.stale.add(1);
          latest.put(before.key(), before);
        } else {
          latest.put(change.key(), change);
        }
      }
    }
    return latest;
  }

  private static boolean isOlder(EntityChange change, EntityChange than) {
    return change.entity() != null && than.entity() != null && change.epoch() < than.epoch();
  }

  private void takeBatch() {
    List<EntityChange> changes = new ArrayList<>();
    List<Long> offsets = new ArrayList<>();
    Instant asked = clock.instant();
    ConsumerRecords<byte[], byte[]> batch = reading.poll(POLL);
    boolean any = !batch.isEmpty();
    if (any && isTooOld(clock.instant())) {
      readAnew();
      return;
    }
    for (ConsumerRecord<byte[], byte[]> bytes : batch) {
      EntityChange change = readAfter(bytes, changes, offsets);
      if (change != null && change.key().cluster().equals(cluster)) {
        changes.add(change);
        offsets.add(bytes.offset());
      }
    }
    apply(changes, offsets);
    if (any) {
      standsAt(reading.position(partition, ASK), true);
      if (reading.currentLag(partition).orElse(1) <= 0) {
        progress.caughtUpAt = asked;
      }
      stands();
    } else if (!clock.instant().isBefore(nextAsk)) {
      askWhetherCurrent();
    }
  }

  /** Nothing came: because there is nothing, or because nobody answers? */
  private void askWhetherCurrent() {
    Instant asked = clock.instant();
    nextAsk = asked.plus(ASK);
    Long end = end();
    if (end != null) {
      long before = progress.nextOffset;
      long position = reading.position(partition, ASK);
      standsAt(position, position >= end);
      if (position >= end) {
        progress.caughtUpAt = asked;
      }
      if (position != before) { // over the marks of transactions, which are no records
        stands();
      } else if (snapshots != null) {
        snapshots.offerIfDue(partition.partition(), position, progress.caughtUpAt);
      }
    }
  }

  /** After so long without Kafka, tombstones may be gone that this table has not seen. */
  private boolean isTooOld(Instant now) {
    Instant last = progress.caughtUpAt;
    Duration kept = snapshots == null ? Topics.TOMBSTONES_KEPT : snapshots.tombstonesKept();
    return last != null && Duration.between(last, now).compareTo(kept) >= 0;
  }

  private void readAnew() {
    log.warn(
        "nothing was heard of {} since {}, longer than releases are kept in it; reading it anew",
        partition,
        progress.caughtUpAt);
    Instant asked = clock.instant();
    load(awaitEnd(), asked);
  }

  private void standsAt(long position, boolean isCurrent) {
    progress.nextOffset = position;
    progress.problem = null;
    if (isCurrent) {
      progress.current = clock.instant();
    }
  }

  /** Before it waits for the registry, what came before it is made to stand. */
  private @Nullable EntityChange readAfter(
      ConsumerRecord<byte[], byte[]> bytes, List<EntityChange> changes, List<Long> offsets) {
    try {
      return readOnce(bytes);
    } catch (RetriableException later) {
      log.trace("to be tried again", later);
      apply(changes, offsets);
      changes.clear();
      offsets.clear();
      return read(bytes);
    }
  }

  private void apply(List<EntityChange> changes, List<Long> offsets) {
    if (changes.isEmpty()) {
      return;
    }
    keep(changes, offsets.getLast() + 1);
    progress.stale.add(reconciler.apply(changes));
    for (int i = 0; i < changes.size(); i++) {
      EntityChange change = changes.get(i);
      listener.applied(partition.partition(), offsets.get(i), change.key(), change.entity());
    }
  }

  /** The record's change, or null if it cannot be read; waits for the schema registry. */
  private @Nullable EntityChange read(ConsumerRecord<byte[], byte[]> bytes) {
    while (true) {
      progress.throwIfClosed();
      try {
        return readOnce(bytes);
      } catch (RetriableException later) {
        progress.problem(
            "the record at %s@%d has to wait: %s"
                .formatted(partition, bytes.offset(), later.getMessage()),
            later);
        progress.pause(FeedProgress.RETRY);
      }
    }
  }

  private @Nullable EntityChange readOnce(ConsumerRecord<byte[], byte[]> bytes) {
    try {
      EntityChange change = values.read(bytes);
      progress.records.increment();
      return change;
    } catch (SerializationException | InvalidValueException bad) {
      progress.skipped.increment();
      log.warn(
          "expected an assignment, a server or settings but the record at {}@{} cannot be read: {}; skipped it",
          partition,
          bytes.offset(),
          bad.getMessage());
      return null;
    }
  }
}
