package org.pointsman.assigner.topology;

import java.util.List;
import org.pointsman.assigner.engine.ClusterState;
import org.pointsman.assigner.engine.Cursor;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.DirectorStatus.TableStatus;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.TableDigest;

/**
 * A cluster's state and, beside it, the digest of its assignments, so that the assigner can tell
 * what it holds as the directors do.
 */
final class KeptCluster {
  private final ClusterState state;
  private final TableDigest digest = new TableDigest();

  /** A cluster of which nothing has been decided. */
  KeptCluster(ClusterId cluster) {
    state = new ClusterState(cluster);
  }

  /** As {@link ClusterState#restore}. */
  KeptCluster(ClusterId cluster, Cursor cursor, List<Entity> entities) {
    state = ClusterState.restore(cluster, cursor, entities);
    for (Entity entity : entities) {
      if (entity instanceof Assignment assignment) {
        digest.add(assignment);
      }
    }
  }

  ClusterState state() {
    return state;
  }

  void apply(Decision decision) {
    if (decision.key() instanceof EntityKey.Tunnel key) {
      Assignment before = state.assignment(key.tunnel());
      if (before != null) {
        digest.remove(before);
      }
      if (decision.after() instanceof Assignment after) {
        digest.add(after);
      }
    }
    state.apply(decision);
  }

  /** What it holds now, counted as directors count. */
  TableStatus status() {
    return new TableStatus(
        state.cluster(),
        state.epoch(),
        digest.value(),
        state.tunnelCount() - state.pending().size(),
        state.serverCount());
  }
}
