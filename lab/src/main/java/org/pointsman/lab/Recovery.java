package org.pointsman.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.CliException;
import org.pointsman.model.Assignment;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

/**
 * A gateway's charon is killed, and what passes until its tunnels carry traffic again on others.
 *
 * @param gateway which one was killed
 * @param isTakingOver whether the other gateways called the peers, or the peers had to notice
 * @param tunnels those that it had, the one that was first to carry traffic again first
 * @param elsewhere those of other gateways that moved nevertheless
 */
record Recovery(int gateway, boolean isTakingOver, List<Parts> tunnels, List<TunnelId> elsewhere) {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * What passes one after the other until a tunnel carries traffic again, in milliseconds. A
   * decision that the tables had before the reader of the log saw it counts as decided then.
   *
   * @param detection from the kill until the probe saw it
   * @param decision from there until the tunnel was decided
   * @param tables from there until it stood in both tables
   * @param keys from there until the other gateway and the peer had agreed on new keys
   * @param traffic from there until the first packet through it was answered
   */
  record Parts(
      TunnelId tunnel, long detection, long decision, long tables, long keys, long traffic) {
    long total() {
      return detection + decision + tables + keys + traffic;
    }

    static Parts of(
        TunnelId tunnel,
        long killed,
        long detected,
        long decided,
        long tables,
        long keys,
        long traffic) {
      long[] times = {killed, detected, Math.min(decided, tables), tables, keys, traffic};
      long[] parts = new long[times.length];
      for (int i = 1; i < times.length; i++) { // a later part cannot end before an earlier one
        times[i] = Math.min(Math.max(times[i], times[i - 1]), Math.max(traffic, killed));
        parts[i] = (times[i] - times[i - 1]) / 1_000_000;
      }
      return new Parts(tunnel, parts[1], parts[2], parts[3], parts[4], parts[5]);
    }
  }

  /** Kills it and waits for the recovery. */
  static Recovery of(Lab lab, int gateway, boolean isTakingOver) throws Exception {
    ServerId dead = LabPlan.server(gateway);
    Map<TunnelId, @Nullable ServerId> before = new TreeMap<>();
    lab.watch().tunnels().forEach(tunnel -> before.put(tunnel.tunnel(), tunnel.server()));
    List<Integer> moving =
        lab.plan().peerNumbers().stream()
            .filter(peer -> dead.equals(before.get(LabPlan.tunnel(peer))))
            .toList();
    if (moving.isEmpty()) {
      throw new CliException("expected tunnels on %s but it has none".formatted(dead));
    }
    try (Pulse pulse = Pulse.start(lab.plan())) {
      for (int peer : lab.plan().peerNumbers()) {
        await(pulse, peer, "traffic of peer-%d before anything is killed");
      }
      lab.gateway(gateway).kill();
      long killed = System.nanoTime();
      pulse.begin();
      Map<Integer, Long> traffic = new TreeMap<>();
      for (int peer : moving) {
        traffic.put(peer, await(pulse, peer, "traffic of peer-%d on another gateway"));
      }
      List<Parts> tunnels = new ArrayList<>();
      for (Map.Entry<Integer, Long> entry : traffic.entrySet()) {
        tunnels.add(parts(lab, LabPlan.tunnel(entry.getKey()), dead, killed, entry.getValue()));
      }
      tunnels.sort(Comparator.comparingLong(Parts::total));
      return new Recovery(gateway, isTakingOver, tunnels, movedWithoutNeed(lab, before, dead));
    }
  }

  private static long await(Pulse pulse, int peer, String what) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      OptionalLong answered = pulse.answered(peer);
      if (answered.isPresent()) {
        return answered.getAsLong();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new CliException(
            "expected %s within %d s but there is none"
                .formatted(what.formatted(peer), PATIENCE.toSeconds()));
      }
      Thread.sleep(5);
    }
  }

  private static Parts parts(Lab lab, TunnelId tunnel, ServerId dead, long killed, long traffic)
      throws InterruptedException {
    lab.watch()
        .await(
            tunnel + " to leave " + dead,
            cluster -> cluster.tunnel(tunnel).filter(t -> !dead.equals(t.server())).isPresent());
    ServerId now = lab.watch().tunnel(tunnel).map(Assignment::server).orElseThrow();
    Moves moves = lab.moves();
    long decided = orElse(moves.at(Moves.Witness.LOG, tunnel, now), traffic);
    long outer = orElse(moves.at(Moves.Witness.OUTER, tunnel, now), traffic);
    long inner = orElse(moves.at(Moves.Witness.INNER, tunnel, now), traffic);
    long keys = orElse(moves.at(Moves.Witness.KEYS, tunnel, now), traffic);
    long detected = orElse(moves.downAt(dead), killed);
    return Parts.of(tunnel, killed, detected, decided, Math.max(outer, inner), keys, traffic);
  }

  private static long orElse(@Nullable Long time, long other) {
    return time == null ? other : time;
  }

  private static List<TunnelId> movedWithoutNeed(
      Lab lab, Map<TunnelId, @Nullable ServerId> before, ServerId dead) {
    return lab.watch().tunnels().stream()
        .filter(now -> !dead.equals(before.get(now.tunnel())))
        .filter(now -> !Objects.equals(before.get(now.tunnel()), now.server()))
        .map(Assignment::tunnel)
        .toList();
  }

  /** The one in the middle. */
  Parts median() {
    return tunnels.get(tunnels.size() / 2);
  }

  /** The one that waited longest. */
  Parts last() {
    return tunnels.getLast();
  }

  /** The columns of {@link #row}. */
  static final String HEADER =
      "%-7s %-9s %8s %10s %9s %7s %8s %8s %9s %9s"
          .formatted(
              "KILLED",
              "TAKEOVER",
              "TUNNELS",
              "DETECTION",
              "DECISION",
              "TABLES",
              "KEYS",
              "TRAFFIC",
              "MEDIAN",
              "LAST");

  /** Its parts, those of the tunnel in the middle, and what the middle and the last one took. */
  String row() {
    Parts median = median();
    return String.format(
        Locale.ROOT,
        "%-7s %-9s %8d %10d %9d %7d %8d %8d %,6d ms %,6d ms",
        "rs-" + gateway,
        isTakingOver ? "on" : "off",
        tunnels.size(),
        median.detection(),
        median.decision(),
        median.tables(),
        median.keys(),
        median.traffic(),
        median.total(),
        last().total());
  }
}
