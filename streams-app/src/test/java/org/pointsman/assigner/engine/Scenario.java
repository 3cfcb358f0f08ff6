package org.pointsman.assigner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Policy;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;

/**
 * A cluster to tell events to, with its clock in hand. Decisions read as one line each: {@code t1
 * none -> rs-1 announced: ASSIGNED}.
 */
final class Scenario {
  static final ClusterId CLUSTER = new ClusterId("c1");
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  final List<Decision> history = new ArrayList<>();
  ClusterState state = new ClusterState(CLUSTER);
  Instant now = START;
  private long offset;

  Scenario servers(String... names) {
    for (String name : names) {
      decide(server(name, 1, null, null));
    }
    return this;
  }

  Scenario policy(Policy policy) {
    decide(new ClusterConfigure(policy, null, null, null, null));
    return this;
  }

  /**
   * Announces tunnels that share nothing: t7 has the address 192.0.2.7 and the subnet 10.0.7.0/24.
   */
  Scenario tunnels(String... names) {
    for (String name : names) {
      decide(tunnel(name));
    }
    return this;
  }

  static ServerRegister server(
      String name, int weight, @Nullable Integer maxTunnels, @Nullable Long maxBitsPerSecond) {
    return new ServerRegister(
        new ServerId(name),
        IpAddress.parse("10.255.0.1"),
        null,
        weight,
        maxTunnels,
        maxBitsPerSecond);
  }

  static TunnelAnnounce tunnel(String name) {
    return tunnel(name, 0, "192.0.2." + name.substring(1));
  }

  static TunnelAnnounce tunnel(String name, long bitsPerSecond, String... outerAddresses) {
    return new TunnelAnnounce(
        new TunnelId(name),
        Arrays.stream(outerAddresses).map(IpAddress::parse).toList(),
        List.of(IpPrefix.parse("10.0.%s.0/24".formatted(name.substring(1)))),
        bitsPerSecond);
  }

  Outcome outcome(Event payload) {
    return outcome(payload, Limits.STANDARD);
  }

  Outcome outcome(Event payload, Limits limits) {
    NetworkEvent event = new NetworkEvent("e" + offset, CLUSTER, START, "test", payload);
    Cause cause = new Cause.ByEvent(3, offset, event.eventId());
    offset++;
    return Decider.decide(state, event, cause, now, limits);
  }

  /** Decides the event, which must not be rejected, and applies what was decided. */
  List<String> decide(Event payload) {
    return switch (outcome(payload)) {
      case Outcome.Decided(List<Decision> decisions) -> apply(decisions);
      case Outcome.Rejected rejected ->
          throw new AssertionError("expected decisions on " + payload + " but got " + rejected);
    };
  }

  /** Decides the event, which must be rejected. */
  Outcome.Rejected reject(Event payload) {
    return switch (outcome(payload)) {
      case Outcome.Rejected rejected -> rejected;
      case Outcome.Decided(List<Decision> decisions) ->
          throw new AssertionError("expected a rejection of " + payload + " but got " + decisions);
    };
  }

  /** Lets that much time pass, and what is due then happen. */
  List<String> pass(Duration time) {
    now = now.plus(time);
    return apply(Decider.due(state, 3, now));
  }

  private List<String> apply(List<Decision> decisions) {
    long epoch = state.epoch();
    for (Decision decision : decisions) {
      epoch++;
      assertThat(decision.epoch()).isEqualTo(epoch);
      assertThat(decision.before()).isEqualTo(entity(decision.key()));
      state.apply(decision);
      assertThat(entity(decision.key())).isEqualTo(decision.after());
      history.add(decision);
    }
    return decisions.stream().map(Scenario::line).toList();
  }

  private @Nullable Entity entity(EntityKey key) {
    return switch (key) {
      case EntityKey.Tunnel tunnel -> state.assignment(tunnel.tunnel());
      case EntityKey.Server server -> state.server(server.server());
      case EntityKey.Config _ -> state.config().epoch() == 0 ? null : state.config();
    };
  }

  Assignment assignment(String tunnel) {
    Assignment found = state.assignment(new TunnelId(tunnel));
    if (found == null) {
      throw new AssertionError("expected tunnel " + tunnel + " to be known");
    }
    return found;
  }

  RealServer server(String name) {
    RealServer found = state.server(new ServerId(name));
    if (found == null) {
      throw new AssertionError("expected server " + name + " to be known");
    }
    return found;
  }

  /** The server that has the tunnel; "pending" if none has, "none" if it is not known. */
  String placeOf(String tunnel) {
    Assignment found = state.assignment(new TunnelId(tunnel));
    if (found == null) {
      return "none";
    }
    return found.server() == null ? "pending" : found.server().value();
  }

  static String line(Decision decision) {
    return "%s %s -> %s: %s"
        .formatted(
            name(decision.key()),
            describe(decision.before()),
            describe(decision.after()),
            decision.reason());
  }

  private static String name(EntityKey key) {
    return switch (key) {
      case EntityKey.Tunnel tunnel -> tunnel.tunnel().value();
      case EntityKey.Server server -> server.server().value();
      case EntityKey.Config _ -> "config";
    };
  }

  private static String describe(@Nullable Entity entity) {
    return switch (entity) {
      case null -> "none";
      case Assignment tunnel ->
          (tunnel.server() == null ? "pending" : tunnel.server().value())
              + " "
              + tunnel.state().name().toLowerCase(Locale.ROOT)
              + (tunnel.pinned() ? " pinned" : "");
      case RealServer server -> server.state().name().toLowerCase(Locale.ROOT);
      case ClusterConfig config -> config.policy().name();
    };
  }
}
