package org.pointsman.assigner.audit;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;

/** Decisions with something changed, each still well formed by itself. */
final class Tampering {
  private static final List<TunnelState> STATES = List.of(TunnelState.values());

  private final SplittableRandom random;

  Tampering(SplittableRandom random) {
    this.random = random;
  }

  /** The decision with one random thing changed. */
  Decision alter(Decision decision) {
    List<UnaryOperator<Decision>> ways =
        List.of(
            this::after,
            this::after,
            this::before,
            this::reason,
            this::time,
            this::cause,
            this::epoch,
            this::key);
    Decision altered = decision;
    while (altered.equals(decision)) {
      altered = ways.get(random.nextInt(ways.size())).apply(decision);
    }
    return altered;
  }

  Decision after(Decision decision) {
    Entity after = decision.after();
    return after == null ? decision : with(decision, decision.before(), entity(after));
  }

  private Decision before(Decision decision) {
    Entity before = decision.before();
    return before == null ? decision : with(decision, entity(before), decision.after());
  }

  static Decision with(Decision decision, @Nullable Entity before, @Nullable Entity after) {
    return new Decision(
        decision.key(),
        decision.epoch(),
        decision.cause(),
        before,
        after,
        decision.reason(),
        decision.time());
  }

  private Decision reason(Decision decision) {
    DecisionReason[] all = DecisionReason.values();
    return new Decision(
        decision.key(),
        decision.epoch(),
        decision.cause(),
        decision.before(),
        decision.after(),
        all[random.nextInt(all.length)],
        decision.time());
  }

  private Decision time(Decision decision) {
    return new Decision(
        decision.key(),
        decision.epoch(),
        decision.cause(),
        decision.before(),
        decision.after(),
        decision.reason(),
        decision.time().plusMillis(random.nextBoolean() ? 1 : -1));
  }

  private Decision cause(Decision decision) {
    Cause cause =
        switch (decision.cause()) {
          case Cause.ByEvent event ->
              random.nextBoolean()
                  ? new Cause.ByEvent(
                      event.partition(),
                      event.offset() + (random.nextBoolean() ? 1 : -1),
                      event.eventId())
                  : new Cause.ByEvent(event.partition(), event.offset(), event.eventId() + "x");
          case Cause.ByTimer timer ->
              random.nextBoolean()
                  ? new Cause.ByTimer(timer.partition() + 1, timer.due())
                  : new Cause.ByTimer(timer.partition(), timer.due().minusMillis(1));
        };
    return new Decision(
        decision.key(),
        decision.epoch(),
        cause,
        decision.before(),
        decision.after(),
        decision.reason(),
        decision.time());
  }

  private Decision epoch(Decision decision) {
    long epoch = Math.max(1, decision.epoch() + random.nextInt(-9, 10));
    Entity after = decision.after();
    return new Decision(
        decision.key(),
        epoch,
        decision.cause(),
        decision.before(),
        after == null ? null : renumbered(after, epoch),
        decision.reason(),
        decision.time());
  }

  private Decision key(Decision decision) {
    if (!(decision.key() instanceof EntityKey.Tunnel key)) {
      return decision;
    }
    TunnelId other = new TunnelId("t" + random.nextInt(24));
    return new Decision(
        new EntityKey.Tunnel(key.cluster(), other),
        decision.epoch(),
        decision.cause(),
        renamed((Assignment) decision.before(), other),
        renamed((Assignment) decision.after(), other),
        decision.reason(),
        decision.time());
  }

  private Entity entity(Entity entity) {
    return switch (entity) {
      case Assignment tunnel -> tunnel(tunnel);
      case RealServer server -> server(server);
      case ClusterConfig config ->
          new ClusterConfig(
              config.cluster(),
              config.policy(),
              config.virtualAddresses(),
              config.linger().plus(Duration.ofSeconds(1)),
              config.announceTimeout(),
              config.drainDeadline(),
              config.epoch());
    };
  }

  private Assignment tunnel(Assignment tunnel) {
    return switch (random.nextInt(5)) {
      case 0 -> onServer(tunnel, new ServerId("rs-" + random.nextInt(5)));
      case 1 -> tunnel(tunnel, STATES.get(random.nextInt(STATES.size())), tunnel.outerAddresses());
      case 2 -> tunnel(tunnel, tunnel.state(), List.of(IpAddress.parse("198.51.100.99")));
      case 3 -> onServer(tunnel, null);
      default ->
          new Assignment(
              tunnel.cluster(),
              tunnel.tunnel(),
              tunnel.state(),
              tunnel.server(),
              tunnel.outerAddresses(),
              tunnel.innerSubnets(),
              tunnel.expectedBitsPerSecond(),
              !tunnel.pinned(),
              tunnel.stateSince(),
              tunnel.deadline(),
              tunnel.order(),
              tunnel.epoch());
    };
  }

  private static Assignment tunnel(
      Assignment tunnel, TunnelState state, List<IpAddress> outerAddresses) {
    return new Assignment(
        tunnel.cluster(),
        tunnel.tunnel(),
        state,
        tunnel.server(),
        outerAddresses,
        tunnel.innerSubnets(),
        tunnel.expectedBitsPerSecond(),
        tunnel.pinned(),
        tunnel.stateSince(),
        tunnel.deadline(),
        tunnel.order(),
        tunnel.epoch());
  }

  static Assignment onServer(Assignment tunnel, @Nullable ServerId server) {
    return new Assignment(
        tunnel.cluster(),
        tunnel.tunnel(),
        tunnel.state(),
        server,
        tunnel.outerAddresses(),
        tunnel.innerSubnets(),
        tunnel.expectedBitsPerSecond(),
        tunnel.pinned(),
        tunnel.stateSince(),
        tunnel.deadline(),
        tunnel.order(),
        tunnel.epoch());
  }

  private static @Nullable Assignment renamed(@Nullable Assignment tunnel, TunnelId id) {
    return tunnel == null
        ? null
        : new Assignment(
            tunnel.cluster(),
            id,
            tunnel.state(),
            tunnel.server(),
            tunnel.outerAddresses(),
            tunnel.innerSubnets(),
            tunnel.expectedBitsPerSecond(),
            tunnel.pinned(),
            tunnel.stateSince(),
            tunnel.deadline(),
            tunnel.order(),
            tunnel.epoch());
  }

  private RealServer server(RealServer server) {
    boolean flipsAlive = random.nextBoolean();
    return new RealServer(
        server.cluster(),
        server.server(),
        server.address(),
        server.mac(),
        flipsAlive ? server.weight() : server.weight() + 1,
        server.maxTunnels(),
        server.maxBitsPerSecond(),
        flipsAlive != server.alive(),
        server.draining(),
        server.drainDeadline(),
        server.epoch());
  }

  static Entity renumbered(Entity entity, long epoch) {
    return switch (entity) {
      case Assignment tunnel ->
          new Assignment(
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
      case RealServer server ->
          new RealServer(
              server.cluster(),
              server.server(),
              server.address(),
              server.mac(),
              server.weight(),
              server.maxTunnels(),
              server.maxBitsPerSecond(),
              server.alive(),
              server.draining(),
              server.drainDeadline(),
              epoch);
      case ClusterConfig config ->
          new ClusterConfig(
              config.cluster(),
              config.policy(),
              config.virtualAddresses(),
              config.linger(),
              config.announceTimeout(),
              config.drainDeadline(),
              epoch);
    };
  }
}
