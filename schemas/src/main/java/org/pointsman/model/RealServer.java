package org.pointsman.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A gateway that terminates tunnels.
 *
 * @param cluster its cluster
 * @param server its name
 * @param address its own address
 * @param mac its Ethernet address, or null to have it resolved from {@code address}
 * @param weight its share of the tunnels relative to the other servers, 1 to 1,000
 * @param maxTunnels the most tunnels it may hold, or null for no limit
 * @param maxBitsPerSecond the most announced traffic it may hold, or null for no limit
 * @param alive false after a server down, true again after a server up
 * @param draining true from a drain or flush until the server is activated
 * @param drainDeadline when up tunnels are moved off a draining server, or null for never
 * @param epoch the decision that made this record
 */
public record RealServer(
    ClusterId cluster,
    ServerId server,
    IpAddress address,
    @Nullable MacAddress mac,
    int weight,
    @Nullable Integer maxTunnels,
    @Nullable Long maxBitsPerSecond,
    boolean alive,
    boolean draining,
    @Nullable Instant drainDeadline,
    long epoch)
    implements Entity {

  /** How the operator sees a server. */
  public enum State {
    ACTIVE,
    DRAINING,
    DOWN
  }

  @Override
  public EntityKey key() {
    return new EntityKey.Server(cluster, server);
  }

  /** A server that is down and draining shows as down: that is what stops its traffic. */
  public State state() {
    if (!alive) {
      return State.DOWN;
    }
    return draining ? State.DRAINING : State.ACTIVE;
  }
}
