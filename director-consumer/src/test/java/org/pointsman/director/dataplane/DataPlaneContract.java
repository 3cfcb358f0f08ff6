package org.pointsman.director.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.pointsman.director.dataplane.DataPlaneStats.MissedAddress;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.packet.GoldenPackets.Golden;
import org.pointsman.director.packet.Reason;
import org.pointsman.director.packet.Verdict;
import org.pointsman.director.table.Entry;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

/** What every data plane does. A subclass says how a frame gets to its plane and back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class DataPlaneContract {
  /**
   * The plane of a side, made with {@link GoldenPackets#DIRECTOR}, {@link GoldenPackets#LOCAL} and
   * room for a few hundred entries, and started. The same one for all tests.
   */
  protected abstract DataPlane plane(Side side);

  /** Hands a frame to the plane, and gives back what it sends, if it sends it. */
  protected abstract Optional<byte[]> through(Side side, byte[] frame);

  /** False for a frame that cannot be put on this plane's wire. */
  protected boolean canCarry(byte[] frame) {
    return true;
  }

  /**
   * The server that gets a packet of the table on this plane, or 0. Another one than the contract
   * says only where its documentation says so, row by row.
   */
  protected int serverHere(Golden golden) {
    return golden.server();
  }

  @BeforeEach
  void beginWithTheGoldenTable() {
    for (Side side : Side.values()) {
      plane(side).update(GoldenPackets.entries());
      plane(side).prune(GoldenPackets.entries());
    }
  }

  private static byte[] golden(Side side, Reason reason, int server) {
    return GoldenPackets.all().stream()
        .filter(g -> g.side() == side && g.reason() == reason && g.server() == server)
        .findFirst()
        .orElseThrow()
        .frame()
        .toByteArray();
  }

  @TestFactory
  Stream<DynamicTest> goldenPackets() {
    return GoldenPackets.all().stream()
        .filter(golden -> canCarry(golden.frame().toByteArray()))
        .map(golden -> DynamicTest.dynamicTest(golden.toString(), () -> check(golden)));
  }

  private void check(Golden golden) {
    beginWithTheGoldenTable();
    Optional<byte[]> out = through(golden.side(), golden.frame().toByteArray());
    int server = serverHere(golden);
    if (server == 0) {
      assertThat(out).isEmpty();
    } else {
      Golden here =
          new Golden(golden.side(), golden.description(), golden.frame(), golden.reason(), server);
      assertThat(out).hasValueSatisfying(frame -> assertThat(frame).isEqualTo(here.redirected()));
    }
  }

  @Test
  void sayingTheSameTwiceChangesNothing() {
    plane(Side.OUTER).update(GoldenPackets.entries());
    plane(Side.OUTER).update(GoldenPackets.entries());
    assertThat(through(Side.OUTER, golden(Side.OUTER, Reason.ESP, 2))).isPresent();
    List<Entry.Key> keys = GoldenPackets.entries().stream().map(Entry::key).toList();
    plane(Side.OUTER).delete(keys);
    plane(Side.OUTER).delete(keys);
    assertThat(through(Side.OUTER, golden(Side.OUTER, Reason.ESP, 2))).isEmpty();
  }

  @Test
  void anUpdateReplacesWhatStoodUnderItsKey() {
    IpAddress peer = IpAddress.parse("192.0.2.7");
    assertThat(plane(Side.OUTER).lookup(peer)).isEqualTo(1);
    plane(Side.OUTER).update(List.of(new Entry.Outer(peer, 2)));
    assertThat(plane(Side.OUTER).lookup(peer)).isEqualTo(2);
    Optional<byte[]> out = through(Side.OUTER, golden(Side.OUTER, Reason.ESP, 1));
    assertThat(out.orElseThrow()).startsWith(2, 0, 0, 0, 1, 2);
  }

  @Test
  void oneUpdateMovesAllOfAServersTraffic() {
    MacAddress moved = MacAddress.parse("02:00:00:00:01:77");
    plane(Side.INNER).update(List.of(new Entry.Server(2, new ServerId("rs-2"), moved)));
    Optional<byte[]> out = through(Side.INNER, golden(Side.INNER, Reason.INNER_DESTINATION, 2));
    assertThat(out.orElseThrow()).startsWith(2, 0, 0, 0, 1, 0x77);
  }

  @Test
  void aServerWithoutMacIsUnreachableAndNothingGoesAstray() {
    DataPlane plane = plane(Side.OUTER);
    plane.update(List.of(new Entry.Server(1, new ServerId("rs-1"), null)));
    long before = plane.stats().unreachable();
    assertThat(through(Side.OUTER, golden(Side.OUTER, Reason.ESP, 1))).isEmpty();
    assertThat(plane.unresolved()).containsExactly(1);
    assertThat(plane.stats().unreachable()).isEqualTo(before + 1);
    assertThat(plane.stats().server(1).unreachable()).isPositive();
  }

  @Test
  void pruningRemovesWhatIsNotWantedAndKeepsTheRest() {
    DataPlane plane = plane(Side.INNER);
    IpPrefix unwanted = IpPrefix.parse("10.1.2.0/24");
    plane.update(List.of(new Entry.Inner(unwanted, 2)));
    assertThat(plane.lookup(IpAddress.parse("10.1.2.99"))).isEqualTo(2);
    plane.prune(GoldenPackets.entries());
    assertThat(plane.lookup(IpAddress.parse("10.1.2.99"))).isEqualTo(1);
    assertThat(plane.lookup(IpAddress.parse("10.1.2.17"))).isEqualTo(2);

    plane.prune(List.of());
    assertThat(plane.lookup(IpAddress.parse("10.1.2.17"))).isZero();
    assertThat(plane.stats().servers()).isEmpty();
  }

  @Test
  void aVirtualAddressThatIsGoneIsTheKernels() {
    plane(Side.OUTER).delete(List.of(new Entry.Key.Virtual(GoldenPackets.VIP4)));
    assertThat(through(Side.OUTER, golden(Side.OUTER, Reason.ESP, 1))).isEmpty();
  }

  @Test
  void countsByServerAndReasonAndSamplesMisses() {
    DataPlane plane = plane(Side.OUTER);
    DataPlaneStats before = plane.stats();
    byte[] esp = golden(Side.OUTER, Reason.ESP, 2);
    int length = esp.length;
    for (int i = 0; i < 3; i++) {
      through(Side.OUTER, esp.clone());
      through(Side.OUTER, golden(Side.OUTER, Reason.UNKNOWN_PEER, 0));
    }
    DataPlaneStats after = plane.stats();
    assertThat(after.server(2).packets() - before.server(2).packets()).isEqualTo(3);
    assertThat(after.server(2).bytes() - before.server(2).bytes()).isEqualTo(3L * length);
    assertThat(after.packets(Verdict.MISS) - before.packets(Verdict.MISS)).isEqualTo(3);
    Map<IpAddress, Long> missed =
        after.missedAddresses().stream()
            .collect(Collectors.toMap(MissedAddress::address, MissedAddress::packets));
    assertThat(missed.get(IpAddress.parse("192.0.2.8"))).isGreaterThanOrEqualTo(3);
  }

  @Test
  void refusesWhatItHasNoRoomForAndKeepsTheRest() {
    DataPlane plane = plane(Side.OUTER);
    List<Entry> many =
        IntStream.range(0, 5000)
            .<Entry>mapToObj(i -> new Entry.Outer(IpAddress.v6(0x2001_0db8_000f_0000L, i), 1))
            .toList();
    List<DataPlane.Refusal> refused = plane.update(many);
    assumeThat(refused).as("a plane with bounds").isNotEmpty();
    assertThat(refused).hasSizeLessThan(5000);
    assertThat(refused.getFirst().reason()).contains("--max-tunnels");
    long held = many.stream().filter(e -> plane.lookup(((Entry.Outer) e).address()) == 1).count();
    assertThat(held + refused.size()).isEqualTo(5000);
    assertThat(plane.lookup(IpAddress.parse("198.51.100.9"))).isEqualTo(2);
  }
}
