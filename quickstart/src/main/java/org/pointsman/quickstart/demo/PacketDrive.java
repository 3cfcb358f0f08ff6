package org.pointsman.quickstart.demo;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.dataplane.Handling;
import org.pointsman.director.dataplane.memory.MemoryDataPlane;
import org.pointsman.director.packet.Reason;
import org.pointsman.director.packet.SamplePackets;
import org.pointsman.director.packet.SamplePackets.Sample;
import org.pointsman.director.packet.Verdict;
import org.pointsman.model.Assignment;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.Side;

/**
 * Drives packets of every class through both directors for every tunnel, and looks at the frames
 * that come out: is the destination the Ethernet address of the tunnel's server?
 */
final class PacketDrive {
  private static final IpAddress STRANGER_V4 = IpAddress.parse("192.0.2.250");
  private static final IpAddress STRANGER_V6 = IpAddress.parse("2001:db8:dead::1");
  private static final IpAddress ROUTER_V4 = IpAddress.parse("198.51.100.254");
  private static final IpAddress ROUTER_V6 = IpAddress.parse("2001:db8:ffff::fe");
  private static final IpAddress HOST_V4 = IpAddress.parse("198.51.100.200");
  private static final IpAddress HOST_V6 = IpAddress.parse("2001:db8:ffff::200");
  private static final IpAddress NOWHERE_V4 = IpAddress.parse("192.0.2.251");
  private static final IpAddress NOWHERE_V6 = IpAddress.parse("2001:db8:dead::2");

  private final MemoryDataPlane outer;
  private final MemoryDataPlane inner;
  private final SamplePackets outerSamples =
      new SamplePackets(DemoSettings.OUTER_DIRECTOR_MAC, DemoSettings.ROUTER_MAC);
  private final SamplePackets innerSamples =
      new SamplePackets(DemoSettings.INNER_DIRECTOR_MAC, DemoSettings.ROUTER_MAC);
  private final Map<MacAddress, ServerId> servers = new HashMap<>();
  private final Tally tally = new Tally();
  private volatile int tunnelsDone;

  PacketDrive(MemoryDataPlane outer, MemoryDataPlane inner) {
    this.outer = outer;
    this.inner = inner;
    for (ServerRegister server : DemoSettings.SERVERS) {
      MacAddress mac = server.mac();
      if (mac != null) {
        servers.put(mac, server.server());
      }
    }
  }

  /** What became of the packets. */
  static final class Tally {
    private final Map<Side, Map<String, Long>> perServer = new EnumMap<>(Side.class);
    final Map<Reason, Long> perReason = new EnumMap<>(Reason.class);
    long packets;
    long steered;
    long passed;
    long missed;
    long lost;
    long misdirected;
    @Nullable String firstFault;

    /** The frames that left towards each server. */
    Map<String, Long> perServer(Side side) {
      return perServer.getOrDefault(side, Map.of());
    }

    void add(Tally more) {
      packets += more.packets;
      steered += more.steered;
      passed += more.passed;
      missed += more.missed;
      lost += more.lost;
      misdirected += more.misdirected;
      more.perReason.forEach((reason, count) -> perReason.merge(reason, count, Long::sum));
      more.perServer.forEach(
          (side, counts) -> counts.forEach((server, count) -> sent(side, server, count)));
      if (more.firstFault != null) {
        fault(more.firstFault);
      }
    }

    private void sent(Side side, String server, long count) {
      perServer.computeIfAbsent(side, _ -> new TreeMap<>()).merge(server, count, Long::sum);
    }

    private void fault(String sentence) {
      if (firstFault == null) {
        firstFault = sentence;
      }
    }
  }

  Tally tally() {
    return tally;
  }

  /** How far {@link #drive} is; from any thread. */
  long tunnelsDone() {
    return tunnelsDone;
  }

