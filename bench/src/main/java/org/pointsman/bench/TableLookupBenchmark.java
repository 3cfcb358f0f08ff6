package org.pointsman.bench;

import inet.ipaddr.ipv4.IPv4Address;
import inet.ipaddr.ipv4.IPv4AddressAssociativeTrie;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.agrona.collections.Int2IntCounterMap;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;

/**
 * One lookup in the steering table, against the maps and tries one would take instead.
 *
 * <p>1,048,576 tunnels: random outer addresses, and the /28 subnets of 10.0.0.0/8. The addresses
 * looked up are random and all found; every contender gets the same ones in the same order. In the
 * end come the medians, the bytes allocated for each lookup, and how many times the table is
 * faster.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 7, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"-XX:+UseSerialGC", "-Xms1500m", "-Xmx3g"})
public class TableLookupBenchmark {
  private static final int TUNNELS = 1_048_576;
  private static final int SERVERS = 16;
  private static final int BATCH = 1024;

  /** The 28 bits of a subnet's address that are not 0. */
  private static final int SUBNET = 0xfffffff0;

  public static void main(String... arguments) throws RunnerException, CommandLineOptionException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .parent(new CommandLineOptions(arguments))
                    .include("^" + Pattern.quote(TableLookupBenchmark.class.getName()) + "\\.")
                    .addProfiler(GCProfiler.class)
                    .addProfiler(ProcessorTime.class)
                    .build())
            .run();
    Map<String, Double> medians = new TreeMap<>();
    System.out.printf(
        "%n%-20s %14s %14s %14s%n", "medians", "processor ns", "clock ns", "bytes allocated");
    for (RunResult result : results) {
      String name = result.getPrimaryResult().getLabel();
      double processor = median(result, ProcessorTime.LABEL);
      medians.put(name, processor);
      System.out.printf(
          Locale.ROOT,
          "%-20s %14.1f %14.1f %14.3f%n",
          name,
          processor,
          result.getPrimaryResult().getStatistics().getPercentile(50),
          median(result, "gc.alloc.rate.norm"));
    }
    for (String name : medians.keySet()) {
      Double table = medians.get(name.startsWith("inner") ? "innerTable" : "outerTable");
      if (!name.endsWith("Table") && table != null) {
        System.out.printf(
            Locale.ROOT,
            "the table is %.1f times as fast as %s%n",
            medians.get(name) / table,
            name);
      }
    }
  }

  private static double median(RunResult result, String label) {
    Result<?> found = result.getSecondaryResults().get(label);
    return found == null ? Double.NaN : found.getStatistics().getPercentile(50);
  }

  /** What is looked up. */
  private static int[] shuffled(int[] addresses) {
    int[] order = addresses.clone();
    Random random = new Random(7);
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
    return order;
  }

  private static int[] outerAddresses() {
    return new Random(42)
        .ints()
        .filter(address -> address != 0)
        .distinct()
        .limit(TUNNELS)
        .toArray();
  }

  /** One random address in each subnet. */
  private static int[] innerAddresses() {
    Random random = new Random(43);
    int[] addresses = new int[TUNNELS];
    for (int i = 0; i < TUNNELS; i++) {
      addresses[i] = 0x0a00_0000 | i << 4 | random.nextInt(16);
    }
    return addresses;
  }

  private static int server(int number) {
    return 1 + number % SERVERS;
  }

  /** Where in the addresses the next batch begins. */
  @State(Scope.Thread)
  public static class Position {
    int at;

    int next() {
      at = (at + BATCH) & (TUNNELS - 1);
      return at;
    }
  }

  /** Outer addresses in each kind of map. */
  public abstract static class Outer {
    int[] asked = {};

    final void fill(IntPair put) {
      int[] addresses = outerAddresses();
      for (int i = 0; i < TUNNELS; i++) {
        put.put(addresses[i], server(i));
      }
      asked = shuffled(addresses);
    }
  }

  /** A map's put. */
  interface IntPair {
    void put(int key, int value);
  }

  /** The steering table. */
  @State(Scope.Thread)
  public static class OuterTable extends Outer {
    SteeringTable table = new SteeringTable(TableLimits.forTunnels(1));

    @Setup(Level.Trial)
    public void fill() {
      table = new SteeringTable(TableLimits.forTunnels(TUNNELS));
      fill((address, server) -> table.putOuter(IpAddress.v4(address), server));
    }
  }

  /** Agrona's map of ints to ints. */
  @State(Scope.Thread)
  public static class OuterAgrona extends Outer {
    Int2IntCounterMap map = new Int2IntCounterMap(0);

    @Setup(Level.Trial)
    public void fill() {
      fill(map::put);
    }
  }

  /** fastutil's. */
  @State(Scope.Thread)
  public static class OuterFastutil extends Outer {
    Int2IntOpenHashMap map = new Int2IntOpenHashMap(TUNNELS);

    @Setup(Level.Trial)
    public void fill() {
      fill(map::put);
    }
  }

  /** The steering table. */
  @State(Scope.Thread)
  public static class InnerTable {
    SteeringTable table = new SteeringTable(TableLimits.forTunnels(1));
    int[] asked = {};

    @Setup(Level.Trial)
    public void fill() {
      table = new SteeringTable(TableLimits.forTunnels(TUNNELS));
      int[] addresses = innerAddresses();
      for (int i = 0; i < TUNNELS; i++) {
        IpAddress subnet = IpAddress.v4(addresses[i] & SUBNET);
        table.putInner(new IpPrefix(subnet, 28), server(i));
      }
      asked = shuffled(addresses);
    }
  }

  /** The subnets' first addresses in order, and their servers. */
  @State(Scope.Thread)
  public static class InnerSorted {
    int[] subnets = {};
    int[] servers = {};
    int[] asked = {};

    @Setup(Level.Trial)
    public void fill() {
      int[] addresses = innerAddresses();
      subnets = new int[TUNNELS];
      servers = new int[TUNNELS];
      for (int i = 0; i < TUNNELS; i++) {
        subnets[i] = addresses[i] & SUBNET; // 10.0.0.0/8 is positive, and in order
        servers[i] = server(i);
      }
      asked = shuffled(addresses);
    }

    int find(int address) {
      int at = Arrays.binarySearch(subnets, address);
      int subnet = at >= 0 ? at : -at - 2;
      return subnet >= 0 && (address & SUBNET) == subnets[subnet] ? servers[subnet] : 0;
    }
  }

  /** The IPAddress library's trie, asked with addresses that are objects already. */
  @State(Scope.Thread)
  public static class InnerTrie {
    IPv4AddressAssociativeTrie<Integer> trie = new IPv4AddressAssociativeTrie<>();
    IPv4Address[] asked = {};

    @Setup(Level.Trial)
    public void fill() {
      int[] addresses = innerAddresses();
      for (int i = 0; i < TUNNELS; i++) {
        trie.put(
            new IPv4Address(addresses[i] & SUBNET).toPrefixBlock(28), Integer.valueOf(server(i)));
      }
      asked =
          Arrays.stream(shuffled(addresses)).mapToObj(IPv4Address::new).toArray(IPv4Address[]::new);
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int outerTable(OuterTable outer, Position position) {
    int from = position.next();
    int sum = 0;
    for (int i = from; i < from + BATCH; i++) {
      sum += outer.table.outerV4(outer.asked[i]);
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int outerAgrona(OuterAgrona outer, Position position) {
    int from = position.next();
    int sum = 0;
    for (int i = from; i < from + BATCH; i++) {
      sum += outer.map.get(outer.asked[i]);
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int outerFastutil(OuterFastutil outer, Position position) {
    int from = position.next();
    int sum = 0;
    for (int i = from; i < from + BATCH; i++) {
      sum += outer.map.get(outer.asked[i]);
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int innerTable(InnerTable inner, Position position) {
    int from = position.next();
    int sum = 0;
    for (int i = from; i < from + BATCH; i++) {
      sum += inner.table.innerV4(inner.asked[i]);
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int innerBinarySearch(InnerSorted inner, Position position) {
    int from = position.next();
    int sum = 0;
    for (int i = from; i < from + BATCH; i++) {
      sum += inner.find(inner.asked[i]);
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int innerIpAddressTrie(InnerTrie inner, Position position) {
    int from = position.next();
    int sum = 0;
    for (int i = from; i < from + BATCH; i++) {
      sum += inner.trie.longestPrefixMatchNode(inner.asked[i]).getValue();
    }
    return sum;
  }
}
