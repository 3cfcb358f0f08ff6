package org.pointsman.assigner.audit;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.audit.Finding.Kind;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Entity;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Rejection;

/** One partition of every topic: its clusters, and the outcome of each of its events. */
final class PartitionAudit {
  private final int partition;
  private final String decisionsTopic;
  private final String assignmentsTopic;
  private final String eventsTopic;
  private final Consumer<Finding> findings;
  private final LoggedEvents events = new LoggedEvents();
  private final Holes holes = new Holes();
  private final Map<ClusterId, LoggedAssignments> copies = new HashMap<>();
  private final Map<ClusterId, DirectorWatch> directors = new HashMap<>();
  private final Map<ClusterId, ClusterAudit> clusters = new HashMap<>();

  private long firstEvent;
  private boolean haveRejectionsExpired;
  private long firstRejected = Long.MAX_VALUE; // the event of the first rejection still kept
  private long lastDecided = -1; // no event up to here is without outcome
  private int unreadableRejections;
  private long undecided;
  private long notVerifiable;

  PartitionAudit(
      int partition,
      String eventsTopic,
      String decisionsTopic,
      String assignmentsTopic,
      Consumer<Finding> findings) {
    this.partition = partition;
    this.eventsTopic = eventsTopic;
    this.decisionsTopic = decisionsTopic;
    this.assignmentsTopic = assignmentsTopic;
    this.findings = findings;
  }

  void begins(long firstEventOffset, long firstRejectionOffset) {
    firstEvent = firstEventOffset;
    haveRejectionsExpired = firstRejectionOffset > 0;
  }

  void director(DirectorWatch.Claim claim) {
    directors.computeIfAbsent(claim.table().cluster(), _ -> new DirectorWatch()).add(claim);
  }

  void assignment(ClusterId cluster, long offset, long time, String key, @Nullable Entity entity) {
    copies(cluster).add(offset, time, key, entity);
  }

  private LoggedAssignments copies(ClusterId cluster) {
    return copies.computeIfAbsent(cluster, _ -> new LoggedAssignments(assignmentsTopic, partition));
  }

  void event(long offset, long time, @Nullable NetworkEvent event) {
    events.add(offset, time, event);
  }

  void decision(Recorded record) {
    if (record.decision().cause() instanceof Cause.ByEvent event
        && events.contains(event.offset())
        && events.hasId(event.offset(), event.eventId())) {
      lastDecided = Math.max(lastDecided, event.offset());
    }
    cluster(record.decision().cluster()).add(record);
  }

  private ClusterAudit cluster(ClusterId cluster) {
    return clusters.computeIfAbsent(
        cluster,
        _ ->
            new ClusterAudit(
                cluster,
                decisionsTopic,
                events,
                firstEvent,
                copies(cluster),
                directors.computeIfAbsent(cluster, _ -> new DirectorWatch()),
                holes,
                findings));
  }

  void unreadableDecision(ClusterId cluster) {
    cluster(cluster).unreadable();
    holes.open(cluster);
  }

  void unreadableRejection() {
    unreadableRejections++;
  }

  /**
   * @param isCommittedFirst true if it was committed before the end of the decisions was asked for:
   *     then every event before it has its outcome among those that are read
   */
  void rejection(Place place, Rejection rejection, boolean isCommittedFirst) {
    long offset = rejection.offset();
    firstRejected = Math.min(firstRejected, offset);
    if (rejection.partition() == partition && offset < firstEvent) {
      return; // the topic no longer has it
    }
    String problem = problem(rejection);
    if (problem != null) {
      findings.accept(
          new Finding(
              Kind.OUTCOME,
              place,
              rejection.cluster(),
              0,
              problem,
              new Place(eventsTopic, partition, offset)));
      if (!events.contains(offset)) {
        return;
      }
    }
    events.markRejected(offset);
    if (isCommittedFirst) {
      lastDecided = Math.max(lastDecided, offset);
    }
  }

  private @Nullable String problem(Rejection rejection) {
    long offset = rejection.offset();
    if (rejection.partition() != partition || !events.contains(offset)) {
      return "expected the rejection of an event in events-%d but it names %d@%d, where there is none"
          .formatted(partition, rejection.partition(), offset);
    }
    NetworkEvent event = rejection.event();
    if (event != null && !events.hasId(offset, event.eventId())) {
      return "expected the event that stands in events at %d in its rejection but it has '%s'"
          .formatted(offset, event.eventId());
    }
    if (events.isDecided(offset)) {
      return "expected one outcome of the event at %d but it has decisions and a rejection"
          .formatted(offset);
    }
    return events.isRejected(offset)
        ? "expected one rejection of the event at %d but this is another".formatted(offset)
        : null;
  }

  void finish() {
    copies.keySet().forEach(this::cluster);
    directors.keySet().forEach(this::cluster);
    clusters.values().forEach(ClusterAudit::finish);
    if (events.first() < 0) {
      return;
    }
    for (long offset = events.first(); offset < events.end(); offset++) {
      if (events.contains(offset) && !events.isDecided(offset) && !events.isRejected(offset)) {
        withoutOutcome(offset);
      }
    }
  }

  private void withoutOutcome(long offset) {
    ClusterId cluster = events.cluster(offset);
    if (cluster != null && holes.contains(cluster, offset)) {
      return; // lost with a decision that is told of
    }
    if (offset > lastDecided) {
      undecided++;
    } else if (haveRejectionsExpired && offset < firstRejected) {
      notVerifiable++;
    } else if (unreadableRejections > 0) {
      unreadableRejections--; // told of
    } else {
      findings.accept(
          new Finding(
              Kind.OUTCOME,
              new Place(eventsTopic, partition, offset),
              cluster,
              0,
              "expected decisions or one rejection of this event but there is neither, and later"
                  + " ones have theirs",
              null));
    }
  }

  long decisions() {
    return clusters.values().stream().mapToLong(ClusterAudit::decisions).sum();
  }

  int clustersWithDecisions() {
    return (int) clusters.values().stream().filter(each -> each.decisions() > 0).count();
  }

  int directorsConfirmed() {
    return clusters.values().stream().mapToInt(ClusterAudit::directorsConfirmed).sum();
  }

  long undecided() {
    return undecided;
  }

  long notVerifiable() {
    return notVerifiable;
  }

  long live() {
    return copies.values().stream()
        .flatMap(each -> each.latest().values().stream())
        .filter(latest -> !latest.isTombstone())
        .count();
  }

  boolean isFolded(Recorded record) {
    ClusterAudit audit = clusters.get(record.decision().cluster());
    return audit != null && audit.isFolded(record);
  }

  boolean isDoubtful(ClusterId cluster, long epoch) {
    ClusterAudit audit = clusters.get(cluster);
    return audit == null || audit.isDoubtful(epoch);
  }
}
