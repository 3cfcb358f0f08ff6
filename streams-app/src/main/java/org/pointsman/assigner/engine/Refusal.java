package org.pointsman.assigner.engine;

import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.RealServer;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

/** The rejections that several events share. */
final class Refusal {
  private Refusal() {}

  static Outcome.Rejected of(RejectionCode code, String message) {
    return new Outcome.Rejected(code, message);
  }

  static Outcome.Rejected notAnnounced(TunnelId tunnel) {
    return of(
        RejectionCode.NOT_ANNOUNCED,
        "expected an announced tunnel but %s is not known; announce it first".formatted(tunnel));
  }

  static Outcome.Rejected unknownServer(ServerId server) {
    return of(
        RejectionCode.UNKNOWN_SERVER,
        "expected a registered server but %s is not known; register it first".formatted(server));
  }

  static Outcome.Rejected noChange(String soAlready) {
    return of(RejectionCode.NO_CHANGE, "expected a change but " + soAlready + "; nothing to do");
  }

  static Outcome.Rejected misplaced(Assignment tunnel, ServerId reporter) {
    ServerId assigned = tunnel.server();
    if (assigned == null) {
      return of(
          RejectionCode.MISPLACED,
          ("expected no server to have tunnel %s, which is pending, but %s reports it; bring it down"
                  + " there")
              .formatted(tunnel.tunnel(), reporter));
    }
    return of(
        RejectionCode.MISPLACED,
        "expected tunnel %s on %s, where it is assigned, but %s reports it; bring it down there"
            .formatted(tunnel.tunnel(), assigned, reporter));
  }

  /**
   * There is no room.
   *
   * @param whom the tunnels that look for room, in words
   */
  static Outcome.Rejected noRoom(Tables view, ServerId server, String whom, Demand demand) {
    return of(
        RejectionCode.NO_CAPACITY,
        "expected room on %s for %s (%s) but it has %s%s; raise its limits or make room"
            .formatted(
                server,
                whom,
                amount(demand.tunnels(), demand.bitsPerSecond()),
                amount(view.load(server).tunnels(), view.load(server).bitsPerSecond()),
                limits(view.server(server))));
  }

  private static String limits(@Nullable RealServer server) {
    Integer mostTunnels = server == null ? null : server.maxTunnels();
    Long mostBits = server == null ? null : server.maxBitsPerSecond();
    if (mostTunnels != null && mostBits != null) {
      return " of " + amount(mostTunnels, mostBits);
    }
    if (mostTunnels != null) {
      return " of " + count(mostTunnels);
    }
    return mostBits != null ? " of " + mostBits + " bit/s" : "";
  }

  private static String amount(int tunnels, long bitsPerSecond) {
    return count(tunnels) + ", " + bitsPerSecond + " bit/s";
  }

  private static String count(int tunnels) {
    return tunnels == 1 ? "1 tunnel" : tunnels + " tunnels";
  }
}
