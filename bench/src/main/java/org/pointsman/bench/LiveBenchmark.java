package org.pointsman.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.pointsman.director.dataplane.DataPlane;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.dataplane.nftables.NftablesDataPlane;
import org.pointsman.director.dataplane.nftables.NftablesSettings;
import org.pointsman.director.dataplane.pcap.PcapDataPlane;
import org.pointsman.director.dataplane.pcap.PcapSettings;
import org.pointsman.director.dataplane.xdp.BenchHost;
import org.pointsman.director.dataplane.xdp.BenchProgram;
import org.pointsman.director.dataplane.xdp.XdpDataPlane;
import org.pointsman.director.dataplane.xdp.XdpMode;
import org.pointsman.director.dataplane.xdp.XdpSettings;
import org.pointsman.director.dataplane.xdp.XdpTestRun;
import org.pointsman.director.packet.PacketBuilder;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Packets a second through a director on virtual Ethernet links, by data plane, against plain
 * forwarding by the kernel.
 *
 * <pre>
 *   generator — peer ⇄ in — what is measured — out ⇄ server — sink
 * </pre>
 *
 * In a network namespace of its own, all on one core: the generator (BPF_PROG_TEST_RUN with live
 * frames), what is measured, and the sink (an XDP program that counts and drops). Every packet has
 * another address, drawn at random from those of the tunnels. Needs root, and Linux 5.18.
 */
@Command(name = "live", sortOptions = false)
public final class LiveBenchmark implements Callable<Integer> {
  private static final int ADDRESSES = 1 << 20;
  private static final int SERVERS = 64;
  private static final int BATCH = 64;

  /** Frames for each call: to begin and end one, the kernel waits for some ticks of its clock. */
  private static final int CHUNK = 1 << 20;

  private static final int WARM_UP = 1 << 16;
  private static final Path PINS =
      Path.of("/sys/fs/bpf/pointsman-bench-" + ProcessHandle.current().pid());

  @Option(names = "--tunnels", split = ",", defaultValue = "10000,1048576")
  int[] tunnels = {};

  @Option(names = "--rounds", description = "Of which the median is shown.", defaultValue = "5")
  int rounds;

  @Option(
      names = "--millis",
      description = "How long each round is at least.",
      defaultValue = "1000")
  int millis;

  @Option(names = "--cpu", description = "The core it all runs on.", defaultValue = "1")
  int cpu;

  private static final String FORWARDING = "ipv4/ip_forward";

  /** A way from one link to the other. */
  private interface Way {
    /** Opens it; what is given back closes it. */
    AutoCloseable open(Side side, PlaneSettings settings, List<Entry> entries) throws Exception;
  }

  /** To add a data plane, add it here. */
  private static final Map<String, Way> WAYS = new LinkedHashMap<>();

  static {
    WAYS.put("dropped at once", (_, _, _) -> sinkOn("in"));
    // The route stands already; a director's plane comes before it.
    WAYS.put("plain forwarding", (_, _, _) -> () -> {});
    WAYS.put(
        "pcap",
        (_, settings, entries) -> {
          set(FORWARDING, "0"); // it sees copies; the kernel would send the frames, too
          AutoCloseable plane =
              steering(new PcapDataPlane(settings, new PcapSettings("in", "out", null)), entries);
          return () -> {
            plane.close();
            set(FORWARDING, "1");
          };
        });
    WAYS.put(
        "nftables",
        (_, settings, entries) -> {
          AutoCloseable plane =
              steering(
                  new NftablesDataPlane(settings, new NftablesSettings("bench", "in", "out", null)),
                  entries);
          return () -> {
            plane.close();
            List<String> _ = NftablesDataPlane.detach("bench");
          };
        });
    WAYS.put(
        "xdp",
        (_, settings, entries) -> {
          AutoCloseable plane =
              steering(
                  new XdpDataPlane(
                      settings, new XdpSettings("bench", "in", "out", null, XdpMode.NATIVE, PINS)),
                  entries);
          return () -> {
            plane.close();
            List<Path> _ = XdpDataPlane.detach(PINS, "bench");
          };
        });
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new LiveBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    BenchHost.ownNetwork();
    makeLinks();
    BenchHost.stayOn(cpu);
    System.out.printf(
        "thousand packets a second on one core, medians of %d rounds of %d ms%n%n%-28s",
        rounds, millis, "");
    WAYS.keySet().forEach(name -> System.out.printf(" %18s", name));
    System.out.printf(" %18s%n", "xdp, times plain");
    try (BenchProgram sink = BenchProgram.sink()) {
      int link = sink.attach("server");
      for (int count : tunnels) {
        for (Side side : Side.values()) {
          row(side, count, sink);
        }
      }
      BenchProgram.detach(link);
    } finally {
      Files.deleteIfExists(PINS);
    }
    return 0;
  }

