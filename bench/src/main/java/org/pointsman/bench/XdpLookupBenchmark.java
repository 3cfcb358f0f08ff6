package org.pointsman.bench;

import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import org.pointsman.director.dataplane.xdp.BenchProgram;
import org.pointsman.director.dataplane.xdp.BenchProgram.Lookups;
import org.pointsman.director.dataplane.xdp.XdpTestRun;
import org.pointsman.director.packet.PacketBuilder;
import org.pointsman.director.table.SteeringTable;
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
 * rest costs. Every packet has another address, drawn at random from those of the tunnels. Needs
 * root.
 */
@Command(name = "xdp-lookup", sortOptions = false)
public final class XdpLookupBenchmark implements Callable<Integer> {
  private static final int ADDRESSES = 1 << 20;
  private static final int PREFIX_LENGTH = 28;
  private static final int SERVERS = 64;

  @Option(names = "--tunnels", defaultValue = "1048576")
  int tunnels;

  @Option(names = "--rounds", description = "Of which the median is shown.", defaultValue = "5")
  int rounds;

  @Option(names = "--repeats", defaultValue = "3000000")
  int repeats;

  @Option(names = "--calls", defaultValue = "300000")
  int calls;

  /** What one side's tunnels are. */
  private static final class Load {
    private final String name;
    private final Side side;
    private final int[] addresses;
    private final int[] servers;
    private final int[] asked;

    Load(String name, Side side, int[] addresses, int[] servers, int[] asked) {
      this.name = name;
      this.side = side;
      this.addresses = addresses;
      this.servers = servers;
      this.asked = asked;
    }
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new XdpLookupBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() {
    System.out.printf(
        "%,d tunnels, medians of %d rounds; nanoseconds a packet, all of its way through the program%n%n",
        tunnels, rounds);
    System.out.printf(
        "%-40s %10s %10s %10s %9s %14s%n",
        "", "no lookup", "table", "kernel's", "times", "lookups alone");
    List<Load> loads = List.of(outer(), innerBlock(), innerScattered());
    for (Load load : loads) {
      packets(load);
    }
    System.out.printf(
        "%n%-40s %10s %10s %10s %9s %9s%n",
        "filling, ms", "table", "batches", "singly", "times", "times");
    for (Load load : loads) {
      fill(load);
    }
    return 0;
  }

  // ---- loads ---------------------------------------------------------------------------------

  private Load outer() {
    int[] addresses = distinct(new Random(1), 0);
    return load("outer, addresses at random", Side.OUTER, addresses, 0);
  }

  /** As an operator numbers tunnels: one after the other, 1,048,576 in 10.0.0.0/8. */
  private Load innerBlock() {
    int[] addresses = new int[tunnels];
    for (int i = 0; i < tunnels; i++) {
      addresses[i] = 0x0a00_0000 + (i << (32 - PREFIX_LENGTH));
    }
    return load("inner, /28 after /28", Side.INNER, addresses, 15);
  }

  /** The worst there is: every /28 in a /24 of its own. */
  private Load innerScattered() {
    int[] blocks = distinct(new Random(2), 8);
    return load("inner, each /28 in another /24", Side.INNER, blocks, 15);
  }

  private static Load load(String name, Side side, int[] addresses, int hostMask) {
    Random random = new Random(3);
    int[] servers = random.ints(addresses.length, 1, SERVERS + 1).toArray();
    int[] asked = new int[ADDRESSES];
    for (int i = 0; i < asked.length; i++) {
      asked[i] = addresses[random.nextInt(addresses.length)] + random.nextInt(hostMask + 1);
    }
    return new Load(name, side, addresses, servers, asked);
  }

  /** Unicast addresses, all different, with the last bits zero. */
  private int[] distinct(Random random, int zeroBits) {
    int[] all = new int[tunnels];
    BitSet seen = new BitSet();
    for (int n = 0; n < tunnels; ) {
      int address = (0x0b00_0000 + random.nextInt(0x6000_0000)) >>> zeroBits << zeroBits;
      if (!seen.get(address >>> zeroBits)) {
        seen.set(address >>> zeroBits);
        all[n++] = address;
      }
    }
    return all;
  }

