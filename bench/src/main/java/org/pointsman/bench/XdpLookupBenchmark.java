package org.pointsman.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.pointsman.director.dataplane.DataPlane.Refusal;
import org.pointsman.director.dataplane.TableWriter;
import org.pointsman.director.dataplane.xdp.BenchHost;
import org.pointsman.director.dataplane.xdp.BenchProgram;
import org.pointsman.director.dataplane.xdp.BenchProgram.Lookups;
import org.pointsman.director.dataplane.xdp.Pattern;
import org.pointsman.director.dataplane.xdp.XdpTestRun;
import org.pointsman.director.packet.PacketBuilder;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.InnerV4Batch;
import org.pointsman.director.table.OuterV4Batch;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A packet's way through the XDP program, its lookup in the shared table against the kernel's own
 * maps, and how long each takes to fill.
 *
 * <p>The same program three times, run by BPF_PROG_TEST_RUN: with its own lookups, with the
 * kernel's hash (outer side) or longest-prefix trie (inner side), and with none, which is what the
 * rest costs. An empty program shows what the test run itself takes: the kernel reads the clock
 * around every call. The three take turns. Whoever else uses the machine takes of its caches, by
 * which the table lives and the kernel's maps hardly: so the fastest rounds are compared as well.
 * Every packet is another tunnel's, drawn at random; its address is reckoned and not read, so that
 * drawing it costs a nanosecond or two and no cache. Filling starts on both sides from what the
 * calls take (a batch here, arrays there), after some fills that warm the compiler up; "by entries"
 * is the whole way from a director's entries, a million objects in memory. Needs root.
 */
@Command(name = "xdp-lookup", sortOptions = false)
public final class XdpLookupBenchmark implements Callable<Integer> {
  private static final int WARM_UPS = 8;
  private static final int SERVERS = 64;

  @Option(names = "--tunnels", defaultValue = "1048576")
  int tunnels;

  @Option(
      names = "--rounds",
      description = "Of which the median is shown, and what the fastest ones give.",
      defaultValue = "15")
  int rounds;

  @Option(names = "--repeats", defaultValue = "500000")
  int repeats;

  @Option(names = "--calls", defaultValue = "50000")
  int calls;

  @Option(names = "--fills", description = "Of which the median is shown.", defaultValue = "5")
  int fills;

  /** What one side's tunnels are. */
  private static final class Load {
    private final String name;
    private final Side side;
    private final Pattern pattern;
    private final int[] addresses;
    private final int[] servers;

    Load(String name, Side side, Pattern pattern, int tunnels) {
      this.name = name;
      this.side = side;
      this.pattern = pattern;
      this.addresses = IntStream.range(0, tunnels).map(pattern::address).toArray();
      this.servers = new Random(3).ints(tunnels, 1, SERVERS + 1).toArray();
    }
  }

  /** Nanoseconds a packet, a median each. */
  private record Times(double inOneCall, double inOneEach) {}

  /** There are no virtual addresses here. */
  private static final TableWriter.Beside NOTHING_BESIDE =
      new TableWriter.Beside() {
        @Override
        public void addVirtual(IpAddress address) {}

        @Override
        public void removeVirtual(IpAddress address) {}
      };

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new XdpLookupBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() {
    System.out.printf(
        "%,d tunnels, medians of %d rounds, and how the fastest rounds compare; nanoseconds a packet, all of its way through the program%n%n",
        tunnels, rounds);
    System.out.printf(
        "%-40s %10s %10s %10s %9s %9s %13s %14s%n",
        "", "no lookup", "table", "kernel's", "times", "fastest", "without call", "lookups alone");
    List<Load> loads =
        List.of(
            new Load("outer, addresses at random", Side.OUTER, Pattern.OUTER_RANDOM, tunnels),
            new Load("inner, /28 after /28", Side.INNER, Pattern.INNER_BLOCK, tunnels),
            new Load(
                "inner, each /28 in another /24", Side.INNER, Pattern.INNER_SCATTERED, tunnels));
    Times empty = empty();
    for (Load load : loads) {
      packets(load, empty);
    }
    System.out.printf(
        "An empty program takes %.1f in one call and %.1f a call each.%n",
        empty.inOneCall, empty.inOneEach);
    System.out.printf(
        "%n%-40s %10s %10s %10s %9s %9s %10s %9s %9s%n",
        "filling, ms of processor time",
        "table",
        "by entries",
        "batches",
        "times",
        "fastest",
        "singly",
        "times",
        "fastest");
    for (Load load : loads) {
      fill(load);
    }
    return 0;
  }

