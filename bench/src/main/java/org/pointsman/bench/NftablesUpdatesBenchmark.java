package org.pointsman.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.dataplane.nftables.NftablesDataPlane;
import org.pointsman.director.dataplane.nftables.NftablesSettings;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

/**
 * How long the nftables data plane takes to load, change and take over its table. Needs root, for a
 * network namespace of its own; arguments are the numbers of tunnels, by default 10,000 and
 * 1,048,576.
 */
public final class NftablesUpdatesBenchmark {
  private static final String INSIDE = "inside";
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final double NANOS_OF_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int SERVERS = 3;
  private static final int AT_ONCE = 1000;
  private static final int SINGLES = 31;
  private static final int BATCHES = 11;

  private NftablesUpdatesBenchmark() {}

  /** Runs all of it in a child process, in a namespace that goes with it. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length > 0 && arguments[0].equals(INSIDE)) {
      inside(Arrays.copyOfRange(arguments, 1, arguments.length));
      return;
    }
    List<String> command = new ArrayList<>(List.of("unshare", "--net"));
    command.addAll(
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx" + Runtime.getRuntime().maxMemory(),
            "-cp",
            System.getProperty("java.class.path"),
            NftablesUpdatesBenchmark.class.getName(),
            INSIDE));
    command.addAll(List.of(arguments));
    System.exit(new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  private static void inside(String[] arguments) throws IOException, InterruptedException {
    run("ip", "link", "add", "in", "type", "veth", "peer", "name", "peer");
    run("ip", "link", "set", "in", "up");
    run("ip", "link", "set", "peer", "up");
    int[] sizes =
        arguments.length == 0
            ? new int[] {10_000, 1_048_576}
            : Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
    System.out.printf("%-52s %12s %12s%n", "milliseconds, medians", "clock", "processor");
    for (Side side : Side.values()) {
      for (int size : sizes) {
        measure(side, size);
      }
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      throw new IOException(
          "expected to run '%s' but it failed".formatted(String.join(" ", command)));
    }
  }

  private static void measure(Side side, int size) {
    List<Entry> all = entries(side, size);
    String what = "%s, %,d tunnels: ".formatted(side == Side.OUTER ? "outer" : "inner", size);
    NftablesDataPlane plane = plane(side, size);
    print(what + "load", took(() -> load(plane, all)));
    Random random = new Random(7);
    print(
        what + "move 1", median(SINGLES, i -> took(() -> update(plane, moved(all, random, 1, i)))));
    print(
        what + "move 1,000 at once",
        median(BATCHES, i -> took(() -> update(plane, moved(all, random, AT_ONCE, i)))));
    print(
        what + "remove 1 and add it again",
        median(
            SINGLES,
            _ -> {
              Entry one = all.get(SERVERS + random.nextInt(size));
              return took(
                  () -> {
                    plane.delete(List.of(one.key()));
                    update(plane, List.of(one));
                  });
            }));
    print(
        what + "a server's MAC address",
        median(SINGLES, i -> took(() -> update(plane, List.of(server(1, 0x77 + i))))));
    plane.close();
    List<NftablesDataPlane> next = new ArrayList<>();
    print(what + "take over, read", took(() -> next.add(plane(side, size))));
    print(what + "take over, put right", took(() -> load(next.getFirst(), all)));
    next.getFirst().close();
    List<String> _ = NftablesDataPlane.detach("bench");
  }

  private static NftablesDataPlane plane(Side side, int size) {
    return new NftablesDataPlane(
        new PlaneSettings(side, List.of(), OnMiss.DROP, TableLimits.forTunnels(size)),
        new NftablesSettings("bench", "in", null, null));
  }

  private static void load(NftablesDataPlane plane, List<Entry> all) {
    update(plane, all);
    plane.prune(all);
    plane.start();
  }

  private static void update(NftablesDataPlane plane, List<Entry> entries) {
    if (!plane.update(entries).isEmpty() || plane.problem().isPresent()) {
      throw new IllegalStateException("expected room for all but " + plane.problem());
    }
  }

  /** The servers, and tunnels with random addresses: one, or one /28. */
  private static List<Entry> entries(Side side, int size) {
    List<Entry> entries = new ArrayList<>(SERVERS + size);
    for (int i = 1; i <= SERVERS; i++) {
      entries.add(server(i, i));
    }
    int[] numbers =
        new Random(42)
            .ints(1 << 24, 14 << 24)
            .map(i -> i & 0x0fff_fff0)
            .distinct()
            .limit(size)
            .toArray();
    for (int i = 0; i < size; i++) {
      entries.add(tunnel(side, numbers[i], 1 + i % SERVERS));
    }
    return entries;
  }

  private static Entry tunnel(Side side, int number, int server) {
    return switch (side) {
      case OUTER -> new Entry.Outer(IpAddress.v4(0x1000_0000 | number | 7), server);
      case INNER -> new Entry.Inner(new IpPrefix(IpAddress.v4(0x1000_0000 | number), 28), server);
    };
  }

  private static Entry server(int index, int mac) {
    return new Entry.Server(
        index, new ServerId("rs-" + index), new MacAddress(0x0200_0000_0100L | mac));
  }

  private static List<Entry> moved(List<Entry> all, Random random, int count, int round) {
    return IntStream.range(0, count)
        .mapToObj(
            _ ->
                switch (all.get(SERVERS + random.nextInt(all.size() - SERVERS))) {
                  case Entry.Outer o ->
                      (Entry) new Entry.Outer(o.address(), 1 + (o.server() + round) % SERVERS);
                  case Entry.Inner i ->
                      new Entry.Inner(i.prefix(), 1 + (i.server() + round) % SERVERS);
                  case Entry.Server s -> s;
                  case Entry.Virtual v -> v;
                })
        .toList();
  }

  /**
   * What took how long: by the clock, and on this thread's processor, the kernel's work included.
   */
  private record Took(double wallMillis, double processorMillis) {}

  private interface Once {
    Took run(int round);
  }

  private static Took median(int times, Once once) {
    List<Took> all = IntStream.range(0, times).mapToObj(once::run).toList();
    return new Took(
        all.stream().mapToDouble(Took::wallMillis).sorted().toArray()[times / 2],
        all.stream().mapToDouble(Took::processorMillis).sorted().toArray()[times / 2]);
  }

  private static Took took(Runnable task) {
    long wall = System.nanoTime();
    long processor = THREADS.getCurrentThreadCpuTime();
    task.run();
    return new Took(
        (System.nanoTime() - wall) / NANOS_OF_MILLI,
        (THREADS.getCurrentThreadCpuTime() - processor) / NANOS_OF_MILLI);
  }

  private static void print(String what, Took took) {
    System.out.printf("%-52s %,12.3f %,12.3f%n", what, took.wallMillis(), took.processorMillis());
  }
}
