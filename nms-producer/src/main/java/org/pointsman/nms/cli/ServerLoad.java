package org.pointsman.nms.cli;

import java.util.Collection;
import org.pointsman.model.Assignment;

/**
 * What a real server, or a whole cluster, holds.
 *
 * @param up tunnels that are up
 * @param announced tunnels that are not up yet
 * @param lingering tunnels that are down and keep their server for a while
 * @param bitsPerSecond the traffic announced for all of them
 */
record ServerLoad(int up, int announced, int lingering, long bitsPerSecond) {
  static final ServerLoad NONE = new ServerLoad(0, 0, 0, 0);

  static ServerLoad of(Assignment tunnel) {
    long traffic = tunnel.expectedBitsPerSecond();
    return switch (tunnel.state()) {
      case UP -> new ServerLoad(1, 0, 0, traffic);
      case ANNOUNCED -> new ServerLoad(0, 1, 0, traffic);
      case LINGERING -> new ServerLoad(0, 0, 1, traffic);
    };
  }

  static ServerLoad of(Collection<Assignment> tunnels) {
    return tunnels.stream().map(ServerLoad::of).reduce(NONE, ServerLoad::plus);
  }

  ServerLoad plus(ServerLoad other) {
    return new ServerLoad(
        up + other.up,
        announced + other.announced,
        lingering + other.lingering,
        bitsPerSecond + other.bitsPerSecond);
  }

  int tunnels() {
    return up + announced + lingering;
  }
}
