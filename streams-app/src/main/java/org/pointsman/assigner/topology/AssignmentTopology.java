package org.pointsman.assigner.topology;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.AssignerStatus;
import org.pointsman.model.Decision;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.LogRecord;
import org.pointsman.model.Rejection;
import org.pointsman.topics.Topics;

/**
 * How the assigner is wired.
 *
 * <pre>
 * events ─► {@link AssignmentProcessor} ─► decisions    every change, with its cause
 *              │  entities (store)    ├─► assignments  each entity's present state
 *              └─ cursors  (store)    ├─► rejections   every event that changed nothing
 *                                     └─► assigners    how far it is, with a digest of the state
 * </pre>
 *
 * <p>All topics have the same number of partitions and a cluster has the same one in each, so the
 * task that reads a partition of {@code events} is the only one that writes that partition of the
 * others. Both stores are in memory with a changelog topic; offsets, stores and outputs are
 * committed in one transaction ({@code exactly_once_v2}). A cursor changes with every decision and
 * only the last one counts, so it goes to its changelog once a transaction.
 */
public final class AssignmentTopology {
  static final String ENTITIES = "entities";
  static final String CURSORS = "cursors";
  static final String ASSIGNMENTS_SINK = "assignments";
  static final String DECISIONS_SINK = "decisions";
  static final String REJECTIONS_SINK = "rejections";
  static final String STATUS_SINK = "assigners";

  private static final String SOURCE = "events";
  private static final String PROCESSOR = "assign";

  private AssignmentTopology() {}

  /**
   * The topology.
   *
   * @param partitions of every topic
   * @param records reads events and writes everything; closed by the caller
   * @param counters what it counts, over all tasks
   * @param name what the assigner calls itself in its statuses
   * @param backlog tells which events have none behind them
   * @param commitInterval the least time between the ends of two transactions while none is behind
   */
  public static Topology build(
      Topics topics,
      int partitions,
      Serde<LogRecord> records,
      AssignerCounters counters,
      String name,
      Backlog backlog,
      Duration commitInterval) {
    Serde<LogRecord> once =
        Serdes.serdeFrom(new OnceSerializer(records.serializer()), records.deserializer());
    Topology topology = new Topology();
    topology.addSource(
        AutoOffsetReset.earliest(),
        SOURCE,
        new LogTime(),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer(),
        topics.events());
    topology.addProcessor(
        PROCESSOR,
        () ->
            new AssignmentProcessor(
                records.deserializer(), partitions, counters, name, backlog, commitInterval),
        SOURCE);
    topology.addStateStore(store(ENTITIES, once), PROCESSOR);
    topology.addStateStore(store(CURSORS, new CursorSerde()).withCachingEnabled(), PROCESSOR);
    sink(topology, DECISIONS_SINK, topics.decisions(), records);
    sink(topology, ASSIGNMENTS_SINK, topics.assignments(), once);
    sink(topology, REJECTIONS_SINK, topics.rejections(), records);
    sink(topology, STATUS_SINK, topics.assigners(), records);
    return topology;
  }

  private static <V> StoreBuilder<KeyValueStore<String, V>> store(String name, Serde<V> values) {
    return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.String(), values);
  }

  private static void sink(Topology topology, String name, String topic, Serde<LogRecord> records) {
    StreamPartitioner<String, LogRecord> partitioner =
        (_, key, value, partitions) -> Optional.of(Set.of(partition(key, value, partitions)));
    topology.addSink(
        name, topic, new StringSerializer(), records.serializer(), partitioner, PROCESSOR);
  }

  /** The cluster's own, save that a rejection stays in the partition of its event. */
  private static int partition(String key, @Nullable LogRecord value, int partitions) {
    return switch (value) {
      case Rejection rejection -> rejection.partition();
      case AssignerStatus status -> status.partition();
      case Entity entity -> Topics.partitionOf(entity.cluster(), partitions);
      case Decision decision -> Topics.partitionOf(decision.cluster(), partitions);
      case null, default -> Topics.partitionOf(EntityKey.parse(key).cluster(), partitions);
    };
  }
}
