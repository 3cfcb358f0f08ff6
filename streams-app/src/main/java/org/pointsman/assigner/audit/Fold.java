package org.pointsman.assigner.audit;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;

/**
 * What a cluster's decisions lead to, by the one rule that anybody can apply: the state after is
 * the state. Unlike the engine's state it has no index and no invariant, so no decision can break
 * it, however it was altered. The engine's tests show that both come to the same.
 */
public final class Fold {
  private final ClusterId cluster;
  private final Map<EntityKey, Entity> entities = new HashMap<>();
  private long epoch;

  public Fold(ClusterId cluster) {
    this.cluster = cluster;
  }

  /** Makes the decision so. */
  public void apply(Decision decision) {
    Entity after = decision.after();
    if (after == null) {
      entities.remove(decision.key());
    } else {
      entities.put(decision.key(), after);
    }
    epoch = Math.max(epoch, decision.epoch());
  }

  public ClusterId cluster() {
    return cluster;
  }

  /** The highest epoch applied; 0 before the first. */
  public long epoch() {
    return epoch;
  }

  public @Nullable Entity entity(EntityKey key) {
    return entities.get(key);
  }

  /** All of them, in no order. */
  public Collection<Entity> entities() {
    return entities.values();
  }
}
