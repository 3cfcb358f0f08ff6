package org.pointsman.codec;

import static org.pointsman.codec.AvroValues.map;
import static org.pointsman.codec.AvroValues.same;
import static org.pointsman.codec.AvroValues.text;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.pointsman.avro.EventCause;
import org.pointsman.avro.PartitionOffset;
import org.pointsman.avro.TimerCause;
import org.pointsman.model.AssignerStatus;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.DirectorStatus.TableStatus;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.LogRecord;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Rejection;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.Side;

/** Every record of the log ⇄ its Avro record. */
final class RecordMapping {
  private RecordMapping() {}

  static SpecificRecord toAvro(LogRecord value) {
    return switch (value) {
      case NetworkEvent event -> EventMapping.toAvro(event);
      case Entity entity -> EntityMapping.toAvro(entity);
      case Decision decision -> decision(decision);
      case Rejection rejection -> rejection(rejection);
      case DirectorStatus status -> status(status);
      case AssignerStatus status -> status(status);
    };
  }

  /**
   * @throws org.pointsman.model.InvalidValueException if a field holds what its value cannot be
   */
  static LogRecord fromAvro(Object value) {
    return switch (value) {
      case org.pointsman.avro.NetworkEvent event -> EventMapping.fromAvro(event);
      case org.pointsman.avro.Assignment assignment -> EntityMapping.fromAvro(assignment);
      case org.pointsman.avro.RealServer server -> EntityMapping.fromAvro(server);
      case org.pointsman.avro.ClusterConfig config -> EntityMapping.fromAvro(config);
      case org.pointsman.avro.Decision decision -> decision(decision);
      case org.pointsman.avro.Rejection rejection -> rejection(rejection);
      case org.pointsman.avro.DirectorStatus status -> status(status);
      case org.pointsman.avro.AssignerStatus status -> status(status);
      default -> // Avro's records have no sealed type of their own
          throw new IllegalStateException("no record: " + value.getClass());
    };
  }

  private static SpecificRecord decision(Decision decision) {
    return new org.pointsman.avro.Decision(
        decision.key().toString(),
        decision.epoch(),
        cause(decision.cause()),
        map(decision.before(), EntityMapping::toAvro),
        map(decision.after(), EntityMapping::toAvro),
        same(org.pointsman.avro.DecisionReason.class, decision.reason()),
        decision.time());
  }

  private static Decision decision(org.pointsman.avro.Decision decision) {
    return new Decision(
        EntityKey.parse(decision.getKey()),
        decision.getEpoch(),
        cause(decision.getCause()),
        entity(decision.getBefore()),
        entity(decision.getAfter()),
        same(DecisionReason.class, decision.getReason()),
        decision.getTime());
  }

  private static @Nullable Entity entity(@Nullable Object value) {
    return value == null ? null : (Entity) fromAvro(value);
  }

  private static SpecificRecord cause(Cause cause) {
    return switch (cause) {
      case Cause.ByEvent event ->
          new EventCause(event.partition(), event.offset(), event.eventId());
      case Cause.ByTimer timer -> new TimerCause(timer.partition(), timer.due());
    };
  }

  private static Cause cause(Object cause) {
    return switch (cause) {
      case EventCause event ->
          new Cause.ByEvent(event.getPartition(), event.getOffset(), event.getEventId());
      case TimerCause timer -> new Cause.ByTimer(timer.getPartition(), timer.getDue());
      default -> throw new IllegalStateException("no cause: " + cause.getClass());
    };
  }

  private static SpecificRecord rejection(Rejection rejection) {
    return new org.pointsman.avro.Rejection(
        text(rejection.cluster()),
        rejection.partition(),
        rejection.offset(),
        map(rejection.event(), EventMapping::toAvro),
        map(rejection.raw(), AvroValues::buffer),
        rejection.rawLength(),
        same(org.pointsman.avro.RejectionCode.class, rejection.code()),
        rejection.message(),
        rejection.time());
  }

  private static Rejection rejection(org.pointsman.avro.Rejection rejection) {
    return new Rejection(
        map(rejection.getCluster(), ClusterId::new),
        rejection.getPartition(),
        rejection.getOffset(),
        map(rejection.getEvent(), EventMapping::fromAvro),
        map(rejection.getRaw(), AvroValues::bytes),
        rejection.getRawLength(),
        same(RejectionCode.class, rejection.getCode()),
        rejection.getMessage(),
        rejection.getTime());
  }

  private static SpecificRecord status(DirectorStatus status) {
    List<PartitionOffset> offsets = new ArrayList<>();
    status
        .appliedOffsets()
        .forEach((partition, offset) -> offsets.add(new PartitionOffset(partition, offset)));
    List<org.pointsman.avro.TableStatus> clusters = new ArrayList<>();
    status.clusters().forEach(table -> clusters.add(table(table)));
    return new org.pointsman.avro.DirectorStatus(
        status.director(),
        same(org.pointsman.avro.Side.class, status.side()),
        status.dataPlane(),
        offsets,
        clusters,
        status.unresolvedServers().stream().map(EntityKey::toString).toList(),
        status.steeredPackets(),
        status.passedPackets(),
        status.missedPackets(),
        status.startedAt(),
        status.snapshotAt(),
        status.time());
  }

  private static DirectorStatus status(org.pointsman.avro.DirectorStatus status) {
    SortedMap<Integer, Long> offsets = new TreeMap<>();
    for (PartitionOffset offset : status.getAppliedOffsets()) {
      offsets.put(offset.getPartition(), offset.getOffset());
    }
    List<TableStatus> clusters = new ArrayList<>();
    status.getClusters().forEach(table -> clusters.add(table(table)));
    return new DirectorStatus(
        status.getDirector(),
        same(Side.class, status.getSide()),
        status.getDataPlane(),
        offsets,
        clusters,
        status.getUnresolvedServers().stream().map(RecordMapping::serverKey).toList(),
        status.getSteeredPackets(),
        status.getPassedPackets(),
        status.getMissedPackets(),
        status.getStartedAt(),
        status.getSnapshotAt(),
        status.getTime());
  }

  private static EntityKey.Server serverKey(String key) {
    if (EntityKey.parse(key) instanceof EntityKey.Server server) {
      return server;
    }
    throw new InvalidValueException("expected a server's key but it is '%s'".formatted(key));
  }

  private static org.pointsman.avro.TableStatus table(TableStatus table) {
    return new org.pointsman.avro.TableStatus(
        table.cluster().value(),
        table.epoch(),
        AvroValues.buffer(table.digest()),
        table.tunnels(),
        table.servers());
  }

  private static TableStatus table(org.pointsman.avro.TableStatus table) {
    return new TableStatus(
        new ClusterId(table.getCluster()),
        table.getEpoch(),
        AvroValues.bytes(table.getDigest()),
        table.getTunnels(),
        table.getServers());
  }

  private static SpecificRecord status(AssignerStatus status) {
    return new org.pointsman.avro.AssignerStatus(
        status.assigner(),
        table(status.table()),
        status.partition(),
        status.eventOffset(),
        status.time());
  }

  private static AssignerStatus status(org.pointsman.avro.AssignerStatus status) {
    return new AssignerStatus(
        status.getAssigner(),
        table(status.getTable()),
        status.getPartition(),
        status.getEventOffset(),
        status.getTime());
  }
}
