package org.pointsman.director.feed;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.snapshot.Snapshot;
import org.pointsman.director.snapshot.SnapshotStore;
import org.pointsman.director.table.EntityChange;
import org.pointsman.model.ClusterId;
import org.pointsman.topics.Topics;

/**
 * What the feed does about snapshots; nothing, if none are kept. For the feed's thread.
 *
 * <p>A snapshot may be gone on from only if no record after it is missing. Records go missing by
 * compaction: of several of one key only the latest stays, which does no harm, and a tombstone goes
 * once it has been kept for {@code delete.retention.ms}. Who missed one would keep its tunnel for
 * ever. So a snapshot counts only if its last moment of being current is not as long ago as that.
 */
final class FeedSnapshots {
  private final SnapshotStore store;
  private final TopicFacts.Inquiry inquiry;
  private final String topic;
  private final ClusterId cluster;
  private final Reconciler reconciler;
  private final InstantSource clock;

  /** What stands in the plane until Kafka has answered whether it may be gone on from. */
  private @Nullable Snapshot unconfirmed;

  private @Nullable TopicFacts facts;

  FeedSnapshots(
      SnapshotStore store,
      TopicFacts.Inquiry inquiry,
      String topic,
      ClusterId cluster,
      Reconciler reconciler,
      InstantSource clock) {
    this.store = store;
    this.inquiry = inquiry;
    this.topic = topic;
    this.cluster = cluster;
    this.reconciler = reconciler;
    this.clock = clock;
  }

  /** Makes the snapshot stand, if there is one that may be right. */
  Optional<Snapshot> restore() {
    Optional<Snapshot> read = store.read();
    if (read.isEmpty()) {
      return read;
    }
    Snapshot snapshot = read.get();
    Optional<String> fault = fault(snapshot, Topics.TOMBSTONES_KEPT);
    if (fault.isPresent()) {
      store.setAside(fault.get());
      return Optional.empty();
    }
    int _ =
        reconciler.load(
            snapshot.entities().stream().map(EntityChange::put).toList(), snapshot.epoch());
    unconfirmed = snapshot;
    return read;
  }

  private Optional<String> fault(Snapshot snapshot, Duration tombstonesKept) {
    if (!snapshot.topic().equals(topic)) {
      return Optional.of(
          "expected a snapshot of topic %s but it is of %s".formatted(topic, snapshot.topic()));
    }
    Duration age = Duration.between(snapshot.currentAt(), clock.instant());
    if (age.isNegative()) {
      return Optional.of(
          "expected a snapshot of the past but it is of %s, which this host's clock has not reached; set the clock"
              .formatted(snapshot.currentAt()));
    }
    if (age.compareTo(tombstonesKept) >= 0) {
      return Optional.of(
          "expected a snapshot less than %s old, as long as releases are kept in %s, but it is of %s"
              .formatted(tombstonesKept, topic, snapshot.currentAt()));
    }
    return Optional.empty();
  }

  /**
   * Asks Kafka about the topic; to be done before the topic is read.
   *
   * @throws org.apache.kafka.common.KafkaException if it does not answer
   */
  void ask() {
    facts = inquiry.ask(topic);
  }

  Duration tombstonesKept() {
    return facts == null ? Topics.TOMBSTONES_KEPT : facts.tombstonesKept();
  }

  /**
   * The offset to go on from, if what stands may be gone on from; else the snapshot is set aside.
   *
   * @param beginning the offset of the first record that may be there
   * @param end the offset after the last record
   */
  Optional<Long> resumeAt(TopicPartition partition, long beginning, long end) {
    Snapshot snapshot = unconfirmed;
    TopicFacts now = facts;
    if (snapshot == null || now == null) {
      return Optional.empty();
    }
    Optional<String> fault =
        fault(snapshot, now.tombstonesKept())
            .or(() -> other(snapshot, now, partition, beginning, end));
    fault.ifPresentOrElse(this::refuse, () -> store.goOnFrom(snapshot));
    return fault.isPresent() ? Optional.empty() : Optional.of(snapshot.nextOffset());
  }

  private static Optional<String> other(
      Snapshot snapshot, TopicFacts now, TopicPartition partition, long beginning, long end) {
    if (!snapshot.topicId().equals(now.topicId())) {
      return Optional.of(
          "expected a snapshot of the topic that is there, id %s, but it is of one of id %s: the topic was made anew"
              .formatted(now.topicId(), snapshot.topicId()));
    }
    if (snapshot.partition() != partition.partition()) {
      return Optional.of(
          "expected a snapshot of %s but it is of partition %d: the number of partitions was changed"
              .formatted(partition, snapshot.partition()));
    }
    if (snapshot.nextOffset() < beginning || snapshot.nextOffset() > end) {
      return Optional.of(
          "expected a snapshot of offset %d to %d of %s but it is of %d: the log has lost a part"
              .formatted(beginning, end, partition, snapshot.nextOffset()));
    }
    return Optional.empty();
  }

  /** The log does not go on where the snapshot ends. */
  void refuse(String why) {
    if (unconfirmed != null) {
      unconfirmed = null;
      store.setAside(why);
    }
  }

  /** The log is read from its beginning. */
  void readAnew() {
    store.readAnew();
  }

  /**
   * Keeps what the log says next, before it stands.
   *
   * @param next the offset after the last record
   */
  void keep(List<EntityChange> changes, long next) {
    store.keep(changes, next);
  }

  /** What stands is what the log says, from now on. */
  void confirmed() {
    unconfirmed = null;
  }

  /** Has a new one written, if it is time for one. */
  void offerIfDue(int partition, long nextOffset, @Nullable Instant currentAt) {
    if (store.isDue()) {
      offer(partition, nextOffset, currentAt);
    }
  }

  /** Has a new one written; not before Kafka has confirmed what stands. */
  void offer(int partition, long nextOffset, @Nullable Instant currentAt) {
    TopicFacts now = facts;
    if (unconfirmed == null && now != null && currentAt != null) {
      store.offer(
          new Snapshot(
              cluster,
              topic,
              now.topicId(),
              partition,
              nextOffset,
              currentAt,
              reconciler.tableStatus().epoch(),
              reconciler.entities()));
    }
  }
}
