package org.pointsman.director.dataplane.xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
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
import org.pointsman.director.packet.PacketBuilder;
import org.pointsman.director.packet.Reason;
import org.pointsman.director.packet.Verdict;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.Side;

/**
 * The contract on real (virtual) Ethernet links, in a network namespace of its own: the outer
 * program redirects to another interface, the inner one answers on its own (see {@link
 * XdpHost#makeLinks}).
 */
final class XdpDataPlaneIT extends DataPlaneContract {
  private static final byte[] MARK =
      PacketBuilder.ethernet(GoldenPackets.DIRECTOR, GoldenPackets.ROUTER, 0x0806, new byte[46]);

  private final NetworkNamespace namespace = new NetworkNamespace();
  private final Map<Side, XdpDataPlane> planes = new EnumMap<>(Side.class);
  private final Map<Side, VethLink> links = new EnumMap<>(Side.class);

  @BeforeAll
  void makeNetwork() throws Exception {
    XdpHost.assumeUsable();
    XdpHost.makeLinks(namespace);
    namespace.run(
        () -> {
          links.put(Side.OUTER, new VethLink("o-peer", "o-server"));
          links.put(Side.INNER, new VethLink("i-peer", "i-peer"));
          planes.put(Side.OUTER, make(Side.OUTER, "outer@it", "o-in", "o-out", XdpMode.NATIVE));
          planes.put(Side.INNER, make(Side.INNER, "inner@it.x", "i-in", null, XdpMode.AUTO));
          planes.values().forEach(XdpDataPlane::start);
          return null;
        });
  }

  private static XdpDataPlane make(
      Side side, String name, String in, @Nullable String out, XdpMode mode) {
    return new XdpDataPlane(
        new PlaneSettings(
            side, GoldenPackets.LOCAL, OnMiss.defaultFor(side), TableLimits.forTunnels(1)),
        new XdpSettings(name, in, out, null, mode, XdpHost.PINS));
  }

  @AfterAll
  void close() throws Exception {
    planes.values().forEach(XdpDataPlane::close);
    for (VethLink link : links.values()) {
      assertThat(link.received()).as("nothing came that was not asked for").isEmpty();
      link.close();
    }
    for (String name : List.of("outer@it", "inner@it.x", "x")) {
      List<Path> _ = XdpDataPlane.detach(XdpHost.PINS, name);
    }
    Files.deleteIfExists(XdpHost.PINS);
    namespace.close();
  }

