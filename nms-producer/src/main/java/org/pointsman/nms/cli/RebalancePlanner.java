package org.pointsman.nms.cli;

import java.util.Collection;
import java.util.List;
import org.pointsman.model.ClusterId;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.Decision;
import org.pointsman.model.Entity;

/**
 * Works out what a rebalance would do, as the assigner would. Only the assigner's engine can, and
 * the NMS's host may not have it: who puts both on one class path gives it to {@link
 * ClusterCommand}.
 */
public interface RebalancePlanner {

  /** What would come of it. */
  sealed interface Plan {

    /**
     * These decisions would be made.
     *
     * @param decisions in order; one or more
     */
    record Changes(List<Decision> decisions) implements Plan {}

    /**
     * Nothing would change.
     *
     * @param why a sentence
     */
    record Nothing(String why) implements Plan {}
  }

  /**
   * Plans a rebalance; nothing is sent anywhere.
   *
   * @param entities all that is known of the cluster: settings, servers and tunnels
   */
  Plan plan(ClusterId cluster, Collection<? extends Entity> entities, ClusterRebalance rebalance);
}
