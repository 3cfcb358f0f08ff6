package org.pointsman.assigner.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.Entity;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

/** Everything that a view shows, so that two can be compared. */
record Snapshot(
    Cursor cursor,
    ClusterConfig config,
    List<RealServer> servers,
    List<Assignment> assignments,
    int serverCount,
    int tunnelCount,
    Map<ServerId, List<TunnelId>> tunnelsOf,
    Map<ServerId, Load> loads,
    Map<String, List<TunnelId>> sharers,
    Map<String, String> subnets,
    List<TunnelId> pending,
    List<Deadline> deadlines) {

  static Snapshot of(ClusterView view) {
    Map<ServerId, List<TunnelId>> tunnelsOf = new TreeMap<>();
    Map<ServerId, Load> loads = new TreeMap<>();
    for (int i = 0; i < RandomEvents.SERVERS; i++) {
      ServerId server = RandomEvents.serverId(i);
      tunnelsOf.put(server, list(view.tunnelsOf(server)));
      loads.put(server, view.load(server));
    }
    Map<String, List<TunnelId>> sharers = new TreeMap<>();
    for (int i = 0; i < RandomEvents.ADDRESSES; i++) {
      sharers.put(
          RandomEvents.address(i).toString(), list(view.tunnelsAt(RandomEvents.address(i))));
    }
    Map<String, String> subnets = new TreeMap<>();
    for (int i = 0; i < RandomEvents.SUBNETS; i++) {
      subnets.put(
          RandomEvents.subnet(i).toString(),
          String.valueOf(view.tunnelBehind(RandomEvents.subnet(i))));
    }
    return new Snapshot(
        view.cursor(),
        view.config(),
        List.copyOf(view.servers()),
        List.copyOf(view.assignments()),
        view.serverCount(),
        view.tunnelCount(),
        tunnelsOf,
        loads,
        sharers,
        subnets,
        list(view.pending()),
        view.deadlinesUntil(Instant.MAX));
  }

  /** The entities that a store would hold. */
  List<Entity> entities() {
    List<Entity> entities = new ArrayList<>();
    if (config.epoch() > 0) {
      entities.add(config);
    }
    entities.addAll(assignments);
    entities.addAll(servers);
    return entities;
  }

  private static List<TunnelId> list(TunnelsInOrder tunnels) {
    List<TunnelId> list = new ArrayList<>();
    tunnels.forEach(list::add);
    if (list.size() != tunnels.size()) {
      throw new AssertionError("expected " + tunnels.size() + " tunnels but got " + list);
    }
    return list;
  }
}
