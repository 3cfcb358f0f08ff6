package org.pointsman.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's settings. A cluster exists from its first event on; until it is configured it has
 * those of {@link #defaults}.
 *
 * @param cluster its name
 * @param policy how tunnels are spread
 * @param virtualAddresses the addresses that the peers send to (VIPs), sorted; an outer director
 *     steers nothing else
 * @param linger how long a tunnel keeps its server after it went down
 * @param announceTimeout how long a tunnel may stay announced without coming up
 * @param drainDeadline how long up tunnels may stay on a draining server, or null for as long as
 *     they live
 * @param epoch the decision that made this record; 0 for the defaults
 */
public record ClusterConfig(
    ClusterId cluster,
    Policy policy,
    List<IpAddress> virtualAddresses,
    Duration linger,
    Duration announceTimeout,
    @Nullable Duration drainDeadline,
    long epoch)
    implements Entity {
  public static final Duration DEFAULT_LINGER = Duration.ofMinutes(5);
  public static final Duration DEFAULT_ANNOUNCE_TIMEOUT = Duration.ofMinutes(10);

  public ClusterConfig {
    virtualAddresses = List.copyOf(virtualAddresses);
  }

  public static ClusterConfig defaults(ClusterId cluster) {
    return new ClusterConfig(
        cluster, Policy.ROUND_ROBIN, List.of(), DEFAULT_LINGER, DEFAULT_ANNOUNCE_TIMEOUT, null, 0);
  }

  @Override
  public EntityKey key() {
    return new EntityKey.Config(cluster);
  }
}
