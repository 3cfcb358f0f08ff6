package org.pointsman.agreement;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.AssignerStatus;
import org.pointsman.model.ClusterId;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.DirectorStatus.TableStatus;
import org.pointsman.model.EntityKey;
import org.pointsman.model.RawBytes;
import org.pointsman.model.ServerId;

/**
 * Compares what the assigner and the directors say of each cluster.
 *
 * <p>Whoever is at the same epoch of a cluster must have the same digest: epochs have no gaps, so
 * they have applied the same decisions. Statuses are handed in as the topics have them, in order;
 * also superseded ones are compared, because under load two seldom stand at one epoch at one time.
 * Only those of a while count, so that a topic that was made anew is no difference for ever.
 *
 * <p>Not safe for several threads.
 */
public final class Agreement {
  /**
   * Who has said nothing for longer than this is not there: the assigner speaks every ten seconds,
   * directors every two.
   */
  public static final Duration LIVE_FOR = Duration.ofSeconds(25);

  private final Duration liveFor;
  private final Duration remembered;
  private final Map<String, Line> lines = new TreeMap<>();
  private final Map<ClusterId, TreeMap<Long, Seen>> seen = new TreeMap<>();
  private final List<Difference> differences = new ArrayList<>();
  private Instant latest = Instant.MIN;

  /** Who first said what of an epoch. */
  private record Seen(String who, RawBytes digest, Instant logTime) {}

  /** A difference, when it was seen. */
  private record Difference(String sentence, Instant logTime) {}

  /**
   * The last word of one of them on one cluster.
   *
   * @param who a director's name, or {@code assigner}
   * @param offset how far it has applied the assignments; null for the assigner, which writes them
   * @param unresolved servers of the cluster whose Ethernet address it does not know
   * @param logTime when it said so, by the broker's clock
   */
  public record Line(
      String who,
      TableStatus table,
      @Nullable Long offset,
      List<ServerId> unresolved,
      Instant logTime) {
    public Line {
      unresolved = List.copyOf(unresolved);
    }
  }

  /**
   * What is to be said of all.
   *
   * @param lines the last word of each that is live, by cluster and name
   * @param problems a sentence for each difference and for each that lags; none if all agree
   */
  public record Report(List<Line> lines, List<String> problems) {
    public Report {
      lines = List.copyOf(lines);
      problems = List.copyOf(problems);
    }

    public boolean isGood() {
      return problems.isEmpty();
    }
  }

  /**
   * @param liveFor whoever has said nothing for longer than this is not there
   * @param remembered for how long superseded statuses are compared
   */
  public Agreement(Duration liveFor, Duration remembered) {
    this.liveFor = liveFor;
    this.remembered = remembered;
  }

  /**
   * Takes a record of the {@code directors} topic.
   *
   * @param status null if the director has ended
   */
  public void take(String director, @Nullable DirectorStatus status, Instant logTime) {
    lines.values().removeIf(line -> line.offset() != null && line.who().equals(director));
    if (status == null) {
      return;
    }
    Long offset =
        status.appliedOffsets().isEmpty() ? 0L : status.appliedOffsets().firstEntry().getValue();
    for (TableStatus table : status.clusters()) {
      List<ServerId> unresolved =
          status.unresolvedServers().stream()
              .filter(server -> server.cluster().equals(table.cluster()))
              .map(EntityKey.Server::server)
              .toList();
      take(new Line(director, table, offset, unresolved, logTime));
    }
  }

  /** Takes a record of the {@code assigners} topic. */
  public void take(AssignerStatus status, Instant logTime) {
    take(new Line("assigner", status.table(), /* offset= */ null, List.of(), logTime));
  }

  private void take(Line line) {
    latest = line.logTime().isAfter(latest) ? line.logTime() : latest;
    ClusterId cluster = line.table().cluster();
    lines.put(cluster + "/" + (line.offset() == null ? "" : line.who()), line);
    TreeMap<Long, Seen> epochs = seen.computeIfAbsent(cluster, _ -> new TreeMap<>());
    Seen now = new Seen(line.who(), line.table().digest(), line.logTime());
    Seen before = epochs.putIfAbsent(line.table().epoch(), now);
    if (before != null && isRecent(before.logTime()) && !before.digest().equals(now.digest())) {
      differences.add(
          new Difference(
              "expected one digest of cluster %s at epoch %d but %s has %s and %s has %s; one of them is wrong: a director reads its table anew when it is restarted"
                  .formatted(
                      cluster,
                      line.table().epoch(),
                      before.who(),
                      before.digest(),
                      now.who(),
                      now.digest()),
              line.logTime()));
    }
    if (before != null && !isRecent(before.logTime())) {
      epochs.put(line.table().epoch(), now);
    }
  }

  private boolean isRecent(Instant logTime) {
    return logTime.plus(remembered).isAfter(latest);
  }

  /**
   * What is to be said now.
   *
   * @param mostEpochs how many epochs behind the furthest of its cluster one may be
   */
  public Report report(long mostEpochs) {
    seen.values().forEach(epochs -> epochs.values().removeIf(old -> !isRecent(old.logTime())));
    differences.removeIf(difference -> !isRecent(difference.logTime()));
    List<Line> live =
        lines.values().stream()
            .filter(line -> line.logTime().plus(liveFor).isAfter(latest))
            .toList();
    List<String> problems = new ArrayList<>();
    differences.stream().map(Difference::sentence).distinct().forEach(problems::add);
    for (Line line : live) {
      long behind = furthest(live, line.table().cluster()) - line.table().epoch();
      if (behind > mostEpochs) {
        problems.add(
            "expected %s within %,d epochs of the others of cluster %s but it is at epoch %,d, %,d behind; see what it says"
                .formatted(
                    line.who(), mostEpochs, line.table().cluster(), line.table().epoch(), behind));
      }
    }
    return new Report(live, problems);
  }

  private static long furthest(List<Line> lines, ClusterId cluster) {
    return lines.stream()
        .map(Line::table)
        .filter(table -> table.cluster().equals(cluster))
        .mapToLong(TableStatus::epoch)
        .max()
        .orElse(0);
  }
}