  /** All packets of all tunnels. */
  void drive(Collection<Assignment> assignments) {
    Agreement.Destinations destinations = new Agreement.Destinations(assignments);
    int done = 0;
    for (Assignment assignment : assignments) {
      tunnelsDone = done++;
      for (IpAddress peer : assignment.outerAddresses()) {
        IpAddress virtual = virtual(peer);
        IpAddress router = peer.isV4() ? ROUTER_V4 : ROUTER_V6;
        steer(Side.OUTER, outerSamples.fromPeer(peer, virtual), assignment);
        steer(Side.OUTER, outerSamples.errorsAboutPeer(router, virtual, peer), assignment);
        leave(Side.OUTER, outerSamples.otherToVirtual(peer, virtual, router));
      }
      for (IpPrefix subnet : assignment.innerSubnets()) {
        IpAddress destination = destinations.in(subnet, assignment.tunnel());
        if (destination != null) {
          IpAddress host = destination.isV4() ? HOST_V4 : HOST_V6;
          steer(Side.INNER, innerSamples.toInner(host, destination), assignment);
        }
      }
    }
    for (IpAddress stranger : List.of(STRANGER_V4, STRANGER_V6)) {
      strangers(Side.OUTER, outerSamples.fromPeer(stranger, virtual(stranger)));
    }
    strangers(Side.INNER, innerSamples.toInner(HOST_V4, NOWHERE_V4));
    strangers(Side.INNER, innerSamples.toInner(HOST_V6, NOWHERE_V6));
  }

  private static IpAddress virtual(IpAddress peer) {
    return DemoSettings.VIRTUAL_ADDRESSES.get(peer.isV4() ? 0 : 1);
  }

  private MemoryDataPlane.Outcome handle(Side side, byte[] frame) {
    MemoryDataPlane.Outcome outcome = (side == Side.OUTER ? outer : inner).handle(frame);
    tally.packets++;
    tally.perReason.merge(outcome.reason(), 1L, Long::sum);
    return outcome;
  }

  /** Packets of a known tunnel: each has to leave towards its server. */
  private void steer(Side side, List<Sample> samples, Assignment assignment) {
    for (Sample sample : samples) {
      byte[] frame = sample.frame().toByteArray();
      MemoryDataPlane.Outcome outcome = handle(side, frame);
      ServerId server = outcome.handling() == Handling.SEND ? servers.get(target(frame)) : null;
      if (server == null) {
        tally.lost++;
        tally.fault(
            "%s, %s of %s: expected %s but it was not sent (%s)"
                .formatted(
                    side,
                    sample.description(),
                    assignment.tunnel(),
                    assignment.server(),
                    outcome.reason()));
      } else if (!server.equals(assignment.server())) {
        tally.misdirected++;
        tally.fault(
            "%s, %s of %s: expected %s but it went to %s"
                .formatted(
                    side, sample.description(), assignment.tunnel(), assignment.server(), server));
      } else {
        tally.steered++;
        tally.sent(side, server.value(), 1);
      }
    }
  }

  /** Packets that are not the tunnel's business: each has to stay with the kernel. */
  private void leave(Side side, List<Sample> samples) {
    for (Sample sample : samples) {
      MemoryDataPlane.Outcome outcome = handle(side, sample.frame().toByteArray());
      if (outcome.handling() == Handling.PASS && outcome.reason() == sample.reason()) {
        tally.passed++;
      } else {
        tally.misdirected++;
        tally.fault(
            "%s, %s: expected it to be passed as %s but it was %s"
                .formatted(side, sample.description(), sample.reason(), outcome.reason()));
      }
    }
  }

  /** Packets of nobody's tunnel: none may be sent anywhere. */
  private void strangers(Side side, List<Sample> samples) {
    for (Sample sample : samples) {
      MemoryDataPlane.Outcome outcome = handle(side, sample.frame().toByteArray());
      if (outcome.handling() == Handling.SEND) {
        tally.misdirected++;
        tally.fault(
            "%s, %s of no tunnel: expected it not to be sent"
                .formatted(side, sample.description()));
      } else if (outcome.reason().verdict() == Verdict.MISS) {
        tally.missed++;
      } else {
        tally.passed++;
      }
    }
  }

  /** The first six bytes of an Ethernet frame. */
  private static MacAddress target(byte[] frame) {
    long bits = 0;
    for (int i = 0; i < 6; i++) {
      bits = (bits << 8) | (frame[i] & 0xff);
    }
    return new MacAddress(bits);
  }
}