  // ---- packets -------------------------------------------------------------------------------

  private static byte[] frame(Side side) {
    IpAddress other = IpAddress.parse("198.51.100.1");
    byte[] packet =
        side == Side.OUTER
            ? PacketBuilder.ip(other, BenchProgram.VIP, PacketBuilder.ESP, new byte[40])
            : PacketBuilder.ip(BenchProgram.VIP, other, PacketBuilder.UDP, new byte[40]);
    return PacketBuilder.ethernet(
        BenchProgram.DIRECTOR, MacAddress.parse("02:00:00:00:00:fe"), packet);
  }

  private Times empty() {
    double[] inOneCall = new double[rounds];
    double[] inOneEach = new double[rounds];
    try (BenchProgram program = BenchProgram.nothing();
        XdpTestRun run = program.testRun()) {
      run.put(frame(Side.OUTER));
      for (int round = 0; round < rounds; round++) {
        inOneCall[round] = run.time(repeats);
        inOneEach[round] = inOneEach(run);
      }
    }
    return new Times(median(inOneCall), median(inOneEach));
  }

  private double inOneEach(XdpTestRun run) {
    long sum = 0;
    for (int i = 0; i < calls; i++) {
      sum += run.time(1);
    }
    return (double) sum / calls;
  }

  private void packets(Load load, Times empty) {
    Map<Lookups, BenchProgram> programs = new EnumMap<>(Lookups.class);
    Map<Lookups, double[]> inOneCall = new EnumMap<>(Lookups.class);
    Map<Lookups, double[]> inOneEach = new EnumMap<>(Lookups.class);
    for (Lookups lookups : Lookups.values()) {
      BenchProgram program = BenchProgram.load(lookups, load.pattern, tunnels);
      programs.put(lookups, program);
      for (int server = 1; server <= SERVERS; server++) {
        program.table().setServerMac(server, 0x0200_0000_0100L + server);
      }
      switch (lookups) {
        case TABLE -> fillTable(load, program.table());
        case KERNEL -> {
          long _ = program.fillKernelMap(load.addresses, Pattern.PREFIX_LENGTH, load.servers, true);
        }
        case NONE -> {}
      }
      inOneCall.put(lookups, new double[rounds]);
      inOneEach.put(lookups, new double[rounds]);
    }
    for (int round = 0; round < rounds; round++) {
      for (Lookups lookups : Lookups.values()) {
        BenchProgram program = Objects.requireNonNull(programs.get(lookups));
        try (XdpTestRun run = program.testRun()) {
          byte[] frame = frame(load.side);
          if (run.run(frame) != XdpTestRun.SEND) {
            throw new IllegalStateException("the program does not steer");
          }
          run.put(frame);
          Objects.requireNonNull(inOneCall.get(lookups))[round] = run.time(repeats);
          Objects.requireNonNull(inOneEach.get(lookups))[round] = inOneEach(run);
        }
      }
    }
    programs.values().forEach(BenchProgram::close);
    row(load.name + ", one call", inOneCall, empty.inOneCall);
    row(load.name + ", a call each", inOneEach, empty.inOneEach);
  }

  private static void row(String name, Map<Lookups, double[]> measured, double empty) {
    double[] tables = Objects.requireNonNull(measured.get(Lookups.TABLE));
    double[] kernels = Objects.requireNonNull(measured.get(Lookups.KERNEL));
    double none = median(Objects.requireNonNull(measured.get(Lookups.NONE)));
    double table = median(tables);
    double kernel = median(kernels);
    System.out.printf(
        "%-40s %10.1f %10.1f %10.1f %9.1f %9.1f %13.1f %14.1f%n",
        name,
        none,
        table,
        kernel,
        kernel / table,
        fastest(kernels) / fastest(tables),
        (kernel - empty) / Math.max(0.1, table - empty),
        (kernel - none) / Math.max(0.1, table - none));
  }

