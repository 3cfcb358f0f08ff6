package org.pointsman.model;

import java.util.List;

/**
 * A tunnel may come up soon, or a known tunnel has new addresses, subnets or traffic.
 *
 * @param tunnel its name
 * @param outerAddresses where its peer sends from: 1 to 64, kept sorted and without repeats
 * @param innerSubnets what lies behind the peer: 1 to 1,024, kept sorted and without repeats
 * @param expectedBitsPerSecond the traffic to expect, both directions together; 0 if not known
 */
public record TunnelAnnounce(
    TunnelId tunnel,
    List<IpAddress> outerAddresses,
    List<IpPrefix> innerSubnets,
    long expectedBitsPerSecond)
    implements TunnelEvent {
  public static final int MAX_OUTER_ADDRESSES = 64;
  public static final int MAX_INNER_SUBNETS = 1024;

  public TunnelAnnounce {
    outerAddresses = Checks.canonical("outer addresses", outerAddresses, 1, MAX_OUTER_ADDRESSES);
    innerSubnets = Checks.canonical("inner subnets", innerSubnets, 1, MAX_INNER_SUBNETS);
    Checks.notNegative("expected bits per second", expectedBitsPerSecond);
  }
}
