package org.pointsman.director.packet;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.pointsman.director.packet.GoldenPackets.Golden;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.Side;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PacketClassifierTest {
  private final SteeringTable table = new SteeringTable(TableLimits.forTunnels(1));
  private final PacketClassifier classifier = new PacketClassifier(table);
  private final Classification out = new Classification();

  static void fill(SteeringTable table) {
    for (Entry entry : GoldenPackets.entries()) {
      switch (entry) {
        case Entry.Outer outer -> table.putOuter(outer.address(), outer.server());
        case Entry.Inner inner -> table.putInner(inner.prefix(), inner.server());
        case Entry.Server _, Entry.Virtual _ -> {}
      }
    }
  }

  static PacketContext context(Side side) {
    return PacketContext.of(side, GoldenPackets.DIRECTOR, GoldenPackets.VIPS, GoldenPackets.LOCAL);
  }

  @BeforeAll
  void fill() {
    fill(table);
  }

  @AfterAll
  void close() {
    table.close();
  }

  @TestFactory
  Stream<DynamicTest> goldenPackets() {
    return GoldenPackets.all().stream()
        .map(
            golden ->
                DynamicTest.dynamicTest(
                    golden.toString(),
                    () -> {
                      byte[] frame = golden.frame().toByteArray();
                      classifier.classify(frame, 0, frame.length, context(golden.side()), out);
                      assertThat(out.reason()).isEqualTo(golden.reason());
                      assertThat(out.server()).isEqualTo(golden.server());
                      assertThat(golden.frame().toByteArray()).as("untouched").isEqualTo(frame);
                    }));
  }

  @Test
  void theTableOfPacketsIsLargeAndCoversEveryReason() {
    List<Golden> all = GoldenPackets.all();
    assertThat(all).hasSizeGreaterThan(700);
    assertThat(all.stream().map(g -> g.side() + hex(g.frame().toByteArray())))
        .as("packets that are there twice")
        .doesNotHaveDuplicates();
    assertThat(all.stream().map(Golden::toString)).doesNotHaveDuplicates();
    Set<Reason> covered = all.stream().map(Golden::reason).collect(Collectors.toSet());
    assertThat(EnumSet.complementOf(EnumSet.copyOf(covered))).containsExactly(Reason.CUT_SHORT);
  }

  private static String hex(byte[] frame) {
    return HexFormat.of().formatHex(frame);
  }

  @Test
  void theTableOfPacketsAgreesWithTheOracle() {
    PacketOracle oracle = new PacketOracle();
    for (Golden golden : GoldenPackets.all()) {
      assertThat(oracle.judge(golden.side(), golden.frame().toByteArray()))
          .as(golden.toString())
          .isEqualTo(new PacketOracle.Judgement(golden.reason(), golden.server()));
    }
  }

  @Test
  void aFrameAnywhereInAnArrayOrOutsideTheHeapIsReadTheSame() {
    for (Golden golden : GoldenPackets.all()) {
      byte[] frame = golden.frame().toByteArray();
      byte[] within = new byte[frame.length + 40];
      System.arraycopy(frame, 0, within, 17, frame.length);
      classifier.classify(within, 17, frame.length, context(golden.side()), out);
      assertThat(out.reason()).as(golden.toString()).isEqualTo(golden.reason());
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment segment = arena.allocate(within.length);
        MemorySegment.copy(MemorySegment.ofArray(within), 0, segment, 0, within.length);
        byte[] copy = new byte[2048];
        classifier.classify(segment, 17, frame.length, copy, context(golden.side()), out);
        assertThat(out.reason()).as(golden.toString()).isEqualTo(golden.reason());
        assertThat(copy).startsWith(frame);
      }
    }
  }

  @Test
  void aPacketWithoutEthernetHeaderIsReadTheSame() {
    PacketContext context = PacketContext.of(Side.OUTER, null, GoldenPackets.VIPS, List.of());
    for (Golden golden : GoldenPackets.all()) {
      if (golden.side() == Side.OUTER && golden.server() != 0) {
        byte[] frame = golden.frame().toByteArray();
        int at = 14;
        while (frame[at - 2] == (byte) 0x81 || frame[at - 2] == (byte) 0x88) {
          at += 4;
        }
        int length = frame.length - at;
        classifier.classifyIp(frame, at, length, length, context, out);
        assertThat(out.reason()).as(golden.toString()).isEqualTo(golden.reason());
        assertThat(out.server()).as(golden.toString()).isEqualTo(golden.server());
      }
    }
  }

  @Test
  void aCaptureThatKeptTheHeadersIsEnough() {
    byte[] frame =
        new SamplePackets(GoldenPackets.DIRECTOR, GoldenPackets.ROUTER)
            .fromPeer(IpAddress.parse("192.0.2.7"), GoldenPackets.VIP4)
            .getFirst()
            .frame()
            .toByteArray();
    classifier.classifyFrame(frame, 0, 42, frame.length, context(Side.OUTER), out);
    assertThat(out.reason()).isEqualTo(Reason.IKE);
    classifier.classifyFrame(frame, 0, 41, frame.length, context(Side.OUTER), out);
    assertThat(out.reason()).isEqualTo(Reason.CUT_SHORT);
    assertThat(out.verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void anyDestinationAddressWillDoWhereTheDirectorsIsNotKnown() {
    PacketContext any = PacketContext.of(Side.OUTER, null, GoldenPackets.VIPS, List.of());
    int toOthers = 0;
    for (Golden golden : GoldenPackets.all()) {
      if (golden.side() == Side.OUTER) {
        byte[] frame = golden.frame().toByteArray();
        classifier.classify(frame, 0, frame.length, any, out);
        boolean other = golden.reason() == Reason.NOT_ADDRESSED;
        assertThat(out.reason()).isEqualTo(other ? Reason.ESP : golden.reason());
        toOthers += other ? 1 : 0;
      }
    }
    assertThat(toOthers).isPositive();
  }

  @Test
  void theKeyTellsWhatWasLookedUp() {
    for (Golden golden : GoldenPackets.all()) {
      byte[] frame = golden.frame().toByteArray();
      classifier.classify(frame, 0, frame.length, context(golden.side()), out);
      if (out.verdict() != Verdict.PASS) {
        assertThat(out.hasKey()).isTrue();
        int server = golden.side() == Side.OUTER ? table.outer(out.key()) : table.inner(out.key());
        assertThat(server).as(golden.toString()).isEqualTo(golden.server());
      }
    }
  }

  @Test
  void classifyingAllocatesNothing() {
    List<Golden> all = GoldenPackets.all();
    byte[][] frames = all.stream().map(g -> g.frame().toByteArray()).toArray(byte[][]::new);
    PacketContext[] contexts =
        all.stream().map(g -> context(g.side())).toArray(PacketContext[]::new);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = Long.MAX_VALUE;
    for (int round = 0; round < 3; round++) { // the first ones also warm up
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 200_000; i++) {
        int n = i % frames.length;
        classifier.classify(frames[n], 0, frames[n].length, contexts[n], out);
        if (out.server() != 0) {
          table.countSteered(out.server(), frames[n].length);
        }
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }
    assertThat(allocated).as("bytes for 200,000 packets").isLessThan(20_000);
  }

  @Test
  void redirectingChangesTheEthernetAddressesAlone() {
    Golden golden =
        GoldenPackets.all().stream().filter(g -> g.server() == 2).findFirst().orElseThrow();
    byte[] frame = golden.frame().toByteArray();
    Frames.redirect(frame, 0, 0x0200_0000_0102L, GoldenPackets.DIRECTOR.bits());
    assertThat(frame).isEqualTo(golden.redirected());
    byte[] elsewhere = golden.frame().toByteArray();
    Frames.redirect(elsewhere, 0, 0x0200_0000_0102L, 0);
    assertThat(elsewhere).as("the address it was sent to").isEqualTo(golden.redirected());
  }
}
