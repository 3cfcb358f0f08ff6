package org.pointsman.director.dataplane.nftables;

import static org.assertj.core.api.Assertions.assertThat;

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
 * The contract through the kernel, in a network namespace of its own. The outer director has two
 * interfaces, the inner one answers on the one it reads.
 *
 * <pre>
 *   outer: test — o-peer ⇄ o-in — nftables — o-out ⇄ o-server — test
 *   inner: test — i-peer ⇄ i-in — nftables
 * </pre>
 */
final class NftablesDataPlaneIT extends DataPlaneContract {
  private static final byte[] MARK =
      PacketBuilder.ethernet(GoldenPackets.DIRECTOR, GoldenPackets.ROUTER, 0x0806, new byte[46]);

  private final NetworkNamespace namespace = new NetworkNamespace();
  private final Map<Side, NftablesDataPlane> planes = new EnumMap<>(Side.class);
  private final Map<Side, VethLink> links = new EnumMap<>(Side.class);

  @BeforeAll
  void makeNetwork() throws Exception {
    Optional<String> impossible = namespace.enter();
    Assumptions.assumeTrue(impossible.isEmpty(), () -> impossible.orElse(""));
    VethLink.makePairs(namespace);
    namespace.run(
        () -> {
          links.put(Side.OUTER, new VethLink("o-peer", "o-server"));
          links.put(Side.INNER, new VethLink("i-peer", "i-peer"));
          planes.put(
              Side.OUTER,
              make(Side.OUTER, new NftablesSettings("outer@it", "o-in", "o-out", null)));
          planes.put(
              Side.INNER, make(Side.INNER, new NftablesSettings("inner@it", "i-in", null, null)));
          planes.values().forEach(NftablesDataPlane::start);
          return null;
        });
  }

  private static NftablesDataPlane make(Side side, NftablesSettings settings) {
    return new NftablesDataPlane(
        new PlaneSettings(
            side, GoldenPackets.LOCAL, OnMiss.defaultFor(side), TableLimits.forTunnels(1)),
        settings);
  }

  @AfterAll
  void close() throws Exception {
    planes.values().forEach(NftablesDataPlane::close);
    for (VethLink link : links.values()) {
      assertThat(link.received()).as("nothing came that was not asked for").isEmpty();
      link.close();
    }
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

  @Override
  protected int serverHere(Golden golden) {
    return NftablesDifference.of(golden).map(NftablesDifference::server).orElse(golden.server());
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
    try {
      return Optional.of(Objects.requireNonNull(link.received().poll(60, TimeUnit.SECONDS)));
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
}
