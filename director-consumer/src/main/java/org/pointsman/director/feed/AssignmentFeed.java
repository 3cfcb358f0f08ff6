package org.pointsman.director.feed;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.snapshot.SnapshotStore;
import org.pointsman.model.ClusterId;
import org.pointsman.model.LogRecord;
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

  private final String topic;
  private final Supplier<? extends Consumer<byte[], byte[]>> consumers;
  private final FeedListener listener;
  private final @Nullable FeedSnapshots snapshots;
  private final Thread thread;
  private final PartitionFollower.Parts parts;
  private final FeedProgress progress = new FeedProgress();
  private volatile @Nullable Consumer<byte[], byte[]> consumer;

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
    this.consumers = consumers;
    this.listener = listener;
    this.snapshots = snapshots;
    this.parts =
        new PartitionFollower.Parts(
            topic, cluster, new EntityChangeReader(values), reconciler, listener, clock, snapshots);
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
    return progress.ready.await(most.toMillis(), TimeUnit.MILLISECONDS);
  }

  public FeedStatus status() {
    return progress.status();
  }

  /** Goes on with a new consumer; what stands stays until the topic has been read again. */
  public void connectAnew() {
    Consumer<byte[], byte[]> reading = consumer;
    if (reading != null) {
      reading.wakeup();
    }
  }

  /** Stops reading; what stands in the data plane stays, and is offered as a snapshot. */
  @Override
  public void close() {
    progress.close();
    try {
      while (thread.isAlive()) {
        Consumer<byte[], byte[]> reading = consumer;
        if (reading != null) {
          reading.wakeup();
        }
        thread.join(100);
      }
      if (snapshots != null) {
        snapshots.offer(progress.partitionRead, progress.nextOffset, progress.caughtUpAt);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the feed's thread ---------------------------------------------------------------------

  private void run() {
    restore();
    while (!progress.isClosed()) {
      try (Consumer<byte[], byte[]> reading = consumers.get()) {
        consumer = reading;
        new PartitionFollower(parts, progress, reading).follow();
      } catch (WakeupException wakeup) {
        log.trace("woken up", wakeup); // by close() or connectAnew(); the condition above decides
      } catch (InvalidOffsetException lost) {
        if (snapshots != null) {
          snapshots.refuse(
              "expected to go on from the snapshot but its offset is not there any more");
        }
        progress.problem("the topic was made anew or its beginning is lost; reading it anew", lost);
      } catch (KafkaException failure) {
        progress.problem(
            "expected to read %s but: %s".formatted(topic, FeedProgress.sentence(failure)),
            failure);
        progress.pause(FeedProgress.RETRY);
      } catch (RuntimeException bug) {
        log.error("expected no such thing while following {}; reading it anew", topic, bug);
        progress.problem("reading the topic anew after " + bug, bug);
        progress.pause(FeedProgress.RETRY);
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
                progress.current = snapshot.currentAt();
                listener.restored(snapshot);
              });
    }
  }
}
