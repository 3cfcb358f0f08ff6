package org.pointsman.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel and the real server that has it: all that a director needs to steer it.
 *
 * @param cluster its cluster
 * @param tunnel its name
 * @param state what the NMS last said of it
 * @param server the server that has it, or null while it is pending: no server can take it
 * @param outerAddresses where its peer sends from, sorted
 * @param innerSubnets what lies behind the peer, sorted
 * @param expectedBitsPerSecond the traffic to expect; 0 if not known
 * @param pinned true if the operator put it on its server
 * @param stateSince when it came into {@code state}, by the log's time
 * @param deadline when the state ends by itself (announce timeout or linger), or null for never
 * @param order the announce's place among the cluster's announces, from 1; pending tunnels are
 *     served in this order
 * @param epoch the decision that made this record
 */
public record Assignment(
    ClusterId cluster,
    TunnelId tunnel,
    TunnelState state,
    @Nullable ServerId server,
    List<IpAddress> outerAddresses,
    List<IpPrefix> innerSubnets,
    long expectedBitsPerSecond,
    boolean pinned,
    Instant stateSince,
    @Nullable Instant deadline,
    long order,
    long epoch)
    implements Entity {
  public Assignment {
    outerAddresses = List.copyOf(outerAddresses);
    innerSubnets = List.copyOf(innerSubnets);
  }

  @Override
  public EntityKey key() {
    return new EntityKey.Tunnel(cluster, tunnel);
  }

  /** True while no server can take it. */
  public boolean isPending() {
    return server == null;
  }
}
