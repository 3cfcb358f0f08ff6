package org.pointsman.director.dataplane.xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.pointsman.director.dataplane.DataPlaneStats.MissedAddress;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.packet.AddressSet;
import org.pointsman.director.packet.Classification;
import org.pointsman.director.packet.Frames;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.packet.GoldenPackets.Golden;
import org.pointsman.director.packet.PacketClassifier;
import org.pointsman.director.packet.PacketContext;
import org.pointsman.director.packet.Reason;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;

/**
 * The program in the kernel against the classifier in Java, packet by packet, on the same bytes of
 * one table: the same verdict, reason, server and frame.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class XdpProgramIT {
  private static final long SEED = 20_261_124;
  private static final int RANDOM_PACKETS = 120_000;

  private final Map<Side, Bench> benches = new EnumMap<>(Side.class);

  /** A side's program with its table, and the classifier on the same memory. */
  private static final class Bench implements AutoCloseable {
    final PlaneSettings settings;
    final XdpProgram program;
    final SteeringTable table;
    final SteeringTable own;
    final PacketClassifier classifier;
    final PacketContext context;
    final XdpTestRun run;
    final Classification out = new Classification();
    Map<Reason, Long> counted = Map.of();

    Bench(Side side, OnMiss onMiss) {
      settings = new PlaneSettings(side, GoldenPackets.LOCAL, onMiss, TableLimits.forTunnels(1));
      program = XdpProgram.load(settings, GoldenPackets.DIRECTOR, GoldenPackets.DIRECTOR);
      table = new SteeringTable(settings.limits(), program.tableMemory(), System::nanoTime);
      own = new SteeringTable(XdpProgram.OWN_ADDRESSES, program.ownMemory(), System::nanoTime);
      for (Entry entry : GoldenPackets.entries()) {
        switch (entry) {
          case Entry.Outer outer -> table.putOuter(outer.address(), outer.server());
          case Entry.Inner inner -> table.putInner(inner.prefix(), inner.server());
          case Entry.Server server ->
              table.setServerMac(server.index(), Objects.requireNonNull(server.mac()).bits());
          case Entry.Virtual _ -> {}
        }
      }
      List<IpAddress> mine = side == Side.OUTER ? GoldenPackets.VIPS : GoldenPackets.LOCAL;
      mine.forEach(address -> own.putOuter(address, 1));
      classifier = new PacketClassifier(table);
      context =
          new PacketContext(
              side,
              GoldenPackets.DIRECTOR,
              AddressSet.of(GoldenPackets.VIPS),
              AddressSet.of(GoldenPackets.LOCAL));
      run = new XdpTestRun(program);
    }

    /** Compares what the two make of a frame; the reason, if they are of one mind. */
    Reason compare(String what, byte[] frame) {
      classifier.classify(frame, 0, frame.length, context, out);
      long steeredBefore = out.server() == 0 ? 0 : program.server(out.server()).packets();
      int result = run.run(frame);
      Reason reason = counted(what);
      assertThat(reason).as(what).isEqualTo(out.reason());
      byte[] expected = frame.clone();
      int expectedResult =
          switch (out.verdict()) {
            case STEER -> {
              Frames.redirect(
                  expected, 0, table.serverMac(out.server()), GoldenPackets.DIRECTOR.bits());
              assertThat(program.server(out.server()).packets())
                  .as(what)
                  .isEqualTo(steeredBefore + 1);
              yield XdpTestRun.SEND;
            }
            case PASS -> XdpTestRun.PASS;
            case MISS -> settings.onMiss() == OnMiss.DROP ? XdpTestRun.DROP : XdpTestRun.PASS;
          };
      assertThat(result).as(what).isEqualTo(expectedResult);
      assertThat(run.out()).as(what).isEqualTo(expected);
      return reason;
    }

    private Reason counted(String what) {
      Map<Reason, Long> now = program.packetsByReason();
      List<Reason> changed = new ArrayList<>();
      now.forEach(
          (reason, count) -> {
            if (!count.equals(counted.getOrDefault(reason, 0L))) {
              changed.add(reason);
            }
          });
      counted = now;
      assertThat(changed).as(what).hasSize(1);
      return changed.getFirst();
    }

    @Override
    public void close() {
      run.close();
      table.close();
      own.close();
      program.close();
    }
  }

  @BeforeAll
  void load() {
    XdpHost.assumeUsable();
    for (Side side : Side.values()) {
      benches.put(side, new Bench(side, OnMiss.defaultFor(side)));
    }
  }

  @AfterAll
  void close() {
    benches.values().forEach(Bench::close);
  }

  private Bench bench(Side side) {
    return Objects.requireNonNull(benches.get(side));
  }

  @TestFactory
  Stream<DynamicTest> goldenPackets() {
    return GoldenPackets.all().stream()
        .filter(golden -> golden.frame().toByteArray().length >= XdpTestRun.SHORTEST_FRAME)
        .map(golden -> DynamicTest.dynamicTest(golden.toString(), () -> check(golden)));
  }

  private void check(Golden golden) {
    byte[] frame = golden.frame().toByteArray();
    Bench bench = bench(golden.side());
    assertThat(bench.compare(golden.toString(), frame)).isEqualTo(golden.reason());
    if (golden.server() != 0) {
      assertThat(bench.run.out()).isEqualTo(golden.redirected());
    }
  }

  /** Every golden packet cut at every length: the verifier's bounds and the packet's own. */
  @Test
  void everyPacketCutAtEveryLength() {
    for (Golden golden : GoldenPackets.all()) {
      byte[] frame = golden.frame().toByteArray();
      int most = Math.min(frame.length, 160);
      for (int length = XdpTestRun.SHORTEST_FRAME; length < most; length++) {
        byte[] cut = java.util.Arrays.copyOf(frame, length);
        bench(golden.side()).compare(golden + " cut to " + length, cut);
      }
    }
  }

  @Test
  void anyBytesChanged() {
    Random random = new Random(SEED);
    List<Golden> golden =
        GoldenPackets.all().stream()
            .filter(g -> g.frame().toByteArray().length >= XdpTestRun.SHORTEST_FRAME)
            .toList();
    Map<Reason, Integer> met = new EnumMap<>(Reason.class);
    for (int i = 0; i < RANDOM_PACKETS; i++) {
      Golden origin = golden.get(random.nextInt(golden.size()));
      byte[] frame = origin.frame().toByteArray();
      mutate(frame, random);
      String what = "seed %d, packet %d, from %s".formatted(SEED, i, origin);
      met.merge(bench(origin.side()).compare(what, frame), 1, Integer::sum);
    }
    assertThat(met).as("kinds of packets among them").hasSizeGreaterThan(18);
  }

  private static void mutate(byte[] frame, Random random) {
    int changes = random.nextInt(6);
    for (int i = 0; i < changes; i++) {
      // Mostly headers; mostly behind the Ethernet addresses, which end most of it at once.
      int from = random.nextInt(8) == 0 ? 0 : 12;
      int to = Math.min(frame.length, random.nextInt(4) == 0 ? frame.length : 96);
      if (to <= from) {
        continue;
      }
      int at = from + random.nextInt(to - from);
      frame[at] =
          (byte)
              switch (random.nextInt(4)) {
                case 0 -> random.nextInt(256);
                case 1 -> frame[at] ^ 1 << random.nextInt(8);
                case 2 -> frame[at] + 1;
                default ->
                    new int[] {0, 0xff, 17, 43, 44, 50, 51, 58, 60, 0x45}[random.nextInt(10)];
              };
    }
  }

  @Test
  void anyBytesAtAll() {
    Random random = new Random(SEED + 1);
    for (int i = 0; i < 10_000; i++) {
      byte[] frame = new byte[XdpTestRun.SHORTEST_FRAME + random.nextInt(200)];
      random.nextBytes(frame);
      Golden origin = GoldenPackets.all().get(0);
      System.arraycopy(origin.frame().toByteArray(), 0, frame, 0, 12);
      frame[12] = (byte) (random.nextBoolean() ? 0x08 : 0x86);
      frame[13] = (byte) (frame[12] == 0x08 ? 0x00 : 0xdd);
      Side side = random.nextBoolean() ? Side.OUTER : Side.INNER;
      bench(side).compare("seed %d, packet %d".formatted(SEED + 1, i), frame);
    }
  }

  /** Lookups in a table with many entries: both families, both sides, prefixes of every length. */
  @Test
  void aFullTableIsReadAsJavaReadsIt() {
    Random random = new Random(SEED + 2);
    PlaneSettings settings =
        new PlaneSettings(Side.INNER, List.of(), OnMiss.PASS, TableLimits.forTunnels(20_000));
    for (Side side : Side.values()) {
      PlaneSettings ofSide = new PlaneSettings(side, List.of(), OnMiss.PASS, settings.limits());
      try (XdpProgram program =
              XdpProgram.load(ofSide, GoldenPackets.DIRECTOR, GoldenPackets.DIRECTOR);
          SteeringTable table =
              new SteeringTable(ofSide.limits(), program.tableMemory(), System::nanoTime);
          SteeringTable own =
              new SteeringTable(XdpProgram.OWN_ADDRESSES, program.ownMemory(), System::nanoTime);
          XdpTestRun run = new XdpTestRun(program)) {
        GoldenPackets.VIPS.forEach(
            address -> {
              if (side == Side.OUTER) {
                own.putOuter(address, 1);
              }
            });
        for (int server = 1; server <= 200; server++) {
          table.setServerMac(server, 0x0200_0000_0000L + server);
        }
        List<IpAddress> asked = new ArrayList<>();
        if (side == Side.INNER) {
          compareSubnetsInOrder(table, run, random);
        }
        for (int i = 0; i < 20_000; i++) {
          IpAddress v4 = IpAddress.v4(random.nextInt());
          IpAddress v6 = IpAddress.v6(0x2001_0db8_0000_0000L + random.nextInt(), random.nextLong());
          int server = 1 + random.nextInt(200);
          if (side == Side.OUTER) {
            table.putOuter(v4, server);
            table.putOuter(v6, server);
          } else {
            int length = 12 + random.nextInt(21);
            if (i % 3 == 0) { // some blocks with many subnets, all as long as the others there
              v4 = IpAddress.v4(0xc612_0000 + random.nextInt(1 << 15));
              length = 25 + ((int) v4.low() >>> 8 & 3);
            }
            table.putInner(new IpPrefix(masked(v4, length), length), server);
            int length6 = 1 + random.nextInt(128);
            table.putInner(new IpPrefix(masked(v6, length6), length6), server);
          }
          asked.add(i % 4 == 0 ? IpAddress.v4(random.nextInt()) : v4);
          asked.add(IpAddress.v4((int) v4.low() ^ 1 << random.nextInt(8)));
          asked.add(v6);
        }
        compare(side, table, run, asked);
      }
    }
  }

  /** Two /24s of three with four subnets each, nothing around them: such spans have no cells. */
  private static void compareSubnetsInOrder(SteeringTable table, XdpTestRun run, Random random) {
    List<IpAddress> asked = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      int block = 0xc6_1400 + i / 4 * 3 / 2;
      IpAddress v4 = IpAddress.v4(block << 8 | i % 4 << 4);
      table.putInner(new IpPrefix(v4, 28), 1 + random.nextInt(200));
      asked.add(v4);
      asked.add(IpAddress.v4((int) v4.low() ^ 0x100 << random.nextInt(5)));
    }
    compare(Side.INNER, table, run, asked);
  }

  private static void compare(
      Side side, SteeringTable table, XdpTestRun run, List<IpAddress> asked) {
    for (IpAddress address : asked) {
      int expected = side == Side.OUTER ? table.outer(address) : table.inner(address);
      byte[] frame = frame(side, address);
      PacketContext context =
          PacketContext.of(side, GoldenPackets.DIRECTOR, GoldenPackets.VIPS, List.of());
      Classification out = new Classification();
      new PacketClassifier(table).classify(frame, 0, frame.length, context, out);
      int result = run.run(frame);
      assertThat(out.server()).isIn(0, expected);
      assertThat(result)
          .as("%s %s %s", side, address, out.reason())
          .isEqualTo(out.server() == 0 ? XdpTestRun.PASS : XdpTestRun.SEND);
      if (out.server() != 0) {
        assertThat(Byte.toUnsignedInt(run.out()[5])).isEqualTo(out.server());
      }
    }
  }

  private static IpAddress masked(IpAddress address, int length) {
    if (address.isV4()) {
      return IpAddress.v4((int) address.low() & (length == 0 ? 0 : -1 << (32 - length)));
    }
    long high = length == 0 ? 0 : -1L << (64 - Math.min(length, 64));
    long low = length <= 64 ? 0 : -1L << (128 - length);
    return IpAddress.v6(address.high() & high, address.low() & low);
  }

  private static byte[] frame(Side side, IpAddress address) {
    IpAddress virtual = address.isV4() ? GoldenPackets.VIP4 : GoldenPackets.VIP6;
    org.pointsman.director.packet.SamplePackets samples =
        new org.pointsman.director.packet.SamplePackets(
            GoldenPackets.DIRECTOR, GoldenPackets.ROUTER);
    return (side == Side.OUTER
            ? samples.fromPeer(address, virtual)
            : samples.toInner(virtual, address))
        .getFirst()
        .frame()
        .toByteArray();
  }

  /** A few of them stand in the header, too, where the program looks first. */
  @Test
  void virtualAddressesComeAndGo() {
    Random random = new Random(SEED + 3);
    byte[] frame = GoldenPackets.esp(2).frame().toByteArray();
    List<IpAddress> asked = new ArrayList<>(List.of(IpAddress.v4(0)));
    for (int i = 0; i < 9; i++) {
      asked.add(IpAddress.v4(0xc633_6400 + i));
    }
    Set<IpAddress> virtual = new TreeSet<>(GoldenPackets.VIPS);
    try (Bench bench = new Bench(Side.OUTER, OnMiss.PASS)) {
      for (int i = 0; i < 500; i++) {
        IpAddress changed = asked.get(random.nextInt(asked.size()));
        if (virtual.remove(changed)) {
          bench.own.removeOuter(changed);
        } else {
          virtual.add(changed);
          bench.own.putOuter(changed, 1);
        }
        for (IpAddress destination : asked) {
          for (int at = 0; at < 4; at++) {
            frame[30 + at] = (byte) (destination.low() >>> (24 - 8 * at));
          }
          assertThat(bench.run.run(frame))
              .as("%s when virtual are %s", destination, virtual)
              .isEqualTo(virtual.contains(destination) ? XdpTestRun.SEND : XdpTestRun.PASS);
        }
      }
    }
  }

  @Test
  void aServerWithoutAddressIsCountedAndItsPacketsDropped() {
    try (Bench bench = new Bench(Side.OUTER, OnMiss.PASS)) {
      Golden esp = GoldenPackets.esp(2);
      bench.table.setServerMac(2, 0);
      assertThat(bench.run.run(esp.frame().toByteArray())).isEqualTo(XdpTestRun.DROP);
      assertThat(bench.run.out()).isEqualTo(esp.frame().toByteArray());
      assertThat(bench.program.server(2).unreachable()).isEqualTo(1);
      assertThat(bench.program.server(2).packets()).isZero();
    }
  }

  @Test
  void missesAreSampledByAddress() {
    Set<IpAddress> expected = new TreeSet<>();
    try (Bench bench = new Bench(Side.OUTER, OnMiss.DROP)) {
      for (Golden golden : GoldenPackets.all()) {
        if (golden.reason() == Reason.UNKNOWN_PEER) {
          byte[] frame = golden.frame().toByteArray();
          bench.classifier.classify(frame, 0, frame.length, bench.context, bench.out);
          expected.add(bench.out.key());
          assertThat(bench.run.run(frame)).isEqualTo(XdpTestRun.DROP);
        }
      }
      assertThat(expected).contains(IpAddress.parse("192.0.2.8"));
      assertThat(bench.program.missed())
          .extracting(MissedAddress::address)
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void otherInterfacesAreRedirectedTo() {
    try (Bench bench = new Bench(Side.OUTER, OnMiss.DROP)) {
      bench.program.setOutInterface(1);
      Golden golden =
          GoldenPackets.all().stream().filter(g -> g.server() == 1).findFirst().orElseThrow();
      assertThat(bench.run.run(golden.frame().toByteArray())).isEqualTo(XdpTestRun.REDIRECT);
      assertThat(bench.run.out()).isEqualTo(golden.redirected());
    }
  }

  @Test
  void whatTheVerifierSaysIsTold() throws Exception {
    // The same program, asked to trust a packet's length: its bytes are searched for the check.
    byte[] elf = XdpHost.programThatReadsBehindItsPacket();
    PlaneSettings settings =
        new PlaneSettings(Side.OUTER, List.of(), OnMiss.DROP, TableLimits.forTunnels(1));
    MacAddress mac = GoldenPackets.DIRECTOR;
    assertThatThrownBy(() -> XdpProgram.load(elf, "steer", settings, mac, mac, _ -> {}))
        .isInstanceOf(XdpPlaneException.class)
        .hasMessageContaining("what its verifier says")
        .hasMessageContaining("invalid access to packet");
    byte[] noElf = "nonsense".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> XdpProgram.load(noElf, "steer", settings, mac, mac, _ -> {}))
        .isInstanceOf(XdpPlaneException.class)
        .hasMessageContaining("expected an object with BPF programs");
  }
}
