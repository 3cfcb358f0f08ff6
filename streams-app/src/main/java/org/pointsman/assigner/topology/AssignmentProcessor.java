package org.pointsman.assigner.topology;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.engine.ClusterState;
import org.pointsman.assigner.engine.Cursor;
import org.pointsman.assigner.engine.Decider;
import org.pointsman.assigner.engine.Outcome;
import org.pointsman.codec.EpochHeader;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.model.AssignerStatus;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.Entity;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.LogRecord;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.RawBytes;
import org.pointsman.model.Rejection;
import org.pointsman.model.RejectionCode;
import org.pointsman.topics.Topics;

/**
 * Hands each event of a partition to the engine, and writes what comes of it: at least one decision
 * or exactly one rejection for each.
 *
 * <p>The clusters' states are kept in memory, built from the stores when the task starts; the
 * stores follow with each decision, so that a restart or a standby builds the same states.
 */
final class AssignmentProcessor implements Processor<byte[], byte[], String, LogRecord> {
  /** How late a deadline may be noticed. */
  private static final Duration TIMER_PERIOD = Duration.ofSeconds(1);

  /** Records of the log are as they were decided; an event's own headers stay with the event. */
  private static final Headers NO_HEADERS = new RecordHeaders();

  private final Deserializer<LogRecord> records;
  private final int partitions;
  private final AssignerCounters counters;
  private final String name;
  private final Map<ClusterId, KeptCluster> clusters = new TreeMap<>(byName());
  private final StatusNotes statuses = new StatusNotes();
  private final CommitSchedule commits;
  private final Duration commitInterval;
  private long eventOffset;
  private @Nullable ProcessorContext<String, LogRecord> contextOrNull;
  private @Nullable KeyValueStore<String, LogRecord> entitiesOrNull;
  private @Nullable KeyValueStore<String, Cursor> cursorsOrNull;

  AssignmentProcessor(
      Deserializer<LogRecord> records,
      int partitions,
      AssignerCounters counters,
      String name,
      Backlog backlog,
      Duration commitInterval) {
    this.records = records;
    this.partitions = partitions;
    this.counters = counters;
    this.name = name;
    this.commits = new CommitSchedule(backlog, commitInterval);
    this.commitInterval = commitInterval;
  }

  private static java.util.Comparator<ClusterId> byName() {
    return java.util.Comparator.comparing(ClusterId::value);
  }

  @Override
  public void init(ProcessorContext<String, LogRecord> context) {
    contextOrNull = context;
    entitiesOrNull = context.getStateStore(AssignmentTopology.ENTITIES);
    cursorsOrNull = context.getStateStore(AssignmentTopology.CURSORS);
    restore();
    context.schedule(
        TIMER_PERIOD,
        PunctuationType.WALL_CLOCK_TIME,
        now -> tick(context.taskId().partition(), Instant.ofEpochMilli(now)));
    context.schedule(
        commitInterval, PunctuationType.WALL_CLOCK_TIME, now -> commitIf(commits.isDue(now)));
  }

  private void restore() {
    Map<ClusterId, List<Entity>> entities = new HashMap<>();
    try (KeyValueIterator<String, LogRecord> all = entities().all()) {
      while (all.hasNext()) {
        Entity entity = (Entity) all.next().value;
        entities.computeIfAbsent(entity.cluster(), _ -> new ArrayList<>()).add(entity);
      }
    }
    try (KeyValueIterator<String, Cursor> all = cursors().all()) {
      while (all.hasNext()) {
        KeyValue<String, Cursor> cursor = all.next();
        ClusterId cluster = new ClusterId(cursor.key);
        clusters.put(
            cluster,
            new KeptCluster(cluster, cursor.value, entities.getOrDefault(cluster, List.of())));
      }
    }
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    counters.event();
    RecordMetadata where = context().recordMetadata().orElseThrow();
    eventOffset = where.offset() + 1;
    Instant time = Instant.ofEpochMilli(record.timestamp());
    try {
      NetworkEvent event = read(where.topic(), record.value());
      Outcome outcome =
          misdirected(event, record.key(), where.partition())
              .orElseGet(() -> decide(event, where, time));
      switch (outcome) {
        case Outcome.Decided decided -> accept(event.cluster(), decided.decisions());
        case Outcome.Rejected rejected -> reject(event, where, rejected, time);
      }
    } catch (RecordFormatException unreadable) {
      reject(record, where, unreadable, time);
    }
    commitIf(
        commits.isDueAfter(where.partition(), where.offset(), context().currentSystemTimeMs()));
  }

  private void commitIf(boolean isDue) {
    if (isDue) {
      context().commit();
    }
  }

  /**
   * Reads an event.
   *
   * @throws RecordFormatException if it is none
   * @throws org.apache.kafka.common.errors.RetriableException if the registry does not answer: the
   *     task is started again at this event
   */
  private NetworkEvent read(String topic, byte @Nullable [] value) {
    LogRecord read = value == null ? null : records.deserialize(topic, value);
    if (read == null) {
      throw new RecordFormatException("expected an event but the record has no value");
    }
    if (!(read instanceof NetworkEvent event)) {
      throw new RecordFormatException(
          "expected an event but the record is of kind " + read.getClass().getSimpleName());
    }
    return event;
  }

