package org.pointsman.model;

import org.jspecify.annotations.Nullable;

/**
 * A tunnel is established on a real server.
 *
 * @param tunnel its name
 * @param server the server that reports it
 * @param observedAddress where the peer was seen to send from, or null if the reporter cannot tell;
 *     kept for the record, steering follows the announced addresses
 * @param observedPort the peer's UDP port as seen (NAT traversal, RFC 3948), 1 to 65535, or null
 */
public record TunnelUp(
    TunnelId tunnel,
    ServerId server,
    @Nullable IpAddress observedAddress,
    @Nullable Integer observedPort)
    implements TunnelEvent {
  public TunnelUp {
    if (observedPort != null) {
      Checks.range("a UDP port", observedPort, 1, 65_535);
    }
  }

  public TunnelUp(TunnelId tunnel, ServerId server) {
    this(tunnel, server, null, null);
  }
}
