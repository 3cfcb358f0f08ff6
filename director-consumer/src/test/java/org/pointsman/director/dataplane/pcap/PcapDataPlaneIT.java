package org.pointsman.director.dataplane.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pointsman.director.dataplane.DataPlane;
import org.pointsman.director.dataplane.DataPlaneContract;
import org.pointsman.director.dataplane.DataPlaneStats;
import org.pointsman.director.dataplane.NetworkNamespace;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.dataplane.VethLink;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.packet.GoldenPackets.Golden;
import org.pointsman.director.packet.PacketBuilder;
import org.pointsman.director.packet.Reason;
import org.pointsman.director.packet.Verdict;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.Side;

/**
 * The pcap plane between real (virtual) Ethernet links, in a network namespace of its own. The
 * outer director has two interfaces, the inner one answers on the one it reads.
 *
 * <pre>
 *   outer: test — o-peer ⇄ o-in — director — o-out ⇄ o-server — test
 *   inner: test — i-peer ⇄ i-in — director
 * </pre>
 */
final class PcapDataPlaneIT extends DataPlaneContract {
  private static final byte[] MARK =
      PacketBuilder.ethernet(GoldenPackets.DIRECTOR, GoldenPackets.ROUTER, 0x0806, new byte[46]);

  private final NetworkNamespace namespace = new NetworkNamespace();
  private final Map<Side, PcapDataPlane> planes = new EnumMap<>(Side.class);
  private final Map<Side, VethLink> links = new EnumMap<>(Side.class);

  @BeforeAll
  void makeNetwork() throws Exception {
    try {
      Libpcap.require();
    } catch (PcapPlaneException missing) {
      Assumptions.abort(missing.getMessage());
    }
    Optional<String> impossible = namespace.enter();
    Assumptions.assumeTrue(impossible.isEmpty(), () -> impossible.orElse(""));
    VethLink.makePairs(namespace);
    namespace.run(
        () -> {
          links.put(Side.OUTER, new VethLink("o-peer", "o-server"));
          links.put(Side.INNER, new VethLink("i-peer", "i-peer"));
          planes.put(Side.OUTER, make(Side.OUTER, new PcapSettings("o-in", "o-out", null)));
          planes.put(Side.INNER, make(Side.INNER, new PcapSettings("i-in", null, null)));
          planes.values().forEach(PcapDataPlane::start);
          return null;
        });
  }

  private static PcapDataPlane make(Side side, PcapSettings settings) {
    return new PcapDataPlane(
        new PlaneSettings(
            side, GoldenPackets.LOCAL, OnMiss.defaultFor(side), TableLimits.forTunnels(1)),
        settings);
  }

  @AfterAll
  void close() throws Exception {
    planes.values().forEach(PcapDataPlane::close);
    for (VethLink link : links.values()) {
      assertThat(link.received()).as("nothing came that was not asked for").isEmpty();
      link.close();
    }
    namespace.close();
  }

  @Test
  void anInterfaceThatGoesAwayIsToldAndSteeredAgainWhenItIsBack() throws Exception {
    addPair();
    PcapDataPlane plane =
        namespace.run(
            () -> {
              PcapDataPlane made = make(Side.OUTER, new PcapSettings("x-in", null, null));
              made.update(GoldenPackets.entries());
              made.start();
              return made;
            });
    try {
      assertThat(plane.problem()).isEmpty();
      namespace.command("ip link del x-in");
      soon().until(() -> plane.problem().isPresent());
      assertThat(plane.problem().orElseThrow()).contains("x-in");
      addPair();
      soon().until(() -> plane.problem().isEmpty());
      VethLink link = namespace.run(() -> new VethLink("x-peer", "x-peer"));
      Golden esp =
          GoldenPackets.all().stream()
              .filter(golden -> golden.reason() == Reason.ESP)
              .findFirst()
              .orElseThrow();
      link.send(esp.frame().toByteArray());
      assertThat(link.received().poll(20, TimeUnit.SECONDS)).isEqualTo(esp.redirected());
      link.close();
    } finally {
      plane.close();
      namespace.command("ip link del x-in");
    }
  }

  @Test
  void aDryRunCountsAndSendsNothing() throws Exception {
    addPair();
    PcapDataPlane plane =
        namespace.run(() -> make(Side.OUTER, new PcapSettings("x-in", null, null, true)));
    VethLink link = namespace.run(() -> new VethLink("x-peer", "x-peer"));
    try {
      plane.update(GoldenPackets.entries());
      plane.start();
      for (Golden golden : GoldenPackets.all()) {
        if (golden.side() == Side.OUTER && golden.server() == 2) {
          link.send(golden.frame().toByteArray());
        }
      }
      link.send(MARK);
      soon().until(() -> plane.stats().packets(Reason.NOT_IP) > 0);
      assertThat(plane.stats().server(2).packets()).isGreaterThan(20);
      assertThat(link.received()).isEmpty();
    } finally {
      link.close();
      plane.close();
      namespace.command("ip link del x-in");
    }
  }

  private void addPair() throws Exception {
    namespace.command("ip link add x-peer type veth peer name x-in address 02:00:00:00:00:01");
    namespace.command("ip link set x-peer up");
    namespace.command("ip link set x-in up");
  }

  @Test
  void anInterfaceThatIsNotThereIsToldByName() {
    assertThatThrownBy(
            () -> namespace.run(() -> make(Side.OUTER, new PcapSettings("nowhere", null, null))))
        .isInstanceOf(PcapPlaneException.class)
        .hasMessageContaining("there is no nowhere here");
    assertThatThrownBy(
            () ->
                namespace.run(
                    () ->
                        make(
                            Side.OUTER, new PcapSettings("nowhere", null, GoldenPackets.DIRECTOR))))
        .isInstanceOf(PcapPlaneException.class)
        .hasMessageContaining("expected to open interface nowhere");
  }

  private static ConditionFactory soon() {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1));
  }

  @Override
  protected DataPlane plane(Side side) {
    return Objects.requireNonNull(planes.get(side));
  }

  @Override
  protected boolean canCarry(byte[] frame) {
    return frame.length >= 14;
  }

  /**
   * Each frame is followed by one that the plane counts and passes: when that is counted, the plane
   * is done with the first, and its counters say whether it sent it.
   */
  @Override
  protected Optional<byte[]> through(Side side, byte[] frame) {
    VethLink link = Objects.requireNonNull(links.get(side));
    DataPlane plane = plane(side);
    assertThat(link.received()).as("nothing came that was not asked for").isEmpty();
    long steered = sent(plane);
    long marked = plane.stats().packets(Reason.NOT_IP);
    boolean countsAsMark = isMark(frame);
    try {
      link.send(frame);
      link.send(MARK);
      soon().until(() -> plane.stats().packets(Reason.NOT_IP) >= marked + (countsAsMark ? 2 : 1));
      if (sent(plane) == steered) {
        return Optional.empty();
      }
      return Optional.of(Objects.requireNonNull(link.received().poll(20, TimeUnit.SECONDS)));
    } catch (InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static long sent(DataPlane plane) {
    DataPlaneStats stats = plane.stats();
    return stats.packets(Verdict.STEER) - stats.unreachable();
  }

  private static boolean isMark(byte[] frame) {
    return GoldenPackets.all().stream()
        .anyMatch(
            golden ->
                golden.reason() == Reason.NOT_IP
                    && Arrays.equals(golden.frame().toByteArray(), frame));
  }
}
