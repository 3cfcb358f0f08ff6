package org.pointsman.assigner.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.audit.Finding.Kind;
import org.pointsman.model.ClusterId;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.DirectorStatus.TableStatus;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Rejection;

/**
 * Can the record be believed? Each decision is held against all that stands in another place as
 * well, so that one that was altered, dropped, doubled or moved shows, and is named.
 *
 * <p>The caller hands over the topics one after the other: {@link #begins}, then directors,
 * assignments, events, decisions, rejections, each partition in its order. While the assigner works
 * meanwhile, the end of each has to be asked for in that order too, so that what one tells of
 * stands in the next: a director has applied what is in assignments, and that has been decided.
 * Then nothing that is merely under way looks wrong.
 */
public final class Verification {
  /** So many findings are kept; the rest is counted. */
  public static final int MOST_TOLD = 1_000;

  private final String eventsTopic;
  private final String decisionsTopic;
  private final String assignmentsTopic;
  private final ToIntFunction<ClusterId> partitionOf;
  private final Map<Integer, PartitionAudit> partitions = new TreeMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private long wrong;
  private long events;
  private long unreadableEvents;
  private long rejections;

  /**
   * Of nothing yet.
   *
   * @param partitionOf the partition of everything of a cluster
   */
  public Verification(
      String eventsTopic,
      String decisionsTopic,
      String assignmentsTopic,
      ToIntFunction<ClusterId> partitionOf) {
    this.eventsTopic = eventsTopic;
    this.decisionsTopic = decisionsTopic;
    this.assignmentsTopic = assignmentsTopic;
    this.partitionOf = partitionOf;
  }

  private PartitionAudit partition(int partition) {
    return partitions.computeIfAbsent(
        partition,
        _ ->
            new PartitionAudit(
                partition, eventsTopic, decisionsTopic, assignmentsTopic, this::tell));
  }

  private void tell(Finding finding) {
    wrong++;
    if (findings.size() < MOST_TOLD) {
      findings.add(finding);
    }
  }

  /** The first offsets that a partition still has. */
  public void begins(int partition, long firstEventOffset, long firstRejectionOffset) {
    partition(partition).begins(firstEventOffset, firstRejectionOffset);
  }

  /** The last status of a director. */
  public void director(Place place, DirectorStatus status) {
    for (TableStatus table : status.clusters()) {
      partition(partitionOf.applyAsInt(table.cluster()))
          .director(new DirectorWatch.Claim(place, status.director(), table));
    }
  }

  /**
   * The next record of assignments.
   *
   * @param time as its producer set it, milliseconds since 1970; negative if the broker sets it
   * @param entity null for a tombstone
   */
  public void assignment(Place place, long time, @Nullable String key, @Nullable Entity entity) {
    EntityKey parsed = parse(key);
    if (parsed == null || (entity != null && !entity.key().equals(parsed))) {
      tell(
          misplaced(
              Kind.ASSIGNMENT,
              place,
              null,
              0,
              "expected the entity's key on its record but it is " + key));
    } else if (partitionOf.applyAsInt(parsed.cluster()) != place.partition()) {
      tell(
          misplaced(
              Kind.ASSIGNMENT,
              place,
              parsed.cluster(),
              0,
              wrongPartition(parsed.cluster(), place)));
    } else {
      partition(place.partition())
          .assignment(parsed.cluster(), place.offset(), time, parsed.toString(), entity);
    }
  }

  private static @Nullable EntityKey parse(@Nullable String key) {
    try {
      return key == null ? null : EntityKey.parse(key);
    } catch (InvalidValueException none) {
      return null;
    }
  }

  private String wrongPartition(ClusterId cluster, Place place) {
    return "expected records of cluster %s in partition %d but it is in %d"
        .formatted(cluster, partitionOf.applyAsInt(cluster), place.partition());
  }

  private static Finding misplaced(
      Kind kind, Place place, @Nullable ClusterId cluster, long epoch, String message) {
    return new Finding(kind, place, cluster, epoch, message, null);
  }

  /**
   * The next record of events.
   *
   * @param time the log's, milliseconds since 1970
   * @param event null if the record cannot be read
   */
  public void event(Place place, long time, @Nullable NetworkEvent event) {
    events++;
    unreadableEvents += event == null ? 1 : 0;
    partition(place.partition()).event(place.offset(), time, event);
  }

  /** The next record of decisions. */
  public void decision(Recorded record) {
    ClusterId cluster = record.decision().cluster();
    if (partitionOf.applyAsInt(cluster) == record.place().partition()) {
      partition(record.place().partition()).decision(record);
    } else {
      tell(
          misplaced(
              Kind.ALTERED,
              record.place(),
              cluster,
              record.epoch(),
              wrongPartition(cluster, record.place())));
    }
  }

  /**
   * The next record of rejections.
   *
   * @param isCommittedFirst true if it was committed before the end of the decisions was asked for
   */
  public void rejection(Place place, Rejection rejection, boolean isCommittedFirst) {
    rejections++;
    partition(place.partition()).rejection(place, rejection, isCommittedFirst);
  }

  /** A record among the decisions that is none. */
  public void unreadableDecision(Place place, @Nullable String key, String message) {
    EntityKey parsed = parse(key);
    ClusterId cluster = parsed == null ? null : parsed.cluster();
    tell(misplaced(Kind.UNREADABLE, place, cluster, 0, message));
    if (cluster != null && partitionOf.applyAsInt(cluster) == place.partition()) {
      partition(place.partition()).unreadableDecision(cluster);
    }
  }

  /** A record among the rejections that is none. */
  public void unreadableRejection(Place place, String message) {
    tell(misplaced(Kind.UNREADABLE, place, null, 0, message));
    partition(place.partition()).unreadableRejection();
  }

  /** A record of another topic that is none. */
  public void unreadable(Place place, String message) {
    tell(misplaced(Kind.UNREADABLE, place, null, 0, message));
  }

  /** Everything has been handed over. */
  public Report finish() {
    partitions.values().forEach(PartitionAudit::finish);
    findings.sort(
        Comparator.comparing((Finding finding) -> String.valueOf(finding.cluster()))
            .thenComparingLong(Finding::epoch)
            .thenComparing(Finding::kind));
    return new Report(
        partitions.values().stream().mapToInt(PartitionAudit::clustersWithDecisions).sum(),
        partitions.values().stream().mapToLong(PartitionAudit::decisions).sum(),
        events,
        rejections,
        partitions.values().stream().mapToLong(PartitionAudit::live).sum(),
        partitions.values().stream().mapToInt(PartitionAudit::directorsConfirmed).sum(),
        partitions.values().stream().mapToLong(PartitionAudit::undecided).sum(),
        partitions.values().stream().mapToLong(PartitionAudit::notVerifiable).sum(),
        unreadableEvents,
        findings,
        wrong);
  }

  /**
   * True if it is this record that was taken for the decision of its epoch: not one that is doubled
   * or says a wrong epoch; after the finish.
   */
  public boolean isFolded(Recorded record) {
    int partition = partitionOf.applyAsInt(record.decision().cluster());
    return partition == record.place().partition() && partition(partition).isFolded(record);
  }

  /** True if a decision of this epoch is missing, or was found to be wrong; after the finish. */
  public boolean isDoubtful(ClusterId cluster, long epoch) {
    return partition(partitionOf.applyAsInt(cluster)).isDoubtful(cluster, epoch);
  }
}