  /** Deciding here on an event that belongs elsewhere would give its cluster two masters. */
  private java.util.Optional<Outcome> misdirected(
      NetworkEvent event, byte @Nullable [] key, int partition) {
    String cluster = event.cluster().value();
    String keyText = key == null ? null : new String(key, StandardCharsets.UTF_8);
    if (!cluster.equals(keyText)) {
      return java.util.Optional.of(
          new Outcome.Rejected(
              RejectionCode.WRONG_KEY,
              "expected the event's cluster '%s' as key but got %s; send it with the cluster as key"
                  .formatted(cluster, keyText == null ? "none" : "'" + keyText + "'")));
    }
    int expected = Topics.partitionOf(event.cluster(), partitions);
    if (partition != expected) {
      return java.util.Optional.of(
          new Outcome.Rejected(
              RejectionCode.WRONG_PARTITION,
              "expected events of cluster '%s' in partition %d but this one is in %d; send it to partition murmur2(cluster) mod %d"
                  .formatted(cluster, expected, partition, partitions)));
    }
    return java.util.Optional.empty();
  }

  private Outcome decide(NetworkEvent event, RecordMetadata where, Instant time) {
    Cause cause = new Cause.ByEvent(where.partition(), where.offset(), event.eventId());
    return Decider.decide(state(event.cluster()), event, cause, time);
  }

  private void tick(int partition, Instant now) {
    for (KeptCluster cluster : List.copyOf(clusters.values())) {
      List<Decision> due = Decider.due(cluster.state(), partition, now);
      if (!due.isEmpty()) {
        accept(cluster.state().cluster(), due);
      }
    }
    tellStatuses(partition, now);
  }

  /**
   * In the transaction of the decisions up to here, which then ends: a director that has read it is
   * at the epoch that the status tells, and their digests can be compared.
   */
  private void tellStatuses(int partition, Instant now) {
    List<ClusterId> due = statuses.takeDue(clusters.keySet(), now);
    for (ClusterId cluster : due) {
      AssignerStatus status =
          new AssignerStatus(name, kept(cluster).status(), partition, eventOffset, now);
      forward(
          cluster.value(), status, now.toEpochMilli(), AssignmentTopology.STATUS_SINK, NO_HEADERS);
    }
    if (!due.isEmpty()) {
      context().commit();
    }
  }

  private KeptCluster kept(ClusterId cluster) {
    return clusters.computeIfAbsent(cluster, KeptCluster::new);
  }

  private ClusterState state(ClusterId cluster) {
    KeptCluster known = clusters.get(cluster);
    if (known != null) {
      return known.state();
    }
    return new ClusterState(cluster); // kept only once something is decided
  }

  private void accept(ClusterId cluster, List<Decision> decisions) {
    KeptCluster kept = kept(cluster);
    for (Decision decision : decisions) {
      kept.apply(decision);
      write(decision);
    }
    cursors().put(cluster.value(), kept.state().cursor());
    statuses.changed(cluster);
    counters.decisions(decisions.size());
  }

  private void write(Decision decision) {
    String key = decision.key().toString();
    long time = decision.time().toEpochMilli();
    Entity after = decision.after();
    forward(key, decision, time, AssignmentTopology.DECISIONS_SINK, NO_HEADERS);
    if (after == null) {
      LogRecord _ = entities().delete(key);
      forward(
          key, null, time, AssignmentTopology.ASSIGNMENTS_SINK, EpochHeader.of(decision.epoch()));
    } else {
      entities().put(key, after);
      forward(key, after, time, AssignmentTopology.ASSIGNMENTS_SINK, NO_HEADERS);
    }
  }

  private void reject(
      NetworkEvent event, RecordMetadata where, Outcome.Rejected rejected, Instant time) {
    write(
        new Rejection(
            event.cluster(),
            where.partition(),
            where.offset(),
            event,
            null,
            0,
            rejected.code(),
            rejected.message(),
            time));
  }

  private void reject(
      Record<byte[], byte[]> record,
      RecordMetadata where,
      RecordFormatException unreadable,
      Instant time) {
    byte @Nullable [] value = record.value();
    write(
        new Rejection(
            clusterOrNull(record.key()),
            where.partition(),
            where.offset(),
            null,
            value == null ? null : RawBytes.cut(value, Rejection.MAX_RAW_BYTES),
            value == null ? 0 : value.length,
            RejectionCode.UNREADABLE,
            String.valueOf(
                unreadable.at(where.topic(), where.partition(), where.offset()).getMessage()),
            time));
  }

  private void write(Rejection rejection) {
    String key = rejection.cluster() == null ? null : rejection.cluster().value();
    forward(
        key,
        rejection,
        rejection.time().toEpochMilli(),
        AssignmentTopology.REJECTIONS_SINK,
        NO_HEADERS);
    counters.rejection();
  }

  private static @Nullable ClusterId clusterOrNull(byte @Nullable [] key) {
    try {
      return key == null ? null : new ClusterId(new String(key, StandardCharsets.UTF_8));
    } catch (InvalidValueException none) {
      return null;
    }
  }

  @SuppressWarnings("NullAway") // Kafka's records take null keys, and null values as tombstones
  private void forward(
      @Nullable String key, @Nullable LogRecord value, long time, String sink, Headers headers) {
    context().forward(new Record<>(key, value, time, headers), sink);
  }

  private ProcessorContext<String, LogRecord> context() {
    return Objects.requireNonNull(contextOrNull, "init() comes first");
  }

  private KeyValueStore<String, LogRecord> entities() {
    return Objects.requireNonNull(entitiesOrNull, "init() comes first");
  }

  private KeyValueStore<String, Cursor> cursors() {
    return Objects.requireNonNull(cursorsOrNull, "init() comes first");
  }
}