  private static ConditionFactory soon() {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(60))
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
    DataPlaneStats before = plane.stats();
    long marked = before.packets(Reason.NOT_IP) + (isMark(frame) ? 2 : 1);
    link.send(frame);
    link.send(MARK);
    soon().until(() -> plane.stats().packets(Reason.NOT_IP) >= marked);
    if (sent(plane.stats()) == sent(before)) {
      return Optional.empty();
    }
    return Optional.of(next(link));
  }

  private static byte[] next(VethLink link) {
    try {
      return Objects.requireNonNull(link.received().poll(60, TimeUnit.SECONDS));
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  private static long sent(DataPlaneStats stats) {
    return stats.packets(Verdict.STEER) - stats.unreachable();
  }

  private static boolean isMark(byte[] frame) {
    return GoldenPackets.all().stream()
        .anyMatch(
            golden ->
                golden.reason() == Reason.NOT_IP
                    && Arrays.equals(golden.frame().toByteArray(), frame));
  }

  // ---- what only this plane does -------------------------------------------------------------

  @Test
  void everythingIsPinnedWhereItSays() {
    Path folder = XdpHost.PINS.resolve("outer@it");
    assertThat(folder.resolve("link")).exists();
    assertThat(folder.resolve("program")).exists();
    assertThat(folder.resolve("maps").resolve("outer_v4")).exists();
    assertThat(XdpHost.PINS.resolve("inner@it~x").resolve("link")).exists();
  }

  /** The life of an attachment on an interface of its own. */
  @Test
  void theKernelSteersOnUntilItIsDetached() throws Exception {
    addPair("k");
    VethLink link = namespace.run(() -> new VethLink("k-peer", "k-peer"));
    try {
      XdpDataPlane first = startAnew("k", XdpMode.GENERIC);
      link.send(GoldenPackets.esp(1).frame().toByteArray());
      assertThat(next(link)).isEqualTo(GoldenPackets.esp(1).redirected());
      first.close();
      link.send(GoldenPackets.esp(1).frame().toByteArray());
      assertThat(next(link)).as("after its end").isEqualTo(GoldenPackets.esp(1).redirected());

      XdpDataPlane second = startAnew("k", XdpMode.AUTO);
      link.send(GoldenPackets.esp(1).frame().toByteArray());
      assertThat(next(link))
          .as("by the one that took its place")
          .isEqualTo(GoldenPackets.esp(1).redirected());
      assertThat(second.stats().packets(Reason.ESP)).isEqualTo(1);
      assertThat(second.problem()).isEmpty();

      assertThat(XdpDataPlane.detach(XdpHost.PINS, "x")).isNotEmpty();
      assertThat(XdpHost.PINS.resolve("x")).doesNotExist();
      assertThat(XdpDataPlane.detach(XdpHost.PINS, "x")).isEmpty();
      soon().until(() -> second.problem().isPresent());
      assertThat(second.problem().orElseThrow()).contains("detached from interface k-in");
      second.close();
      assertThat(namespace.run(() -> Libbpf.require().attachedMode(Libc.interfaceIndex("k-in"))))
          .isZero();
    } finally {
      link.close();
      namespace.command("ip link del k-peer");
    }
  }

  @Test
  void theModeIsTheOneAskedFor() throws Exception {
    addPair("m");
    try {
      for (XdpMode mode : new XdpMode[] {XdpMode.NATIVE, XdpMode.GENERIC, XdpMode.NATIVE}) {
        startAnew("m", mode).close();
        int attached =
            namespace.run(() -> Libbpf.require().attachedMode(Libc.interfaceIndex("m-in")));
        assertThat(attached).isEqualTo(mode.attached);
      }
    } finally {
      List<Path> _ = XdpDataPlane.detach(XdpHost.PINS, "x");
      namespace.command("ip link del m-peer");
    }
  }

  @Test
  void anInterfaceThatGoesAwayIsToldAndSteeredAgainWhenItIsBack() throws Exception {
    addPair("g");
    XdpDataPlane plane = startAnew("g", XdpMode.AUTO);
    try {
      namespace.command("ip link del g-peer");
      soon().until(() -> plane.problem().isPresent());
      assertThat(plane.problem().orElseThrow()).isEqualTo("interface g-in is gone");
      addPair("g");
      soon().until(() -> plane.problem().isEmpty());
      VethLink link = namespace.run(() -> new VethLink("g-peer", "g-peer"));
      link.send(GoldenPackets.esp(1).frame().toByteArray());
      assertThat(next(link)).isEqualTo(GoldenPackets.esp(1).redirected());
      link.close();
    } finally {
      plane.close();
      List<Path> _ = XdpDataPlane.detach(XdpHost.PINS, "x");
      namespace.command("ip link del g-peer");
    }
  }

  @Test
  void anInterfaceWithAnothersProgramIsLeftAlone() throws Exception {
    addPair("b"); // passAll has put one on the peer's end
    try {
      assertThatThrownBy(
              () ->
                  namespace.run(
                      () -> {
                        XdpDataPlane plane = make(Side.OUTER, "x", "b-peer", null, XdpMode.AUTO);
                        plane.start();
                        return plane;
                      }))
          .isInstanceOf(XdpPlaneException.class)
          .hasMessageContaining("expected interface b-peer to take the XDP program")
          .hasMessageContaining("another XDP program is on it");
    } finally {
      List<Path> _ = XdpDataPlane.detach(XdpHost.PINS, "x");
      namespace.command("ip link del b-peer");
    }
  }

  @Test
  void whatIsMissingIsToldByName() {
    assertThatThrownBy(
            () -> namespace.run(() -> make(Side.OUTER, "x", "nowhere", null, XdpMode.AUTO)))
        .isInstanceOf(XdpPlaneException.class)
        .hasMessage("expected an interface but there is no nowhere here; check its name");
    assertThatThrownBy(() -> BpfFileSystem.require(Path.of("target", "pins").toAbsolutePath()))
        .isInstanceOf(XdpPlaneException.class)
        .hasMessageContaining("is none; choose one below /sys/fs/bpf");
  }

  private void addPair(String name) throws Exception {
    namespace.command(
        "ip link add %s-peer type veth peer name %s-in address 02:00:00:00:00:01"
            .formatted(name, name));
    namespace.command("ip link set " + name + "-peer up");
    namespace.command("ip link set " + name + "-in up");
    namespace.run(
        () -> {
          XdpHost.passAll(name + "-peer");
          return null;
        });
  }

  private XdpDataPlane startAnew(String name, XdpMode mode) throws Exception {
    return namespace.run(
        () -> {
          XdpDataPlane plane = make(Side.OUTER, "x", name + "-in", null, mode);
          assertThat(plane.update(GoldenPackets.entries())).isEmpty();
          plane.start();
          return plane;
        });
  }
}
