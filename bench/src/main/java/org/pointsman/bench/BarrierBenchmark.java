package org.pointsman.bench;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.pointsman.assigner.Assigner;
import org.pointsman.assigner.AssignerSettings;
import org.pointsman.director.Director;
import org.pointsman.model.Side;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.nms.inventory.InventoryGenerator;
import org.pointsman.nms.inventory.InventoryLine;

/**
 * Announce to steerable, in milliseconds at a pace, with Kafka, the assigner and both directors in
 * one process.
 *
 * <p>Each announce is measured from when it was due, not from when the sender came to it, so no
 * time is left out in which everything stood still. Arguments: announces a second (1000), seconds
 * (20), the assigner's commit interval in milliseconds (its default), all optional.
 */
public final class BarrierBenchmark {
  private static final int WARM_UP_SECONDS = 75;
  private static final int BULK = 10_000;
  private static final int MAX_TUNNELS = 1 << 18;
  private static final long SEED = 1;

  private BarrierBenchmark() {}

  public static void main(String... arguments) throws Exception {
    int perSecond = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000;
    int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
    Duration commitInterval =
        arguments.length > 2
            ? Duration.ofMillis(Long.parseLong(arguments[2]))
            : AssignerSettings.DEFAULT_COMMIT_INTERVAL;
    try (LocalDeployment deployment = new LocalDeployment()) {
      Assigner _ = deployment.startAssigner(commitInterval, true);
      Director _ = deployment.startDirector(Side.OUTER, MAX_TUNNELS);
      Director _ = deployment.startDirector(Side.INNER, MAX_TUNNELS);
      deployment.registerServers();
      int warmUp = perSecond * WARM_UP_SECONDS;
      int measured = perSecond * seconds;
      List<TunnelAnnounce> announces =
          new InventoryGenerator(LocalDeployment.CLUSTER, SEED)
              .generate(warmUp + measured + BULK)
              .map(InventoryLine::announce)
              .toList();
      Histogram _ = paced(deployment, announces.subList(0, warmUp), perSecond);
      Histogram histogram =
          paced(deployment, announces.subList(warmUp, warmUp + measured), perSecond);
      System.out.printf(
          "announce to steerable: p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, worst %.1f ms;"
              + " %,d announces, %,d a second, commit interval %d ms, load average %.1f%n",
          histogram.getValueAtPercentile(50) / 1e6,
          histogram.getValueAtPercentile(90) / 1e6,
          histogram.getValueAtPercentile(99) / 1e6,
          histogram.getValueAtPercentile(99.9) / 1e6,
          histogram.getMaxValue() / 1e6,
          histogram.getTotalCount(),
          perSecond,
          commitInterval.toMillis(),
          ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
      bulk(deployment, announces.subList(warmUp + measured, announces.size()));
    }
  }

  private static Histogram paced(
      LocalDeployment deployment, List<TunnelAnnounce> announces, int perSecond) {
    Histogram histogram = new ConcurrentHistogram(3);
    LongAdder failed = new LongAdder();
    List<CompletableFuture<?>> answers = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < announces.size(); i++) {
      long due = start + (long) (i * (1e9 / perSecond));
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      answers.add(
          deployment
              .nms()
              .announceSteerable(LocalDeployment.CLUSTER, announces.get(i))
              .handle(
                  (_, failure) -> {
                    if (failure == null) {
                      histogram.recordValue(System.nanoTime() - due);
                    } else {
                      failed.increment();
                    }
                    return failure;
                  }));
    }
    answers.forEach(CompletableFuture::join);
    if (failed.sum() > 0) {
      System.out.printf("%,d of %,d announces failed%n", failed.sum(), announces.size());
    }
    return histogram;
  }

  private static void bulk(LocalDeployment deployment, List<TunnelAnnounce> announces) {
    long start = System.nanoTime();
    List<CompletableFuture<?>> answers = new ArrayList<>();
    announces.forEach(
        announce ->
            answers.add(deployment.nms().announceSteerable(LocalDeployment.CLUSTER, announce)));
    answers.forEach(CompletableFuture::join);
    System.out.printf(
        "%,d announces in flight at once: all steerable after %,d ms%n",
        announces.size(), Duration.ofNanos(System.nanoTime() - start).toMillis());
  }
}
