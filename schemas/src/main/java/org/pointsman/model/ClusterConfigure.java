package org.pointsman.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operator changes the cluster's settings. What is null stays as it is.
 *
 * @param policy how tunnels are spread
 * @param virtualAddresses the addresses that the peers send to (VIPs), at most 64; empty for none
 * @param linger how long a tunnel keeps its server after it went down
 * @param announceTimeout how long a tunnel may stay announced without coming up
 * @param drainDeadline how long up tunnels may stay on a draining server; zero for as long as they
 *     live
 */
public record ClusterConfigure(
    @Nullable Policy policy,
    @Nullable List<IpAddress> virtualAddresses,
    @Nullable Duration linger,
    @Nullable Duration announceTimeout,
    @Nullable Duration drainDeadline)
    implements ClusterEvent {
  public static final int MAX_VIRTUAL_ADDRESSES = 64;

  public ClusterConfigure {
    if (virtualAddresses != null) {
      virtualAddresses =
          Checks.canonical("virtual addresses", virtualAddresses, 0, MAX_VIRTUAL_ADDRESSES);
    }
    Checks.notNegative("a linger time", linger);
    Checks.notNegative("an announce timeout", announceTimeout);
    Checks.notNegative("a drain deadline", drainDeadline);
  }
}
