package org.pointsman.nms.probe;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerEvent;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerUp;
import org.pointsman.nms.follow.FollowedCluster;
import org.pointsman.nms.probe.ServerHealth.View;

/**
 * What a probe publishes of what it sees. Pure.
 *
 * <p>It publishes what differs from the log, and each thing once: a server that was marked down by
 * hand while it answers stays so until the probe has seen it fall and rise, or starts anew. Down
 * needs the quorum: as many probes as configured see it down, this one among them. Up needs this
 * probe alone, since a probe that sees a server down publishes down anyway.
 *
 * <p>The last server that is up is never marked down, unless that is allowed: more likely than the
 * whole cluster being dead is that the probe itself is cut off, and with no server at all every
 * tunnel would be pending.
 */
final class Verdicts {
  private final ProbeSettings settings;
  private final FollowedCluster cluster;
  private final Map<ServerId, ServerHealth> healths = new TreeMap<>();
  private final Map<ServerId, View> published = new TreeMap<>();
  private final Set<String> said = new HashSet<>();

  /** What to write, and what to tell the operator. */
  record Outcome(List<ServerEvent> events, List<String> lines) {}

  Verdicts(ProbeSettings settings, FollowedCluster cluster) {
    this.settings = settings;
    this.cluster = cluster;
  }

  /**
   * A server was asked.
   *
   * @param othersSeeDown how many other probes see it down now
   */
  Outcome asked(ServerId server, boolean isAnswered, int othersSeeDown, Instant now) {
    ServerHealth health =
        healths.computeIfAbsent(server, _ -> new ServerHealth(settings.fall(), settings.rise()));
    View before = health.view();
    View view = health.asked(isAnswered, now);
    List<String> lines = new ArrayList<>();
    List<ServerEvent> events = new ArrayList<>();
    if (view != before) {
      said.removeIf(line -> line.startsWith(server + " "));
      lines.add("%s is seen %s".formatted(server, view));
    }
    if (health.isDamped()) {
      sayOnce(
          "%s answers but has fallen too often lately: kept down for now".formatted(server), lines);
    }
    cluster.server(server).ifPresent(known -> publish(known, view, othersSeeDown, events, lines));
    return new Outcome(events, lines);
  }

  private void publish(
      RealServer known,
      View view,
      int othersSeeDown,
      List<ServerEvent> events,
      List<String> lines) {
    ServerId server = known.server();
    switch (view) {
      case UNKNOWN -> {}
      case UP -> {
        if (published.put(server, View.UP) != View.UP && !known.alive()) {
          events.add(new ServerUp(server));
        }
      }
      case DOWN -> {
        if (published.get(server) == View.DOWN) {
          return;
        }
        if (!known.alive()) {
          published.put(server, View.DOWN);
          return;
        }
        int agreed = othersSeeDown + 1;
        if (agreed < settings.quorum()) {
          sayOnce(
              "%s is not marked down: expected %d probes to see it down but %d do"
                  .formatted(server, settings.quorum(), agreed),
              lines);
        } else if (isLast(server) && !settings.allowEmpty()) {
          sayOnce(
              "%s is not marked down: it is the last server that is up; with --allow-empty it would be"
                  .formatted(server),
              lines);
        } else {
          published.put(server, View.DOWN);
          events.add(new ServerDown(server));
        }
      }
    }
  }

  /** Those marked down a moment ago count as down, though the log may not say so yet. */
  private boolean isLast(ServerId server) {
    return cluster.servers().stream()
        .filter(other -> !other.server().equals(server))
        .noneMatch(other -> other.alive() && published.get(other.server()) != View.DOWN);
  }

  /** Those that are no longer registered begin anew if they come back. */
  void retain(Set<ServerId> registered) {
    healths.keySet().retainAll(registered);
    published.keySet().retainAll(registered);
  }

  /** The event could not be written: it is published with the next question. */
  void unsent(ServerEvent event) {
    published.remove(event.server());
  }

  /** How each server is seen, by name: what other probes are told. */
  Map<ServerId, View> views() {
    Map<ServerId, View> views = new TreeMap<>();
    healths.forEach((server, health) -> views.put(server, health.view()));
    return views;
  }

  private void sayOnce(String line, List<String> lines) {
    if (said.add(line)) {
      lines.add(line);
    }
  }
}
