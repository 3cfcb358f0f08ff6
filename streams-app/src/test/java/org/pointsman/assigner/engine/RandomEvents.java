package org.pointsman.assigner.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.Policy;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerActivate;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerDrain;
import org.pointsman.model.ServerFlush;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.ServerRemove;
import org.pointsman.model.ServerUp;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;

/**
 * Events out of a world so small that they meet: few servers with tight limits, few addresses that
 * many tunnels share, few subnets that they fight for.
 */
final class RandomEvents {
  static final int SERVERS = 5;
  static final int TUNNELS = 24;
  static final int ADDRESSES = 20;
  static final int SUBNETS = 40;
  private static final List<Policy> POLICIES = List.copyOf(EnumSet.allOf(Policy.class));
  private static final long[] TRAFFIC = {0, 0, 1, 10, 100, Long.MAX_VALUE};

  private final SplittableRandom random;

  RandomEvents(SplittableRandom random) {
    this.random = random;
  }

  static ServerId serverId(int number) {
    return new ServerId("rs-" + number);
  }

  static IpAddress address(int number) {
    return number % 2 == 0
        ? IpAddress.v4(0xc0000200 | number)
        : IpAddress.v6(0x2001_0db8_0000_0000L, number);
  }

  static IpPrefix subnet(int number) {
    return IpPrefix.containing(IpAddress.v4(0x0a000000 | (number << 8)), number % 2 == 0 ? 24 : 26);
  }

  Event next(ClusterView view) {
    int dice = random.nextInt(100);
    if (dice < 30) {
      return announce();
    } else if (dice < 72) {
      return tunnelEvent(view, dice);
    } else if (dice < 95) {
      return serverEvent(dice);
    } else {
      return dice < 98 ? configure() : new ClusterRebalance(1 + random.nextInt(6), chance(2));
    }
  }

  private Event tunnelEvent(ClusterView view, int dice) {
    TunnelId tunnel = tunnel();
    if (dice < 50) {
      return new TunnelUp(tunnel, mostlyItsServer(view, tunnel));
    } else if (dice < 60) {
      return new TunnelDown(tunnel, chance(2) ? null : mostlyItsServer(view, tunnel));
    } else if (dice < 65) {
      return new TunnelWithdraw(tunnel);
    }
    return dice < 69 ? new TunnelPin(tunnel, server()) : new TunnelUnpin(mostlyPinned(view));
  }

  private Event serverEvent(int dice) {
    if (dice < 78) {
      return register();
    } else if (dice < 80) {
      return new ServerDown(server());
    } else if (dice < 86) {
      return new ServerUp(server());
    } else if (dice < 87) {
      return new ServerDrain(server(), chance(2) ? null : Duration.ofMinutes(random.nextInt(60)));
    } else if (dice < 88) {
      return new ServerFlush(server());
    }
    return dice < 94 ? new ServerActivate(server()) : new ServerRemove(server(), chance(2));
  }

  private TunnelAnnounce announce() {
    List<IpAddress> addresses = new ArrayList<>();
    do {
      addresses.add(address(random.nextInt(ADDRESSES)));
    } while (chance(4));
    List<IpPrefix> subnets = new ArrayList<>();
    do {
      subnets.add(subnet(random.nextInt(SUBNETS)));
    } while (chance(4));
    return new TunnelAnnounce(
        tunnel(), addresses, subnets, TRAFFIC[random.nextInt(TRAFFIC.length)]);
  }

  private ServerRegister register() {
    return new ServerRegister(
        server(),
        address(random.nextInt(ADDRESSES)),
        null,
        1 + random.nextInt(4),
        chance(2) ? null : (Integer) (1 + random.nextInt(8)),
        chance(2) ? null : (Long) (1 + random.nextLong(250)));
  }

  private ClusterConfigure configure() {
    return new ClusterConfigure(
        chance(2) ? POLICIES.get(random.nextInt(POLICIES.size())) : null,
        null,
        chance(4) ? Duration.ofMinutes(random.nextInt(10)) : null,
        chance(4) ? Duration.ofMinutes(random.nextInt(60)) : null,
        chance(4) ? Duration.ofMinutes(random.nextInt(60)) : null);
  }

  private ServerId mostlyItsServer(ClusterView view, TunnelId tunnel) {
    var known = view.assignment(tunnel);
    @Nullable ServerId assigned = known == null ? null : known.server();
    return assigned == null || chance(8) ? server() : assigned;
  }

  private TunnelId mostlyPinned(ClusterView view) {
    return view.assignments().stream()
        .filter(assignment -> assignment.pinned() && !chance(4))
        .map(Assignment::tunnel)
        .findFirst()
        .orElseGet(this::tunnel);
  }

  private TunnelId tunnel() {
    return new TunnelId("t" + random.nextInt(TUNNELS));
  }

  private ServerId server() {
    return serverId(random.nextInt(SERVERS));
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  static boolean takesTunnels(@Nullable RealServer server) {
    return server != null && server.alive() && !server.draining();
  }
}
