package org.pointsman.director;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pointsman.director.dataplane.DataPlaneStats;
import org.pointsman.director.dataplane.DataPlaneStats.MissedAddress;
import org.pointsman.director.feed.FeedStatus;
import org.pointsman.director.packet.Verdict;
import org.pointsman.director.table.Room;
import org.pointsman.model.ServerId;

/**
 * What a director did since it last said so, as lines for people. Says nothing where nothing
 * happened.
 */
final class ActivityLog {
  private static final int MISSES_SHOWN = 5;

  private Packets told = new Packets(0, 0, 0, 0, 0);
  private boolean isProblem;
  private String toldDryRun = "";
  private List<String> toldFull = List.of();

  private record Packets(
      long steered, long passed, long missed, long unreachable, long sendFailures) {}

  /**
   * The packets counted, and in parentheses those since the last line; empty if there were none.
   */
  Optional<String> packets(DataPlaneStats stats) {
    Packets before = told;
    Packets now =
        new Packets(
            steered(stats),
            stats.packets(Verdict.PASS),
            stats.packets(Verdict.MISS),
            stats.unreachable(),
            stats.sendFailures());
    if (now.equals(before)) {
      return Optional.empty();
    }
    told = now;
    StringBuilder line = new StringBuilder("packets: ");
    line.append(count("steered", now.steered(), before.steered())).append(", ");
    line.append(count("passed", now.passed(), before.passed())).append(", ");
    line.append(count("missed", now.missed(), before.missed()));
    if (now.missed() > before.missed()) {
      line.append(", most often ").append(most(stats.missedAddresses()));
    }
    if (now.unreachable() > 0) {
      String what = "lost because the server's Ethernet address is not known";
      line.append(", ").append(count(what, now.unreachable(), before.unreachable()));
    }
    if (now.sendFailures() > 0) {
      String what = "not taken by the interface";
      line.append(", ").append(count(what, now.sendFailures(), before.sendFailures()));
    }
    return Optional.of(line.toString());
  }

  /** Where the packets would have gone; empty if none came. */
  Optional<String> dryRun(DataPlaneStats stats, IntFunction<Optional<ServerId>> names) {
    String line =
        stats.servers().entrySet().stream()
            .filter(server -> server.getValue().packets() > 0)
            .map(
                server ->
                    "%,d to %s"
                        .formatted(
                            server.getValue().packets(),
                            names.apply(server.getKey()).map(ServerId::value).orElse("?")))
            .collect(Collectors.joining(", "));
    boolean same = line.equals(toldDryRun);
    toldDryRun = line;
    return line.isEmpty() || same
        ? Optional.empty()
        : Optional.of("dry run, so nothing is sent; packets that would be: " + line);
  }

  /** Once for each part of the table that is nearly full, and again after it had room. */
  List<String> room(List<Room> parts) {
    List<Room> full = parts.stream().filter(Room::isNearlyFull).toList();
    List<String> names = full.stream().map(Room::what).toList();
    List<String> lines =
        full.stream()
            .filter(part -> !toldFull.contains(part.what()))
            .map(
                part ->
                    "the table is nearly full: %,d of %,d %s; start with a larger --max-tunnels before it is"
                        .formatted(part.used(), part.capacity(), part.what()))
            .toList();
    toldFull = names;
    return lines;
  }

  /** What is wrong at present, every time; and once that all is well again. */
  Optional<String> problem(FeedStatus feed, Optional<String> ofPlane, Instant now) {
    Optional<String> ofFeed =
        feed.problem()
            .map(
                sentence ->
                    feed.age(now)
                        .map(age -> "the table may be %s old: %s".formatted(text(age), sentence))
                        .orElse("there is no table yet: " + sentence));
    String sentences =
        Stream.of(ofFeed, ofPlane).flatMap(Optional::stream).collect(Collectors.joining("; "));
    boolean wasProblem = isProblem;
    isProblem = !sentences.isEmpty();
    if (isProblem) {
      return Optional.of(sentences);
    }
    return wasProblem ? Optional.of("all is well again") : Optional.empty();
  }

  /** Packets that went to a server, those left out that could not. */
  static long steered(DataPlaneStats stats) {
    return stats.packets(Verdict.STEER) - stats.unreachable() - stats.sendFailures();
  }

  private static String count(String what, long now, long before) {
    return "%,d %s (+%,d)".formatted(now, what, now - before);
  }

  private static String most(List<MissedAddress> missed) {
    return missed.stream()
        .limit(MISSES_SHOWN)
        .map(miss -> "%s (%,d)".formatted(miss.address(), miss.packets()))
        .collect(Collectors.joining(", "));
  }

  private static String text(Duration age) {
    return age.toSeconds() < 120 ? age.toSeconds() + " s" : age.toMinutes() + " min";
  }
}
