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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.snapshot.SnapshotStore;
import org.pointsman.director.table.EntityChange;
import org.pointsman.model.ClusterId;
import org.pointsman.model.EntityKey;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.LogRecord;
import org.pointsman.topics.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a cluster's partition of the {@code assignments} topic from its beginning and goes on with
 * what comes, on a thread of its own.
 *
 * <p>First the end of the partition is asked for, and everything up to there is gathered and handed
 * over as one change set: the table stands at that offset or not at all. Then each batch of records
 * is handed over as it comes. There is no consumer group and nothing is committed: a director
 * always begins with the whole table, and no other one takes its partition away.
 *
 * <p>If snapshots are kept, the last one stands at once, and is gone on from if Kafka confirms that
 * nothing after it is missing ({@link FeedSnapshots}).
 *
 * <p>The consumer must read committed records only, as bytes, and must not reset its offset by
 * itself: if the offset is gone, the table is read anew.
 */
public final class AssignmentFeed implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AssignmentFeed.class);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration ASK = Duration.ofSeconds(5);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final String topic;
  private final ClusterId cluster;
  private final Supplier<? extends Consumer<byte[], byte[]>> consumers;
  private final EntityChangeReader values;
  private final Reconciler reconciler;
  private final FeedListener listener;
  private final InstantSource clock;
  private final @Nullable FeedSnapshots snapshots;
  private final Thread thread;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable Consumer<byte[], byte[]> consumer;

  // What the status tells; written by the feed's thread alone.
  private volatile int partitionRead = -1;
  private volatile long nextOffset;
  private final LongAdder records = new LongAdder();
  private final LongAdder skipped = new LongAdder();
  private final LongAdder stale = new LongAdder();
  private volatile @Nullable Instant current;

  /** When there was last nothing after what stands; all that is missing was written since. */
  private volatile @Nullable Instant caughtUpAt;

  private volatile @Nullable String problem;

  /**
   * @param topic the {@code assignments} topic
   * @param consumers makes a consumer of it; a new one after each failure
   * @param values reads a record's value; throws a {@link SerializationException} for one that is
   *     and stays bad, and a {@link RetriableException} if it is to be tried again
   * @param clock for how old the table is
   */
  public AssignmentFeed(
      String topic,
      ClusterId cluster,
      Supplier<? extends Consumer<byte[], byte[]>> consumers,
      Deserializer<? extends LogRecord> values,
      Reconciler reconciler,
      FeedListener listener,
      InstantSource clock) {
    this(topic, cluster, consumers, values, reconciler, listener, clock, null);
  }

  AssignmentFeed(
      String topic,
      ClusterId cluster,
      Supplier<? extends Consumer<byte[], byte[]>> consumers,
      Deserializer<? extends LogRecord> values,
      Reconciler reconciler,
      FeedListener listener,
      InstantSource clock,
      @Nullable FeedSnapshots snapshots) {
    this.topic = topic;
    this.cluster = cluster;
    this.consumers = consumers;
    this.values = new EntityChangeReader(values);
    this.reconciler = reconciler;
    this.listener = listener;
    this.clock = clock;
    this.snapshots = snapshots;
    this.thread = new Thread(this::run, "feed-" + cluster);
  }

  /**
   * One that keeps snapshots.
   *
   * @param store closed by the caller, after this
   * @param inquiry asks Kafka whether a snapshot may be gone on from
   */
  public static AssignmentFeed withSnapshots(
      String topic,
      ClusterId cluster,
      Supplier<? extends Consumer<byte[], byte[]>> consumers,
      Deserializer<? extends LogRecord> values,
      Reconciler reconciler,
      FeedListener listener,
      InstantSource clock,
      SnapshotStore store,
      TopicFacts.Inquiry inquiry) {
    FeedSnapshots snapshots = new FeedSnapshots(store, inquiry, topic, cluster, reconciler, clock);
    return new AssignmentFeed(
        topic, cluster, consumers, values, reconciler, listener, clock, snapshots);
  }

  public void start() {
    thread.start();
  }

  /**
   * Waits until the whole table stands and the listener has heard so; false if that takes longer.
   */
  public boolean awaitReady(Duration most) throws InterruptedException {
    return ready.await(most.toMillis(), TimeUnit.MILLISECONDS);
  }

  public FeedStatus status() {
    return new FeedStatus(
        ready.getCount() == 0,
        partitionRead,
        nextOffset,
        records.sum(),
        skipped.sum(),
        stale.sum(),
        Optional.ofNullable(current),
        Optional.ofNullable(problem));
  }

  /** Stops reading; what stands in the data plane stays, and is offered as a snapshot. */
  @Override
  public void close() {
    closed.countDown();
    try {
      while (thread.isAlive()) {
        Consumer<byte[], byte[]> reading = consumer;
        if (reading != null) {
          reading.wakeup();
        }
        thread.join(100);
      }
      if (snapshots != null) {
        snapshots.offer(partitionRead, nextOffset, caughtUpAt);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the feed's thread ---------------------------------------------------------------------

  private void run() {
    restore();
    while (!isClosed()) {
      try (Consumer<byte[], byte[]> reading = consumers.get()) {
        consumer = reading;
        new Follower(reading).follow();
      } catch (WakeupException wakeup) {
        log.trace("woken up", wakeup); // by close(); the condition above decides
      } catch (InvalidOffsetException lost) {
        if (snapshots != null) {
          snapshots.refuse(
              "expected to go on from the snapshot but its offset is not there any more");
        }
        problem("the topic was made anew or its beginning is lost; reading it anew", lost);
      } catch (KafkaException failure) {
        problem("expected to read %s but: %s".formatted(topic, sentence(failure)), failure);
        pause(RETRY);
      } catch (RuntimeException bug) {
        log.error("expected no such thing while following {}; reading it anew", topic, bug);
        problem("reading the topic anew after " + bug, bug);
        pause(RETRY);
      } finally {
        consumer = null;
      }
    }
  }

  private void restore() {
    if (snapshots != null) {
      snapshots
          .restore()
          .ifPresent(
              snapshot -> {
                current = snapshot.currentAt();
                listener.restored(snapshot);
              });
    }
  }

  /** One consumer's life. */
  private final class Follower {
    private final Consumer<byte[], byte[]> reading;
    private TopicPartition partition = new TopicPartition(topic, 0);
    private Instant nextAsk = Instant.MIN;

    Follower(Consumer<byte[], byte[]> reading) {
      this.reading = reading;
    }

    void follow() {
      partition = new TopicPartition(topic, Topics.partitionOf(cluster, awaitPartitions()));
      partitionRead = partition.partition();
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
      while (!isClosed()) {
        takeBatch();
      }
    }

    /** How many partitions the topic has, when it is there. */
    private int awaitPartitions() {
      while (true) {
        throwIfClosed();
        try {
          List<PartitionInfo> partitions = reading.partitionsFor(topic, ASK);
          if (partitions != null && !partitions.isEmpty()) {
            return partitions.size();
          }
          problem(
              "expected topic %s but the broker has none; make it with 'pointsman topics create'"
                  .formatted(topic),
              null);
        } catch (RetriableException later) {
          problem(unanswered(later), later);
        }
        pause(RETRY);
      }
    }

    private long awaitEnd() {
      while (true) {
        throwIfClosed();
        Long end = end();
        if (end != null) {
          return end;
        }
        pause(RETRY);
      }
    }

    /** The offset after the last committed record, or null if nobody answers. */
    private @Nullable Long end() {
      try {
        return reading.endOffsets(List.of(partition), ASK).get(partition);
      } catch (RetriableException later) {
        problem(unanswered(later), later);
        return null;
      }
    }

    private long beginning() {
      return Objects.requireNonNull(
          reading.beginningOffsets(List.of(partition), ASK).get(partition));
    }

    private void awaitFacts() {
      while (snapshots != null) {
        throwIfClosed();
        try {
          snapshots.ask();
          return;
        } catch (RetriableException later) {
          problem(unanswered(later), later);
          pause(RETRY);
        }
      }
    }

    /** Reads the partition anew up to {@code end}, and hands it over at once. */
    private void load(long end, Instant asked) {
      reading.seekToBeginning(List.of(partition));
      Map<EntityKey, EntityChange> latest = gather(end);
      long epoch = latest.values().stream().mapToLong(EntityChange::epoch).max().orElse(0);
      latest.values().removeIf(change -> change.entity() == null);
      stale.add(reconciler.load(latest.values(), epoch));
      loaded(latest.size(), asked);
    }

    /** What came after the snapshot, up to {@code end}, is handed over at once. */
    private void resume(long end, Instant asked) {
      Map<EntityKey, EntityChange> latest = gather(end);
      stale.add(reconciler.apply(latest.values()));
      loaded(reconciler.entities().size(), asked);
    }

    private void loaded(int entities, Instant asked) {
      caughtUpAt = asked;
      if (snapshots != null) {
        snapshots.confirmed();
      }
      standsAt(reading.position(partition, ASK), true);
      log.debug(
          "{} entities of cluster {} read up to {}@{}", entities, cluster, partition, nextOffset);
      listener.loaded(partition.partition(), nextOffset, entities);
      stands();
      ready.countDown();
    }

    private void stands() {
      if (snapshots != null) {
        snapshots.offerIfDue(partition.partition(), nextOffset, caughtUpAt);
      }
      listener.stands(partition.partition(), nextOffset);
    }

    /** The latest of each key before {@code end}, tombstones among them, in the log's order. */
    private Map<EntityKey, EntityChange> gather(long end) {
      Map<EntityKey, EntityChange> latest = new LinkedHashMap<>();
      while (reading.position(partition, ASK) < end) {
        throwIfClosed();
        for (ConsumerRecord<byte[], byte[]> bytes : reading.poll(POLL)) {
          EntityChange change = read(bytes);
          if (change == null || !change.key().cluster().equals(cluster)) {
            continue;
          }
          EntityChange before = latest.remove(change.key());
          if (before != null && isOlder(change, before)) {
            stale.add(1);
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
          caughtUpAt = asked;
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
        long before = nextOffset;
        long position = reading.position(partition, ASK);
        standsAt(position, position >= end);
        if (position >= end) {
          caughtUpAt = asked;
        }
        if (position != before) { // over the marks of transactions, which are no records
          stands();
        } else if (snapshots != null) {
          snapshots.offerIfDue(partition.partition(), position, caughtUpAt);
        }
      }
    }

    /** After so long without Kafka, tombstones may be gone that this table has not seen. */
    private boolean isTooOld(Instant now) {
      Instant last = caughtUpAt;
      Duration kept = snapshots == null ? Topics.TOMBSTONES_KEPT : snapshots.tombstonesKept();
      return last != null && Duration.between(last, now).compareTo(kept) >= 0;
    }

    private void readAnew() {
      log.warn(
          "nothing was heard of {} since {}, longer than releases are kept in it; reading it anew",
          partition,
          caughtUpAt);
      Instant asked = clock.instant();
      load(awaitEnd(), asked);
    }

    private void standsAt(long position, boolean isCurrent) {
      nextOffset = position;
      problem = null;
      if (isCurrent) {
        current = clock.instant();
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
      stale.add(reconciler.apply(changes));
      for (int i = 0; i < changes.size(); i++) {
        EntityChange change = changes.get(i);
        listener.applied(partition.partition(), offsets.get(i), change.key(), change.entity());
      }
    }

    /** The record's change, or null if it cannot be read; waits for the schema registry. */
    private @Nullable EntityChange read(ConsumerRecord<byte[], byte[]> bytes) {
      while (true) {
        throwIfClosed();
        try {
          return readOnce(bytes);
        } catch (RetriableException later) {
          problem(
              "the record at %s@%d has to wait: %s"
                  .formatted(partition, bytes.offset(), later.getMessage()),
              later);
          pause(RETRY);
        }
      }
    }

    private @Nullable EntityChange readOnce(ConsumerRecord<byte[], byte[]> bytes) {
      try {
        EntityChange change = values.read(bytes);
        records.increment();
        return change;
      } catch (SerializationException | InvalidValueException bad) {
        skipped.increment();
        log.warn(
            "expected an assignment, a server or settings but the record at {}@{} cannot be read: {}; skipped it",
            partition,
            bytes.offset(),
            bad.getMessage());
        return null;
      }
    }
  }

  /** The same sentence each time, whatever times Kafka's client puts into its own. */
  private String unanswered(RetriableException failure) {
    return "expected Kafka to answer about %s but %s; check that it runs and that --bootstrap-servers names it"
        .formatted(
            topic,
            failure instanceof TimeoutException
                ? "no answer came in time"
                : "got '%s'".formatted(failure.getMessage()));
  }

  /** Kafka's client says that it was not made, and only its cause says why. */
  private static String sentence(KafkaException failure) {
    Throwable cause = failure.getCause();
    return cause == null || cause.getMessage() == null
        ? String.valueOf(failure.getMessage())
        : failure.getMessage() + ": " + cause.getMessage();
  }

  private void problem(String sentence, @Nullable Exception cause) {
    if (!sentence.equals(problem)) {
      log.warn("{}", sentence);
      log.debug("because of", cause);
    }
    problem = sentence;
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void throwIfClosed() {
    if (isClosed()) {
      throw new WakeupException();
    }
  }

  private void pause(Duration time) {
    try {
      boolean _ = closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      closed.countDown();
      Thread.currentThread().interrupt();
    }
  }
}
