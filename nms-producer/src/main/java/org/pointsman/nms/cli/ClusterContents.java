package org.pointsman.nms.cli;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Entity;
import org.pointsman.model.LogRecord;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

/** A cluster as the records of the assignments topic leave it, applied in their order. */
final class ClusterContents {
  private final ClusterId cluster;
  private final Map<String, Entity> entities = new TreeMap<>();

  ClusterContents(ClusterId cluster) {
    this.cluster = cluster;
  }

  /**
   * Takes a record of the topic; those of other clusters change nothing.
   *
   * @param key {@code CLUSTER/tunnel/ID} and so on; a record without a key changes nothing
   * @param value null for a tombstone
   */
  void apply(@Nullable String key, @Nullable LogRecord value) {
    if (key == null || !key.startsWith(cluster.value() + "/")) {
      return;
    }
    if (value instanceof Entity entity) {
      entities.put(key, entity);
    } else {
      entities.remove(key);
    }
  }

  ClusterId cluster() {
    return cluster;
  }

  /** All of it: settings, servers and tunnels. */
  Collection<Entity> entities() {
    return Collections.unmodifiableCollection(entities.values());
  }

  /** True if the topic has nothing of this cluster. */
  boolean isEmpty() {
    return entities.isEmpty();
  }

  /** As configured, or the defaults, whose epoch is 0. */
  ClusterConfig config() {
    return entities.values().stream()
        .filter(ClusterConfig.class::isInstance)
        .map(ClusterConfig.class::cast)
        .findFirst()
        .orElseGet(() -> ClusterConfig.defaults(cluster));
  }

  /** By name. */
  Collection<Assignment> tunnels() {
    return all(Assignment.class);
  }

  Optional<Assignment> tunnel(TunnelId tunnel) {
    return tunnels().stream().filter(a -> a.tunnel().equals(tunnel)).findFirst();
  }

  /** By name. */
  Collection<RealServer> servers() {
    return all(RealServer.class);
  }

  /** How many servers are in {@code state}. */
  int servers(RealServer.State state) {
    return (int) servers().stream().filter(server -> server.state() == state).count();
  }

  /** The tunnels that no server can take, in the order in which they will be served. */
  List<Assignment> pending() {
    return tunnels().stream()
        .filter(Assignment::isPending)
        .sorted(Comparator.comparingLong(Assignment::order))
        .toList();
  }

  /** What each server holds, registered or not. */
  SortedMap<ServerId, ServerLoad> loads() {
    SortedMap<ServerId, ServerLoad> loads = new TreeMap<>();
    for (Assignment tunnel : tunnels()) {
      ServerId server = tunnel.server();
      if (server != null) {
        loads.merge(server, ServerLoad.of(tunnel), ServerLoad::plus);
      }
    }
    return loads;
  }

  private <E extends Entity> Collection<E> all(Class<E> kind) {
    return entities.values().stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .collect(Collectors.toUnmodifiableList());
  }
}
