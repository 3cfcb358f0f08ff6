package org.pointsman.nms.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.Decision;
import org.pointsman.model.EntityKey;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;

/** Decisions as lines: what it is about, what it is from now on, and why. */
final class DecisionText {
  private static final String PENDING = "pending";

  private DecisionText() {}

  /** {@code sunset → rs-2 (ASSIGNED)}. */
  static String line(Decision decision) {
    String what =
        switch (decision.key()) {
          case EntityKey.Tunnel key ->
              key.tunnel() + tunnel((Assignment) decision.before(), (Assignment) decision.after());
          case EntityKey.Server key -> key.server() + ": " + server((RealServer) decision.after());
          case EntityKey.Config key ->
              "cluster " + key.cluster() + ": " + config((ClusterConfig) decision.after());
        };
    return what + " (" + decision.reason() + ")";
  }

  /** What tunnels have in common whose decisions are alike: {@code → rs-2 (SERVER_DOWN)}. */
  static String kind(Decision tunnels) {
    Assignment after = (Assignment) tunnels.after();
    String what = after == null ? "released" : "→ " + place(after);
    return what + " (" + tunnels.reason() + ")";
  }

  private static String tunnel(@Nullable Assignment before, @Nullable Assignment after) {
    if (after == null) {
      return ": released from " + (before == null ? PENDING : place(before));
    }
    if (before == null) {
      return " → " + place(after);
    }
    if (!Objects.equals(before.server(), after.server())) {
      return ": " + place(before) + " → " + place(after);
    }
    return ": " + after.state() + (after.isPending() ? ", " : " on ") + place(after);
  }

  private static String place(Assignment tunnel) {
    ServerId server = tunnel.server();
    return server == null ? PENDING : server.value();
  }

  private static String server(@Nullable RealServer after) {
    return after == null
        ? "removed"
        : "%s, %s, weight %d".formatted(after.state(), after.address(), after.weight());
  }

  private static String config(@Nullable ClusterConfig after) {
    return after == null
        ? "removed"
        : "%s, virtual addresses %s, linger %s, announce timeout %s, drain deadline %s"
            .formatted(
                after.policy(),
                Texts.listed(after.virtualAddresses()),
                Texts.duration(after.linger()),
                Texts.duration(after.announceTimeout()),
                after.drainDeadline() == null ? "none" : Texts.duration(after.drainDeadline()));
  }
}