  private static byte[] frame(Side side) {
    IpAddress other = IpAddress.parse("198.51.100.1");
    byte[] packet =
        side == Side.OUTER
            ? PacketBuilder.ip(other, BenchProgram.VIP, PacketBuilder.ESP, new byte[40])
            : PacketBuilder.ip(BenchProgram.VIP, other, PacketBuilder.UDP, new byte[40]);
    return PacketBuilder.ethernet(
        BenchProgram.DIRECTOR, MacAddress.parse("02:00:00:00:00:fe"), packet);
  }

  // ---- packets -------------------------------------------------------------------------------

  private void packets(Load load) {
    Map<Lookups, BenchProgram> programs = new EnumMap<>(Lookups.class);
    Map<Lookups, double[]> inOneCall = new EnumMap<>(Lookups.class);
    Map<Lookups, double[]> inOneEach = new EnumMap<>(Lookups.class);
    for (Lookups lookups : Lookups.values()) {
      BenchProgram program =
          BenchProgram.load("steer_next", lookups, load.side, tunnels, load.asked);
      programs.put(lookups, program);
      for (int server = 1; server <= SERVERS; server++) {
        program.table().setServerMac(server, 0x0200_0000_0100L + server);
      }
      switch (lookups) {
        case TABLE -> fillTable(load, program.table());
        case KERNEL -> {
          long _ = program.fillKernelMap(load.addresses, PREFIX_LENGTH, load.servers, true);
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
          long sum = 0;
          for (int i = 0; i < calls; i++) {
            sum += run.time(1);
          }
          Objects.requireNonNull(inOneEach.get(lookups))[round] = (double) sum / calls;
        }
      }
    }
    programs.values().forEach(BenchProgram::close);
    row(load.name + ", one call", inOneCall);
    row(load.name + ", a call each", inOneEach);
  }

  private static void row(String name, Map<Lookups, double[]> measured) {
    double none = median(Objects.requireNonNull(measured.get(Lookups.NONE)));
    double table = median(Objects.requireNonNull(measured.get(Lookups.TABLE)));
    double kernel = median(Objects.requireNonNull(measured.get(Lookups.KERNEL)));
    System.out.printf(
        "%-40s %10.1f %10.1f %10.1f %9.1f %14.1f%n",
        name, none, table, kernel, kernel / table, (kernel - none) / Math.max(0.1, table - none));
  }

  // ---- filling -------------------------------------------------------------------------------

  private void fill(Load load) {
    double[] table = new double[rounds];
    double[] batches = new double[rounds];
    double[] singly = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      try (BenchProgram program =
          BenchProgram.load("steer_next", Lookups.TABLE, load.side, tunnels, load.asked)) {
        table[round] = fillTable(load, program.table()) / 1e6;
      }
      for (boolean batched : new boolean[] {true, false}) {
        try (BenchProgram program =
            BenchProgram.load("steer_next", Lookups.KERNEL, load.side, tunnels, load.asked)) {
          (batched ? batches : singly)[round] =
              program.fillKernelMap(load.addresses, PREFIX_LENGTH, load.servers, batched) / 1e6;
        }
      }
    }
    System.out.printf(
        "%-40s %10.0f %10.0f %10.0f %9.1f %9.1f%n",
        load.name,
        median(table),
        median(batches),
        median(singly),
        median(batches) / median(table),
        median(singly) / median(table));
  }

  /** Nanoseconds, without making the objects that the table takes. */
  private static long fillTable(Load load, SteeringTable table) {
    IpPrefix[] prefixes = new IpPrefix[load.addresses.length];
    for (int i = 0; i < prefixes.length; i++) {
      int length = load.side == Side.OUTER ? 32 : PREFIX_LENGTH;
      prefixes[i] = new IpPrefix(IpAddress.v4(load.addresses[i]), length);
    }
    int[] servers = load.servers;
    long start = System.nanoTime();
    if (load.side == Side.OUTER) {
      for (int i = 0; i < prefixes.length; i++) {
        table.putOuter(prefixes[i].address(), servers[i]);
      }
    } else {
      for (int i = 0; i < prefixes.length; i++) {
        table.putInner(prefixes[i], servers[i]);
      }
    }
    return System.nanoTime() - start;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
