package org.pointsman.assigner.engine;

import java.util.Objects;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.Entity;
import org.pointsman.model.RealServer;

/**
 * The state of one cluster: what its decisions, applied in order, made it.
 *
 * <p>Not safe for several threads.
 */
public final class ClusterState extends Tables {

  /** A cluster of which nothing has been decided. */
  public ClusterState(ClusterId cluster) {
    super(cluster);
  }

  /**
   * The state that a cluster was in when it had this cursor and these entities, indexes and all. It
   * decides and applies from there on as the state that they were taken from.
   *
   * @param cluster its name
   * @param cursor the state's {@link #cursor()}
   * @param entities its settings (if ever configured), its servers and its tunnels, in any order
   */
  public static ClusterState restore(
      ClusterId cluster, Cursor cursor, Iterable<? extends Entity> entities) {
    ClusterState state = new ClusterState(cluster);
    for (Entity entity : entities) {
      switch (entity) {
        case Assignment tunnel -> state.putTunnel(tunnel.tunnel(), tunnel, false);
        case RealServer server -> state.putServer(server.server(), server);
        case ClusterConfig config -> state.putConfig(config);
      }
    }
    state.putCursor(cursor);
    return state;
  }

  /**
   * Makes a decision so. It is a fact: whatever it says holds from now on, whether or not this
   * version of the engine would decide so.
   *
   * @throws IllegalArgumentException if it is another cluster's, which is the caller's mistake
   */
  public void apply(Decision decision) {
    if (!Objects.equals(decision.cluster(), cluster())) {
      throw new IllegalArgumentException(
          "expected a decision of cluster %s but got one of %s; give each cluster a state"
              .formatted(cluster(), decision.cluster()));
    }
    put(decision);
  }
}
