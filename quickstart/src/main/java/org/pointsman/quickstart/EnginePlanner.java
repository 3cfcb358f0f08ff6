package org.pointsman.quickstart;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.TreeMap;
import org.pointsman.assigner.engine.ClusterState;
import org.pointsman.assigner.engine.Cursor;
import org.pointsman.assigner.engine.Decider;
import org.pointsman.assigner.engine.Outcome;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.Entity;
import org.pointsman.model.NetworkEvent;
import org.pointsman.nms.cli.RebalancePlanner;

/** Asks the assigner's own engine what a rebalance would do. */
final class EnginePlanner implements RebalancePlanner {
  private static final String DRY_RUN = "dry-run";

  private final Clock clock;

  EnginePlanner(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Plan plan(
      ClusterId cluster, Collection<? extends Entity> entities, ClusterRebalance rebalance) {
    ClusterState state = ClusterState.restore(cluster, cursor(entities), entities);
    Instant now = clock.instant();
    NetworkEvent event = new NetworkEvent(DRY_RUN, cluster, now, DRY_RUN, rebalance);
    return switch (Decider.decide(state, event, new Cause.ByEvent(0, 0, DRY_RUN), now)) {
      case Outcome.Decided decided -> new Plan.Changes(decided.decisions());
      case Outcome.Rejected rejected -> new Plan.Nothing(rejected.message());
    };
  }

  /** As far as the entities tell: nobody has had a turn, which no move goes by. */
  private static Cursor cursor(Collection<? extends Entity> entities) {
    long epoch = 0;
    long announces = 0;
    for (Entity entity : entities) {
      epoch = Math.max(epoch, entity.epoch());
      if (entity instanceof Assignment tunnel) {
        announces = Math.max(announces, tunnel.order());
      }
    }
    return new Cursor(epoch, announces, new TreeMap<>());
  }
}
