package org.pointsman.lab;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Kills and revives one gateway after another, with takeover and without, and sums up. A gateway
 * that falls too often is held back by the probe for a while, so they take turns.
 */
final class RecoveryRounds {
  private final Lab lab;
  private final LabDemo demo;
  private final Consumer<String> say;
  private final Map<Integer, Integer> kills = new TreeMap<>();
  private final List<Recovery> recoveries = new ArrayList<>();

  RecoveryRounds(Lab lab, LabDemo demo, Consumer<String> say) {
    this.lab = lab;
    this.demo = demo;
    this.say = say;
  }

  /** So many with takeover and so many without, in turn. */
  List<Recovery> run(int each) throws Exception {
    for (int round = 0; round < each; round++) {
      one(true);
      one(false);
    }
    say.accept("");
    say.accept(Recovery.HEADER);
    recoveries.forEach(recovery -> say.accept(recovery.row()));
    summary(true);
    summary(false);
    return List.copyOf(recoveries);
  }

  private void one(boolean isTakingOver) throws Exception {
    int gateway = next();
    kills.merge(gateway, 1, Integer::sum);
    lab.takeover(isTakingOver);
    Recovery recovery = Recovery.of(lab, gateway, isTakingOver);
    recoveries.add(recovery);
    say.accept(Recovery.HEADER);
    say.accept(recovery.row());
    if (Boolean.getBoolean("norevive")) {
      say.accept("norevive");
    } else {
      demo.revive(gateway);
    }
  }

  private int next() {
    return lab.plan().gateways().stream()
        .filter(gateway -> demo.tunnelsOn(gateway) > 0 && lab.gateway(gateway).isAlive())
        .min(
            Comparator.<Integer>comparingInt(gateway -> kills.getOrDefault(gateway, 0))
                .thenComparingLong(gateway -> -demo.tunnelsOn(gateway)))
        .orElseThrow();
  }

  private void summary(boolean isTakingOver) {
    List<Recovery.Parts> all =
        recoveries.stream()
            .filter(recovery -> recovery.isTakingOver() == isTakingOver)
            .flatMap(recovery -> recovery.tunnels().stream())
            .toList();
    say.accept(
        String.format(
            Locale.ROOT,
            "takeover %-3s  %d recoveries of tunnels: decision and tables p50 %d ms, p99 %d ms; traffic again p50 %,d ms, p99 %,d ms",
            isTakingOver ? "on:" : "off:",
            all.size(),
            percentile(all, 50, parts -> parts.decision() + parts.tables()),
            percentile(all, 99, parts -> parts.decision() + parts.tables()),
            percentile(all, 50, Recovery.Parts::total),
            percentile(all, 99, Recovery.Parts::total)));
  }

  private static long percentile(
      List<Recovery.Parts> all, int percent, ToLongFunction<Recovery.Parts> what) {
    long[] sorted = all.stream().mapToLong(what).sorted().toArray();
    return sorted[(sorted.length * percent + 99) / 100 - 1];
  }
}
