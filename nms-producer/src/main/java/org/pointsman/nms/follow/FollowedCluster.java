package org.pointsman.nms.follow;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

/**
 * A cluster's tunnels and servers, from a copy of the assignments and the decisions after it. A
 * decision that the copy has already is passed over, so the two may overlap.
 */
public final class FollowedCluster {
  private final ClusterId cluster;
  private final Map<TunnelId, Assignment> tunnels = new TreeMap<>();
  private final Map<ServerId, RealServer> servers = new TreeMap<>();
  private final Map<IpAddress, Integer> tunnelsOfAddress = new HashMap<>();

  private long epoch;

  public FollowedCluster(ClusterId cluster) {
    this.cluster = cluster;
  }

  /** Takes a record of the assignments topic; those of other clusters change nothing. */
  public void load(Entity entity) {
    if (entity.key().cluster().equals(cluster)) {
      put(entity.key(), entity);
      epoch = Math.max(epoch, entity.epoch());
    }
  }

  /**
   * Takes a decision.
   *
   * @return false if it is another cluster's, or not newer than what is known already
   */
  public boolean apply(Decision decision) {
    if (!decision.cluster().equals(cluster) || decision.epoch() <= epoch) {
      return false;
    }
    epoch = decision.epoch();
    put(decision.key(), decision.after());
    return true;
  }

  private void put(EntityKey key, @Nullable Entity entity) {
    switch (key) {
      case EntityKey.Tunnel tunnel -> {
        count(tunnels.get(tunnel.tunnel()), -1);
        if (entity instanceof Assignment assignment) {
          tunnels.put(tunnel.tunnel(), assignment);
          count(assignment, 1);
        } else {
          tunnels.remove(tunnel.tunnel());
        }
      }
      case EntityKey.Server server -> {
        if (entity instanceof RealServer known) {
          servers.put(server.server(), known);
        } else {
          servers.remove(server.server());
        }
      }
      case EntityKey.Config _ -> {} // nobody who follows goes by it
    }
  }

  private void count(@Nullable Assignment tunnel, int change) {
    for (IpAddress address : tunnel == null ? List.<IpAddress>of() : tunnel.outerAddresses()) {
      tunnelsOfAddress.merge(address, change, (a, b) -> a + b == 0 ? null : a + b);
    }
  }

  public Optional<Assignment> tunnel(TunnelId tunnel) {
    return Optional.ofNullable(tunnels.get(tunnel));
  }

  /** By name. */
  public Collection<Assignment> tunnels() {
    return Collections.unmodifiableCollection(tunnels.values());
  }

  /** By name. */
  public Collection<RealServer> servers() {
    return Collections.unmodifiableCollection(servers.values());
  }

  public Optional<RealServer> server(ServerId server) {
    return Optional.ofNullable(servers.get(server));
  }

  /** True if other tunnels come from one of its addresses too: peers behind one NAT. */
  public boolean sharesAnAddress(Assignment tunnel) {
    return tunnel.outerAddresses().stream()
        .anyMatch(address -> tunnelsOfAddress.getOrDefault(address, 0) > 1);
  }
}
