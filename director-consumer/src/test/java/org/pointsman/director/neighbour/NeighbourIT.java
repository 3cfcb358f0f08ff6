package org.pointsman.director.neighbour;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pointsman.director.dataplane.Handling;
import org.pointsman.director.dataplane.NetworkNamespace;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.dataplane.memory.MemoryDataPlane;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

/** A real kernel asks a real neighbour, by ARP and by neighbour discovery. */
final class NeighbourIT {
  private static final byte[] ESP = GoldenPackets.esp(1).frame().toByteArray();

  private final NetworkNamespace director = new NetworkNamespace();
  private final NetworkNamespace server = new NetworkNamespace();
  private final MemoryDataPlane memory =
      new MemoryDataPlane(
          new PlaneSettings(Side.OUTER, List.of(), OnMiss.DROP, TableLimits.forTunnels(1)),
          GoldenPackets.DIRECTOR);

  @BeforeEach
  void makeNetwork() throws Exception {
    for (NetworkNamespace namespace : List.of(director, server)) {
      Optional<String> impossible = namespace.enter();
      Assumptions.assumeTrue(impossible.isEmpty(), () -> impossible.orElse(""));
    }
    director.command("ip link add n-out type veth peer name n-server");
    director.command("ip link set n-server netns " + server.task());
    server.command("ip link set n-server address 02:00:00:00:05:01");
    director.command("ip addr add 10.9.0.1/24 dev n-out");
    director.command("ip addr add fd00:9::1/64 dev n-out nodad");
    server.command("ip addr add 10.9.0.11/24 dev n-server");
    server.command("ip addr add fd00:9::11/64 dev n-server nodad");
    server.command("ip link set n-server up");
    director.command("ip link set n-out up");
  }

  @AfterEach
  void close() throws Exception {
    director.close();
    server.close();
  }

  /** The last byte of the MAC address to which a packet of server 1 goes, or -1. */
  private int sentTo() {
    byte[] frame = ESP.clone();
    if (memory.handle(frame).handling() != Handling.SEND) {
      return -1;
    }
    assertThat(frame).startsWith(2, 0, 0, 0, 5);
    return frame[5];
  }

  private static ConditionFactory soon() {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.9.0.11", "fd00:9::11"})
  void aServerIsFoundFollowedLostAndFoundAgain(String address) throws Exception {
    ResolvingDataPlane plane =
        director.run(
            () -> new ResolvingDataPlane(memory, new LinuxNeighbourResolver("n-out"), "n-out"));
    try {
      plane.update(GoldenPackets.entries());
      plane.update(
          List.of(new Entry.Server(1, new ServerId("rs-1"), null, IpAddress.parse(address))));
      soon().until(() -> sentTo() == 1);
      assertThat(plane.problem()).isEmpty();
      assertThat(plane.unresolved()).isEmpty();

      server.command("ip link set n-server down");
      server.command("ip link set n-server address 02:00:00:00:05:02");
      server.command("ip link set n-server up");
      if (address.contains(":")) {
        server.command("ip addr replace fd00:9::11/64 dev n-server nodad"); // lost with "down"
      }
      soon().until(() -> sentTo() == 2);

      server.command("ip link set n-server down");
      soon().until(() -> sentTo() == -1);
      assertThat(plane.stats().server(1).unreachable()).isPositive();
      assertThat(plane.unresolved()).containsExactly(1);
      assertThat(plane.problem())
          .hasValueSatisfying(text -> assertThat(text).contains("rs-1", address));

      server.command("ip link set n-server up");
      if (address.contains(":")) {
        server.command("ip addr replace fd00:9::11/64 dev n-server nodad");
      }
      soon().until(() -> sentTo() == 2);
    } finally {
      plane.close();
    }
  }
}
