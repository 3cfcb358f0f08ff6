package org.pointsman.nms.cli;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;

/** Tunnels and servers of cluster {@code default} for tests. */
final class Entities {
  static final ClusterId DEFAULT = new ClusterId("default");
  private static final Instant SINCE = Instant.parse("2026-03-01T11:00:00Z");

  private Entities() {}

  /**
   * @param server null for pending
   */
  static Assignment tunnel(String tunnel, TunnelState state, @Nullable String server) {
    return tunnel(tunnel, state, server, 10_000_000);
  }

  static Assignment tunnel(
      String tunnel, TunnelState state, @Nullable String server, long bitsPerSecond) {
    return new Assignment(
        DEFAULT,
        new TunnelId(tunnel),
        state,
        server == null ? null : new ServerId(server),
        List.of(IpAddress.parse("192.0.2.7")),
        List.of(IpPrefix.parse("10.1.2.0/28")),
        bitsPerSecond,
        false,
        SINCE,
        null,
        1,
        7);
  }

  static RealServer server(String server, boolean alive, boolean draining) {
    return new RealServer(
        DEFAULT,
        new ServerId(server),
        IpAddress.parse("10.0.0.11"),
        MacAddress.parse("02:00:5e:00:00:11"),
        2,
        null,
        null,
        alive,
        draining,
        null,
        3);
  }
}
