package org.pointsman.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.pointsman.assigner.Assigner;
import org.pointsman.assigner.AssignerSettings;
import org.pointsman.director.Director;
import org.pointsman.model.Event;
import org.pointsman.model.Side;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelUp;
import org.pointsman.nms.inventory.InventoryGenerator;
import org.pointsman.nms.inventory.InventoryLine;

/**
 * Events a second through exactly-once, with Kafka, the assigner and both directors in one process.
 *
 * <p>Arguments: {@code catch-up}, {@code sustained}, {@code million}, or none for all; then, if
 * wanted, the assigner's commit interval in milliseconds (its default otherwise). Each starts with
 * an empty log.
 */
public final class LoadBenchmark {
  private static final int WARM_UP = 100_000;
  private static final int BACKLOG = 500_000;
  private static final int PACED_PER_SECOND = 20_000;
  private static final int PACED_SECONDS = 20;
  private static final int PACED_TUNNELS = 100_000;
  private static final int MILLION = 1_000_000;
  private static final int SLICES_PER_SECOND = 200;
  private static final long SEED = 1;

  private LoadBenchmark() {}

  public static void main(String... arguments) throws Exception {
    List<String> parts = new ArrayList<>(List.of(arguments));
    Duration commitInterval = AssignerSettings.DEFAULT_COMMIT_INTERVAL;
    if (!parts.isEmpty() && parts.getLast().matches("\\d{1,5}")) {
      commitInterval = Duration.ofMillis(Long.parseLong(parts.removeLast()));
    }
    for (String part : parts.isEmpty() ? List.of("catch-up", "sustained", "million") : parts) {
      System.out.printf(
          "%s (commit interval %d ms, load average %.1f)%n",
          part, commitInterval.toMillis(), load());
      switch (part) {
        case "catch-up" -> catchUp(commitInterval);
        case "sustained" -> sustained(commitInterval);
        case "million" -> million(commitInterval);
        default ->
            throw new IllegalArgumentException(
                "expected catch-up, sustained or million but got '%s'".formatted(part));
      }
    }
  }

  /** A moment, and the processor time that this process had taken until then. */
  private record Start(long nanos, long cpuNanos) {
    static Start now() {
      return new Start(System.nanoTime(), processNanos());
    }
  }

  private static long processNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** The assigner alone, on events that stand in the log already. */
  private static void catchUp(Duration commitInterval) throws Exception {
    try (LocalDeployment deployment = new LocalDeployment()) {
      deployment.registerServers();
      send(deployment, announces(0, WARM_UP));
      Assigner warm = deployment.startAssigner(commitInterval, true);
      LocalDeployment.await(warm, WARM_UP);
      deployment.stop(warm);
      send(deployment, announces(WARM_UP, BACKLOG));
      Assigner assigner = deployment.startAssigner(commitInterval, false);
      Start start = Start.now();
      long before = assigner.counts().events();
      LocalDeployment.await(assigner, BACKLOG);
      report("caught up", BACKLOG - before, start);
    }
  }

  /** Ups and downs at a pace, and how far the directors are behind. */
  private static void sustained(Duration commitInterval) throws Exception {
    try (LocalDeployment deployment = new LocalDeployment()) {
      Assigner assigner = deployment.startAssigner(commitInterval, true);
      Director outer = deployment.startDirector(Side.OUTER, MILLION);
      Director inner = deployment.startDirector(Side.INNER, MILLION);
      deployment.registerServers();
      send(deployment, announces(0, PACED_TUNNELS));
      LocalDeployment.await(assigner, PACED_TUNNELS);
      deployment.awaitApplied(outer, inner);
      List<Event> events = upsAndDowns(outer);
      long before = assigner.counts().events();
      Start start = Start.now();
      LongAdder failed = new LongAdder();
      long most = 0;
      int slice = PACED_PER_SECOND / SLICES_PER_SECOND;
      for (int i = 0; i < events.size(); i++) {
        if (i % slice == 0) {
          sleepUntil(start.nanos() + i / slice * (1_000_000_000L / SLICES_PER_SECOND));
          most = Math.max(most, i - (assigner.counts().events() - before));
        }
        CompletableFuture<?> _ =
            deployment
                .nms()
                .send(LocalDeployment.CLUSTER, events.get(i))
                .whenComplete((_, failure) -> failed.add(failure == null ? 0 : 1));
      }
      report("sent at a pace", events.size(), start);
      LocalDeployment.await(assigner, before + events.size());
      report("decided", events.size(), start);
      deployment.awaitApplied(outer, inner);
      report("in both tables", events.size(), start);
      System.out.printf(
          "  not yet decided, most          %,d events, %.1f s of the pace; not acknowledged %d; load average %.1f%n",
          most, (double) most / PACED_PER_SECOND, failed.sum(), load());
    }
  }

