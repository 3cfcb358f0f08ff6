package org.pointsman.assigner.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;

/**
 * Where decisions are missing or cannot be believed, in terms of the events: an event in such a
 * hole has lost its outcome with the decision, which is told of already.
 */
final class Holes {
  private static final class OfCluster {
    long lastCause = -1;
    long openedAt = Long.MIN_VALUE;
    final List<long[]> closed = new ArrayList<>(0);

    boolean isOpen() {
      return openedAt != Long.MIN_VALUE;
    }
  }

  private final Map<ClusterId, OfCluster> clusters = new HashMap<>();

  /** From the last sound decision on, what was decided is not known. */
  void open(ClusterId cluster) {
    OfCluster of = clusters.computeIfAbsent(cluster, _ -> new OfCluster());
    if (!of.isOpen()) {
      of.openedAt = of.lastCause;
    }
  }

  /** A sound decision: if an event caused it, all before it have been decided. */
  void decided(Decision decision) {
    if (decision.cause() instanceof Cause.ByEvent event) {
      OfCluster of = clusters.computeIfAbsent(decision.cluster(), _ -> new OfCluster());
      if (of.isOpen()) {
        of.closed.add(new long[] {of.openedAt, event.offset()});
        of.openedAt = Long.MIN_VALUE;
      }
      of.lastCause = Math.max(of.lastCause, event.offset());
    }
  }

  boolean contains(ClusterId cluster, long offset) {
    OfCluster of = clusters.get(cluster);
    return of != null
        && ((of.isOpen() && offset >= of.openedAt)
            || of.closed.stream().anyMatch(hole -> offset >= hole[0] && offset <= hole[1]));
  }
}
