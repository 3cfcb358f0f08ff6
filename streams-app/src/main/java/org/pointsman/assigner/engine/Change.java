package org.pointsman.assigner.engine;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelState;

/** Entities with something changed. The epoch is set when the decision is planned. */
final class Change {
  /**
   * The last deadline there is, 9999-12-31T23:59:59.999Z. What would end later never ends; a time
   * far enough out could not be written down as a number of milliseconds.
   */
  private static final Instant END_OF_TIME = Instant.ofEpochMilli(253_402_300_799_999L);

  private Change() {}

  /** The moment that much later, or null for never if it is beyond all calendars. */
  static @Nullable Instant after(Instant time, Duration duration) {
    boolean endless = Duration.between(time, END_OF_TIME).compareTo(duration) < 0;
    return endless ? null : time.plus(duration);
  }

  /** On another server, or pending. A pin ends there: it was to the server. */
  static Assignment place(Assignment tunnel, @Nullable ServerId server) {
    return with(tunnel, tunnel.state(), server, false, tunnel.stateSince(), tunnel.deadline());
  }

  static Assignment state(
      Assignment tunnel, TunnelState state, Instant since, @Nullable Instant deadline) {
    return with(tunnel, state, tunnel.server(), tunnel.pinned(), since, deadline);
  }

  static Assignment pin(Assignment tunnel, ServerId server) {
    return with(tunnel, tunnel.state(), server, true, tunnel.stateSince(), tunnel.deadline());
  }

  static Assignment unpin(Assignment tunnel) {
    return place(tunnel, tunnel.server());
  }

  static Assignment epoch(Assignment tunnel, long epoch) {
    if (tunnel.epoch() == epoch) {
      return tunnel;
    }
    return new Assignment(
        tunnel.cluster(),
        tunnel.tunnel(),
        tunnel.state(),
        tunnel.server(),
        tunnel.outerAddresses(),
        tunnel.innerSubnets(),
        tunnel.expectedBitsPerSecond(),
        tunnel.pinned(),
        tunnel.stateSince(),
        tunnel.deadline(),
        tunnel.order(),
        epoch);
  }

  static RealServer alive(RealServer server, boolean alive) {
    return with(server, alive, server.draining(), server.drainDeadline(), server.epoch());
  }

  static RealServer draining(RealServer server, boolean draining, @Nullable Instant deadline) {
    return with(server, server.alive(), draining, deadline, server.epoch());
  }

  static RealServer epoch(RealServer server, long epoch) {
    return with(server, server.alive(), server.draining(), server.drainDeadline(), epoch);
  }

  static ClusterConfig epoch(ClusterConfig config, long epoch) {
    return new ClusterConfig(
        config.cluster(),
        config.policy(),
        config.virtualAddresses(),
        config.linger(),
        config.announceTimeout(),
        config.drainDeadline(),
        epoch);
  }

  private static Assignment with(
      Assignment tunnel,
      TunnelState state,
      @Nullable ServerId server,
      boolean pinned,
      Instant stateSince,
      @Nullable Instant deadline) {
    return new Assignment(
        tunnel.cluster(),
        tunnel.tunnel(),
        state,
        server,
        tunnel.outerAddresses(),
        tunnel.innerSubnets(),
        tunnel.expectedBitsPerSecond(),
        pinned,
        stateSince,
        deadline,
        tunnel.order(),
        tunnel.epoch());
  }

  private static RealServer with(
      RealServer server, boolean alive, boolean draining, @Nullable Instant deadline, long epoch) {
    return new RealServer(
        server.cluster(),
        server.server(),
        server.address(),
        server.mac(),
        server.weight(),
        server.maxTunnels(),
        server.maxBitsPerSecond(),
        alive,
        draining,
        deadline,
        epoch);
  }
}