  private static double fastest(double[] values) {
    return Arrays.stream(values).min().orElseThrow();
  }

  // ---- filling -------------------------------------------------------------------------------

  /** A way to fill a table. */
  private interface Filling {
    /** Fills an empty table; nanoseconds of processor time. */
    long fill(Load load, SteeringTable table);
  }

  private void fill(Load load) {
    double[] table = fill(load, XdpLookupBenchmark::putBatch);
    double[] byEntries = fill(load, XdpLookupBenchmark::fillTable);
    double[] batches = fillKernelMap(load, true);
    double[] singly = fillKernelMap(load, false);
    System.out.printf(
        "%-40s %10.0f %10.0f %10.0f %9.1f %9.1f %10.0f %9.1f %9.1f%n",
        load.name,
        median(table),
        median(byEntries),
        median(batches),
        median(batches) / median(table),
        fastest(batches) / fastest(table),
        median(singly),
        median(singly) / median(table),
        fastest(singly) / fastest(table));
  }

  /** Milliseconds, by round. */
  private double[] fill(Load load, Filling filling) {
    for (int i = 0; i < WARM_UPS; i++) { // the compiler's part is not the table's
      try (SteeringTable table = new SteeringTable(TableLimits.forTunnels(tunnels))) {
        long _ = filling.fill(load, table);
      }
    }
    double[] millis = new double[fills];
    for (int round = 0; round < fills; round++) {
      try (BenchProgram program = BenchProgram.load(Lookups.TABLE, load.pattern, tunnels)) {
        millis[round] = filling.fill(load, program.table()) / 1e6;
      }
    }
    return millis;
  }

  private double[] fillKernelMap(Load load, boolean batched) {
    double[] millis = new double[fills];
    for (int round = 0; round < fills; round++) {
      try (BenchProgram program = BenchProgram.load(Lookups.KERNEL, load.pattern, tunnels)) {
        millis[round] =
            program.fillKernelMap(load.addresses, Pattern.PREFIX_LENGTH, load.servers, batched)
                / 1e6;
      }
    }
    return millis;
  }

  private static long putBatch(Load load, SteeringTable table) {
    OuterV4Batch addresses = new OuterV4Batch(load.addresses.length);
    InnerV4Batch prefixes = new InnerV4Batch(load.addresses.length);
    for (int i = 0; i < load.addresses.length; i++) {
      if (load.side == Side.OUTER) {
        addresses.add(load.addresses[i], load.servers[i]);
      } else {
        prefixes.add(load.addresses[i], Pattern.PREFIX_LENGTH, load.servers[i]);
      }
    }
    long start = BenchHost.processorNanos();
    int refused = table.putOuter(addresses).size() + table.putInner(prefixes).size();
    long nanos = BenchHost.processorNanos() - start;
    requireRoom(refused);
    return nanos;
  }

  /** By the way that a director's entries take, without making the entries. */
  private static long fillTable(Load load, SteeringTable table) {
    List<Entry> entries = new ArrayList<>(load.addresses.length);
    for (int i = 0; i < load.addresses.length; i++) {
      IpAddress address = IpAddress.v4(load.addresses[i]);
      entries.add(
          load.side == Side.OUTER
              ? new Entry.Outer(address, load.servers[i])
              : new Entry.Inner(new IpPrefix(address, Pattern.PREFIX_LENGTH), load.servers[i]));
    }
    TableWriter writer = new TableWriter(load.side, table, NOTHING_BESIDE);
    long start = BenchHost.processorNanos();
    List<Refusal> refused = writer.update(entries);
    long nanos = BenchHost.processorNanos() - start;
    requireRoom(refused.size());
    return nanos;
  }

  private static void requireRoom(int refused) {
    if (refused > 0) {
      throw new IllegalStateException("no room for " + refused);
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
