package org.pointsman.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.CliException;
import org.pointsman.model.Assignment;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

/**
 * A gateway's charon is killed, and what passes until its tunnels carry traffic again: until the
 * probe sees it, until the last decision, until it stands in the tables, until the last ping is
 * answered.
 *
 * @param gateway which one was killed
 * @param moved its tunnels
 * @param elsewhere those of other gateways that moved nevertheless
 * @param detectionMillis from the kill until the probe saw it
 * @param decisionMillis from there until the last tunnel was decided
 * @param tableMillis from there until the last stood in both tables; 0 if it stood before the
 *     watcher read the decision
 * @param trafficMillis from the kill until the last tunnel carried traffic
 * @param medianMillis the same for the tunnel in the middle
 */
record Recovery(
    int gateway,
    List<TunnelId> moved,
    List<TunnelId> elsewhere,
    long detectionMillis,
    long decisionMillis,
    long tableMillis,
    long trafficMillis,
    long medianMillis) {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Kills it and waits for the recovery. */
  static Recovery of(Lab lab, int gateway) throws Exception {
    ServerId server = LabPlan.server(gateway);
    Map<TunnelId, @Nullable ServerId> before = new TreeMap<>();
    lab.watch().tunnels().forEach(tunnel -> before.put(tunnel.tunnel(), tunnel.server()));
    List<TunnelId> moving =
        before.entrySet().stream()
            .filter(entry -> server.equals(entry.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (moving.isEmpty()) {
      throw new CliException("expected tunnels on %s but it has none".formatted(server));
    }
    long start = System.nanoTime();
    lab.gateway(gateway).kill();
    List<Long> traffic = awaitTraffic(lab, moving, server);
    List<TunnelId> elsewhere = new ArrayList<>();
    long decided = 0;
    long table = 0;
    for (Assignment now : lab.watch().tunnels()) {
      boolean isMoving = moving.contains(now.tunnel());
      if (!isMoving && !java.util.Objects.equals(before.get(now.tunnel()), now.server())) {
        elsewhere.add(now.tunnel());
      }
      Long its = lab.watch().decidedNanos(now.tunnel());
      if (isMoving && its != null) {
        decided = Math.max(decided, its);
        table = Math.max(table, lab.tableNanos(now.tunnel()));
      }
    }
    long detected = lab.detectedNanos(server);
    return new Recovery(
        gateway,
        moving,
        elsewhere,
        millis(detected - start),
        millis(decided - detected),
        Math.max(0, millis(table - decided)),
        millis(traffic.getLast() - start),
        millis(traffic.get(traffic.size() / 2) - start));
  }

  /** When each tunnel carried traffic on another gateway, in order, by {@link System#nanoTime}. */
  private static List<Long> awaitTraffic(Lab lab, List<TunnelId> tunnels, ServerId dead)
      throws Exception {
    Traffic traffic = new Traffic(lab.plan());
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Long>> waits = new ArrayList<>();
      for (TunnelId tunnel : tunnels) {
        int peer = Integer.parseInt(tunnel.value().substring("peer-".length()));
        waits.add(
            () -> {
              long deadline = System.nanoTime() + PATIENCE.toNanos();
              while (lab.watch().tunnel(tunnel).filter(t -> dead.equals(t.server())).isPresent()
                  || traffic.fromPeer(peer, 1) == 0) {
                if (System.nanoTime() - deadline > 0) {
                  throw new CliException(
                      "expected traffic of %s on another gateway within %d s but there is none"
                          .formatted(tunnel, PATIENCE.toSeconds()));
                }
                Thread.sleep(10);
              }
              return System.nanoTime();
            });
      }
      List<Long> times = new ArrayList<>();
      for (Future<Long> each : pool.invokeAll(waits)) {
        times.add(each.get());
      }
      return times.stream().sorted().toList();
    }
  }

  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }

  /** In words. */
  String text() {
    return String.format(
        Locale.ROOT,
        "%d tunnels of rs-%d moved, %d of others; detection %,d ms, decision %,d ms, tables %,d ms after it; traffic again after %,d ms (median), %,d ms (last)",
        moved.size(),
        gateway,
        elsewhere.size(),
        detectionMillis,
        decisionMillis,
        tableMillis,
        medianMillis,
        trafficMillis);
  }
}