  private void row(Side side, int count, BenchProgram sink) throws Exception {
    List<Entry> entries = new ArrayList<>();
    int[] asked = load(side, count, entries);
    PlaneSettings settings =
        new PlaneSettings(side, List.of(), OnMiss.DROP, TableLimits.forTunnels(count));
    Map<String, double[]> measured = new LinkedHashMap<>();
    try (BenchProgram generator = BenchProgram.generator(side, asked, frame(side), "peer");
        XdpTestRun run = generator.testRun()) {
      run.put(frame(side));
      for (int round = 0; round < rounds; round++) {
        for (Map.Entry<String, Way> way : WAYS.entrySet()) {
          try (AutoCloseable open = way.getValue().open(side, settings, entries)) {
            BenchProgram counted = open instanceof OpenSink(BenchProgram own, _) ? own : sink;
            measured.computeIfAbsent(way.getKey(), _ -> new double[rounds])[round] =
                measure(run, counted);
          }
        }
      }
    }
    System.out.printf(
        "%-28s", "%s, %,d tunnels".formatted(side.name().toLowerCase(Locale.ROOT), count));
    measured.values().forEach(figures -> System.out.printf(" %18.0f", median(figures)));
    System.out.printf(
        " %18s%n",
        "%.2f".formatted(median(measured, "xdp") / median(measured, "plain forwarding")));
  }

  private double measure(XdpTestRun run, BenchProgram sink) {
    run.sendLive(WARM_UP, BATCH);
    long before = sink.arrived();
    long start = System.nanoTime();
    long end = start + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() < end) {
      run.sendLive(CHUNK, BATCH);
    }
    long nanos = System.nanoTime() - start;
    long arrived = sink.arrived() - before;
    if (arrived == 0) {
      throw new IllegalStateException("nothing arrived");
    }
    return arrived * 1e6 / nanos;
  }

  // ---- loads ---------------------------------------------------------------------------------

  /** Addresses for the generator; the tunnels they belong to are added to the entries. */
  private static int[] load(Side side, int count, List<Entry> entries) {
    Random random = new Random(side == Side.OUTER ? 1 : 2);
    entries.add(new Entry.Virtual(BenchProgram.VIP));
    for (int server = 1; server <= SERVERS; server++) {
      entries.add(
          new Entry.Server(
              server, new ServerId("rs-" + server), new MacAddress(0x0200_0000_0100L + server)));
    }
    int[] addresses = new int[count];
    BitSet seen = new BitSet();
    for (int i = 0; i < count; ) {
      // Outer: anywhere. Inner: /28 after /28 of 10.0.0.0/8.
      int address =
          side == Side.OUTER ? 0x0b00_0000 + random.nextInt(0x6000_0000) : 0x0a00_0000 + (i << 4);
      if (side == Side.INNER || !seen.get(address)) {
        seen.set(side == Side.OUTER ? address : 0);
        int server = 1 + random.nextInt(SERVERS);
        entries.add(
            side == Side.OUTER
                ? new Entry.Outer(IpAddress.v4(address), server)
                : new Entry.Inner(new IpPrefix(IpAddress.v4(address), 28), server));
        addresses[i++] = address;
      }
    }
    int[] asked = new int[ADDRESSES];
    for (int i = 0; i < asked.length; i++) {
      int host = side == Side.INNER ? random.nextInt(16) : 0;
      asked[i] = addresses[random.nextInt(count)] + host;
    }
    return asked;
  }

  /** 60 bytes, without the address that changes, and without a checksum. */
  private static byte[] frame(Side side) {
    IpAddress none = IpAddress.v4(0);
    IpAddress host = IpAddress.parse("198.51.100.1");
    byte[] packet =
        side == Side.OUTER
            ? PacketBuilder.ip(none, BenchProgram.VIP, PacketBuilder.ESP, new byte[26])
            : PacketBuilder.ip(host, none, PacketBuilder.UDP, new byte[26]);
    packet[8] = 64; // time to live
    packet[10] = 0;
    packet[11] = 0;
    return PacketBuilder.ethernet(
        BenchProgram.DIRECTOR, MacAddress.parse("02:00:00:00:00:fe"), packet);
  }

  // ---- ways ----------------------------------------------------------------------------------

  private static void makeLinks() throws Exception {
    for (String setting : List.of("all", "default")) {
      set("ipv6/conf/" + setting + "/disable_ipv6", "1");
      set("ipv4/conf/" + setting + "/rp_filter", "0");
    }
    set(FORWARDING, "1");
    command("ip link add peer type veth peer name in address " + BenchProgram.DIRECTOR);
    command("ip link add out address 02:00:00:00:00:02 type veth peer name server");
    for (String name : List.of("peer", "in", "server", "out", "lo")) {
      command("ip link set " + name + " up");
    }
    // A veth takes frames from an XDP program if its other end has one, or merges frames.
    command("ethtool -K in gro on");
    command("ip address add 192.0.2.1/24 dev in");
    command("ip address add 192.168.99.1/24 dev out");
    command("ip neighbour add 192.168.99.2 lladdr 02:00:00:00:01:01 dev out");
    command("ip route add default via 192.168.99.2");
  }

  private static void set(String name, String value) throws IOException {
    Files.writeString(Path.of("/proc/sys/net").resolve(name), value);
  }

  private static void command(String words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(words.split(" ")).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(words + ": " + output);
    }
  }

  /** A sink of its own, which counts instead of the usual one. */
  private record OpenSink(BenchProgram program, int link) implements AutoCloseable {
    @Override
    public void close() {
      BenchProgram.detach(link);
      program.close();
    }
  }

  private static AutoCloseable sinkOn(String name) {
    BenchProgram sink = BenchProgram.sink();
    return new OpenSink(sink, sink.attach(name));
  }

  private static AutoCloseable steering(DataPlane plane, List<Entry> entries) {
    if (!plane.update(entries).isEmpty()) {
      throw new IllegalStateException("no room");
    }
    plane.start();
    return plane;
  }

  private static double median(Map<String, double[]> measured, String way) {
    return median(Objects.requireNonNull(measured.get(way)));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
