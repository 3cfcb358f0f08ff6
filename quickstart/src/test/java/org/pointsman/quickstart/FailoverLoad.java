package org.pointsman.quickstart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.nms.Acknowledgement;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.inventory.InventoryGenerator;
import org.pointsman.nms.inventory.InventoryLine;
import org.pointsman.nms.outcome.Outcome;

/** Announces one cluster's tunnels and notes when each was sent and when it was decided. */
final class FailoverLoad {
  private static final int MOST_TUNNELS = 100_000;

  /** Of one cluster while the load goes on, in nanoseconds. */
  private static final long BETWEEN_ANNOUNCES = Duration.ofMillis(40).toNanos();

  private final NmsClient nms;
  private final ClusterId cluster;
  private final Iterator<InventoryLine> tunnels;
  private final List<Sent> sent = new ArrayList<>();
  private final Map<Long, Long> decidedAt = new HashMap<>();
  private long lastSent = Long.MIN_VALUE / 2;
  private long announcedUnderLoad;

  private record Sent(CompletableFuture<Acknowledgement> answer, long nanos) {}

  FailoverLoad(NmsClient nms, ClusterId cluster) {
    this.nms = nms;
    this.cluster = cluster;
    this.tunnels = new InventoryGenerator(cluster, 1).generate(MOST_TUNNELS).iterator();
  }

  ClusterId cluster() {
    return cluster;
  }

  static Optional<ClusterId> clusterOf(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Decided decided -> Optional.of(decided.decision().cluster());
      case Outcome.Rejected rejected -> Optional.ofNullable(rejected.rejection().cluster());
    };
  }

  void registerServers(int count) {
    for (int i = 1; i <= count; i++) {
      send(
          new ServerRegister(
              new ServerId("gw-" + i), IpAddress.parse("192.0.2." + i), /* mac= */ null));
    }
  }

  void announce(int count) {
    for (int i = 0; i < count; i++) {
      send(tunnels.next().announce());
    }
  }

  private void send(Event event) {
    lastSent = System.nanoTime();
    sent.add(new Sent(nms.send(cluster, event), lastSent));
  }

  void heard(Outcome outcome) {
    decidedAt.putIfAbsent(outcome.offset(), System.nanoTime());
  }

  /** Goes on at its rate; true once that many more have been announced, and all are decided. */
  boolean announceUntilDecided(long count) {
    if (announcedUnderLoad < count) {
      announceIfDue();
      return false;
    }
    boolean decided = isDecided();
    if (decided) {
      announcedUnderLoad = 0;
    }
    return decided;
  }

  /** Goes on at its rate; true once an event that was sent after {@code nanos} is decided. */
  boolean announceUntilDecidedAfter(long nanos) {
    announceIfDue();
    return firstDecided(nanos).isPresent();
  }

  private void announceIfDue() {
    if (System.nanoTime() - lastSent >= BETWEEN_ANNOUNCES) {
      announce(1);
      announcedUnderLoad++;
    }
  }

  /** True if everything that was sent has an outcome. */
  boolean isDecided() {
    return decidedAt.size() == sent.size();
  }

  /** How long after {@code nanos} the first event that was sent after it was decided. */
  Duration firstDecidedAfter(long nanos) {
    return Duration.ofNanos(firstDecided(nanos).orElseThrow() - nanos);
  }

  private Optional<Long> firstDecided(long nanos) {
    return sent.stream()
        .filter(each -> each.nanos() - nanos > 0 && each.answer().isDone())
        .flatMap(each -> Optional.ofNullable(decidedAt.get(each.answer().join().offset())).stream())
        .min(Long::compare);
  }

  Set<Long> acknowledgedOffsets() {
    return sent.stream()
        .map(each -> each.answer().join().offset())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
