package org.pointsman.model;

import org.jspecify.annotations.Nullable;

/**
 * A real server joins the cluster, or a known one has new properties.
 *
 * @param server its name
 * @param address its own address, by which the director's neighbours know it
 * @param mac its Ethernet address, or null to have it resolved from {@code address}
 * @param weight its share of the tunnels relative to the other servers, 1 to 1,000
 * @param maxTunnels the most tunnels it may hold, or null for no limit
 * @param maxBitsPerSecond the most announced traffic it may hold, or null for no limit
 */
public record ServerRegister(
    ServerId server,
    IpAddress address,
    @Nullable MacAddress mac,
    int weight,
    @Nullable Integer maxTunnels,
    @Nullable Long maxBitsPerSecond)
    implements ServerEvent {
  public static final int MAX_WEIGHT = 1000;

  public ServerRegister {
    Checks.range("a weight", weight, 1, MAX_WEIGHT);
    Checks.positive("a limit of tunnels", maxTunnels);
    Checks.positive("a limit of bits per second", maxBitsPerSecond);
    if (mac != null && mac.isGroup()) {
      throw new InvalidValueException(
          "expected the MAC address of one server but %s is a group address".formatted(mac));
    }
  }

  /** A server of weight 1 without limits. */
  public ServerRegister(ServerId server, IpAddress address, @Nullable MacAddress mac) {
    this(server, address, mac, 1, null, null);
  }
}
