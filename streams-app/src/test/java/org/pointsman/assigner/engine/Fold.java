package org.pointsman.assigner.engine;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;

/**
 * What anybody can make of a cluster's decisions, by the documented rules alone and without any
 * index: the model that the engine's state is compared with.
 */
final class Fold {
  final Map<EntityKey, Entity> entities = new TreeMap<>();
  private final TreeMap<ServerId, Long> turns = new TreeMap<>();
  private long epoch;
  private long announces;

  void add(Decision decision) {
    if (decision.epoch() != epoch + 1) {
      throw new AssertionError("expected epoch %d but got %s".formatted(epoch + 1, decision));
    }
    epoch = decision.epoch();
    @Nullable Entity before = entities.get(decision.key());
    @Nullable Entity after = decision.after();
    if (after instanceof Assignment tunnel) {
      announces = Math.max(announces, tunnel.order());
      @Nullable ServerId old = before instanceof Assignment known ? known.server() : null;
      if (tunnel.server() != null
          && !tunnel.server().equals(old)
          && decision.reason() != DecisionReason.PINNED
          && weight(entities.get(new EntityKey.Server(tunnel.cluster(), tunnel.server()))) > 0) {
        turns.merge(tunnel.server(), 1L, Long::sum);
      }
    }
    if (decision.key() instanceof EntityKey.Server && weight(before) != weight(after)) {
      turns.clear();
    }
    if (after == null) {
      entities.remove(decision.key());
    } else {
      entities.put(decision.key(), after);
    }
  }

  Cursor cursor() {
    return new Cursor(epoch, announces, Collections.unmodifiableSortedMap(turns));
  }

  ClusterConfig config() {
    return entities.get(new EntityKey.Config(Scenario.CLUSTER)) instanceof ClusterConfig config
        ? config
        : ClusterConfig.defaults(Scenario.CLUSTER);
  }

  private static int weight(@Nullable Entity entity) {
    return entity instanceof RealServer server && RandomEvents.takesTunnels(server)
        ? server.weight()
        : 0;
  }
}