  private static void sleepUntil(long nanoTime) {
    for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** Each up names the server that the director steers the tunnel to. */
  private static List<Event> upsAndDowns(Director outer) {
    List<TunnelAnnounce> tunnels = announces(0, PACED_TUNNELS);
    List<Event> events = new ArrayList<>();
    while (events.size() < PACED_PER_SECOND * PACED_SECONDS) {
      for (TunnelAnnounce tunnel : tunnels) {
        events.add(
            new TunnelUp(
                tunnel.tunnel(), outer.serverOf(tunnel.outerAddresses().getFirst()).orElseThrow()));
      }
      for (TunnelAnnounce tunnel : tunnels) {
        events.add(new TunnelDown(tunnel.tunnel(), null));
      }
    }
    return events.subList(0, PACED_PER_SECOND * PACED_SECONDS);
  }

  /** A million tunnels in one cluster. */
  private static void million(Duration commitInterval) throws Exception {
    try (LocalDeployment deployment = new LocalDeployment()) {
      Assigner assigner = deployment.startAssigner(commitInterval, true);
      Director outer = deployment.startDirector(Side.OUTER, MILLION);
      Director inner = deployment.startDirector(Side.INNER, MILLION);
      deployment.registerServers();
      Start start = Start.now();
      for (int from = 0; from < MILLION; from += WARM_UP) {
        send(deployment, announces(from, WARM_UP));
      }
      report("acknowledged", MILLION, start);
      LocalDeployment.await(assigner, MILLION);
      report("decided", MILLION, start);
      deployment.awaitApplied(outer, inner);
      report("in both tables", MILLION, start);

      deployment.stop(outer);
      deployment.stop(inner);
      long with = usedMegabytes();
      deployment.stop(assigner);
      System.out.printf("  the assigner's memory          %,d MB%n", with - usedMegabytes());
      start = Start.now();
      Assigner restored = deployment.startAssigner(commitInterval, true);
      report("assigner's state read back", MILLION, start);
      deployment.stop(restored);
      start = Start.now();
      Director cold = deployment.startDirector(Side.OUTER, MILLION);
      report("director's cold start", cold.holdings().tunnels(), start);
    }
  }

  private static long usedMegabytes() {
    System.gc();
    return (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20;
  }

  private static List<TunnelAnnounce> announces(int from, int count) {
    return new InventoryGenerator(LocalDeployment.CLUSTER, SEED)
        .generate(from + count)
        .skip(from)
        .map(InventoryLine::announce)
        .toList();
  }

  private static void send(LocalDeployment deployment, List<TunnelAnnounce> announces) {
    List<CompletableFuture<?>> sent = new ArrayList<>();
    announces.forEach(
        announce -> sent.add(deployment.nms().send(LocalDeployment.CLUSTER, announce)));
    sent.forEach(CompletableFuture::join);
  }

  private static void report(String what, long count, Start start) {
    double seconds = (System.nanoTime() - start.nanos()) / 1e9;
    System.out.printf(
        "  %-30s %,d in %.1f s: %,.0f a second; %.0f µs of processor time each%n",
        what, count, seconds, count / seconds, (processNanos() - start.cpuNanos()) / 1e3 / count);
  }
}
