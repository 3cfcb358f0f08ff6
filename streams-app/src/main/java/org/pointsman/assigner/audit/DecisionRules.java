package org.pointsman.assigner.audit;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.Entity;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelState;

/**
 * What a decision's reason means for the rest of it, whichever version decided: {@code WITHDRAWN}
 * releases, because of a withdraw, and nothing else does. These are the meanings that {@link
 * DecisionReason} documents, so they hold for ever, unlike a policy's choice of the server.
 */
final class DecisionRules {
  private static final Set<String> PLACE = Set.of("server", "pinned");
  private static final Set<String> STATE = Set.of("state", "stateSince", "deadline");
  private static final Set<String> ANNOUNCED =
      Set.of(
          "outerAddresses",
          "innerSubnets",
          "expectedBitsPerSecond",
          "state",
          "stateSince",
          "deadline");
  private static final Set<String> PLACE_AND_ANNOUNCED =
      Stream.concat(PLACE.stream(), ANNOUNCED.stream()).collect(Collectors.toUnmodifiableSet());
  private static final Set<String> DRAIN = Set.of("draining", "drainDeadline");
  private static final Set<String> REGISTERED =
      Set.of("address", "mac", "weight", "maxTunnels", "maxBitsPerSecond");
  private static final Set<String> SETTINGS =
      Set.of("policy", "virtualAddresses", "linger", "announceTimeout", "drainDeadline");

  private DecisionRules() {}

  /** What of the decision does not go with its reason, as a sentence; empty if all does. */
  static Optional<String> violation(Decision decision) {
    String meaning = meaning(decision.reason());
    if (!isOfItsKind(decision) || !keepsTheRest(decision) || !fits(decision)) {
      return Optional.of(
          "expected that %s (%s) but it was %s and is %s"
              .formatted(
                  meaning,
                  decision.reason(),
                  Fields.differing(decision.before(), decision.after()),
                  Fields.differing(decision.after(), decision.before())));
    }
    return Optional.empty();
  }

  /** The events that can lead to it, or null if any can. */
  static @Nullable Set<EventKind> causes(DecisionReason reason) {
    return switch (reason) {
      case ASSIGNED, CO_LOCATED, NO_SERVER, NO_CAPACITY, DRAINED -> null;
      case UPDATED -> EnumSet.of(EventKind.ANNOUNCE);
      case TUNNEL_UP -> EnumSet.of(EventKind.UP);
      case TUNNEL_DOWN -> EnumSet.of(EventKind.DOWN);
      case WITHDRAWN -> EnumSet.of(EventKind.WITHDRAW);
      case PINNED -> EnumSet.of(EventKind.PIN);
      case UNPINNED -> EnumSet.of(EventKind.UNPIN);
      case SERVER_DOWN, MARKED_DOWN -> EnumSet.of(EventKind.SERVER_DOWN);
      case MARKED_UP -> EnumSet.of(EventKind.SERVER_UP);
      case DRAINING -> EnumSet.of(EventKind.SERVER_DRAIN, EventKind.SERVER_FLUSH);
      case FLUSHED -> EnumSet.of(EventKind.SERVER_FLUSH);
      case ACTIVATED -> EnumSet.of(EventKind.SERVER_ACTIVATE);
      case SERVER_REMOVED, REMOVED -> EnumSet.of(EventKind.SERVER_REMOVE);
      case REGISTERED, SERVER_UPDATED -> EnumSet.of(EventKind.SERVER_REGISTER);
      case REBALANCED -> EnumSet.of(EventKind.REBALANCE);
      case CONFIGURED -> EnumSet.of(EventKind.CONFIGURE);
      case LINGER_ENDED, ANNOUNCE_TIMED_OUT, DRAIN_DEADLINE -> EnumSet.noneOf(EventKind.class);
    };
  }

  /** True if it is about the very entity that its event names. */
  static boolean isOfTheEventsSubject(DecisionReason reason) {
    return switch (reason) {
      case UPDATED,
          TUNNEL_UP,
          TUNNEL_DOWN,
          WITHDRAWN,
          UNPINNED,
          MARKED_DOWN,
          MARKED_UP,
          DRAINING,
          ACTIVATED,
          REMOVED,
          REGISTERED,
          SERVER_UPDATED,
          CONFIGURED ->
          true;
      case ASSIGNED,
          CO_LOCATED,
          NO_SERVER,
          NO_CAPACITY,
          DRAINED,
          PINNED,
          SERVER_DOWN,
          FLUSHED,
          SERVER_REMOVED,
          REBALANCED,
          LINGER_ENDED,
          ANNOUNCE_TIMED_OUT,
          DRAIN_DEADLINE ->
          false;
    };
  }

  /** The fields that a decision of this reason may change; all others stay. */
  static Set<String> mayChange(DecisionReason reason) {
    return switch (reason) {
      case ASSIGNED,
          SERVER_DOWN,
          DRAINED,
          DRAIN_DEADLINE,
          FLUSHED,
          SERVER_REMOVED,
          REBALANCED,
          PINNED,
          UNPINNED ->
          PLACE;
      case CO_LOCATED, NO_SERVER, NO_CAPACITY -> PLACE_AND_ANNOUNCED;
      case UPDATED -> ANNOUNCED;
      case TUNNEL_UP, TUNNEL_DOWN -> STATE;
      case MARKED_DOWN, MARKED_UP -> Set.of("alive");
      case DRAINING, ACTIVATED -> DRAIN;
      case SERVER_UPDATED -> REGISTERED;
      case CONFIGURED -> SETTINGS;
      case WITHDRAWN, LINGER_ENDED, ANNOUNCE_TIMED_OUT, REGISTERED, REMOVED -> Set.of();
    };
  }

  /** What only the tunnel's own announcement may do. */
  static boolean changesWhatWasAnnounced(Decision decision) {
    return decision.before() instanceof Assignment before
        && decision.after() instanceof Assignment after
        && !(before.outerAddresses().equals(after.outerAddresses())
            && before.innerSubnets().equals(after.innerSubnets())
            && before.expectedBitsPerSecond() == after.expectedBitsPerSecond());
  }

  /** The server that a tunnel has from this decision on and did not have, or null. */
  static @Nullable ServerId newServer(Decision decision) {
    if (!(decision.after() instanceof Assignment after) || after.server() == null) {
      return null;
    }
    boolean isOld =
        decision.before() instanceof Assignment before
            && Objects.equals(before.server(), after.server());
    return isOld ? null : after.server();
  }

  private static boolean keepsTheRest(Decision decision) {
    Entity before = decision.before();
    Entity after = decision.after();
    if (before == null || after == null) {
      return true;
    }
    Set<String> mayChange =
        decision.reason() == DecisionReason.DRAIN_DEADLINE && after instanceof RealServer
            ? DRAIN
            : mayChange(decision.reason());
    return mayChange.containsAll(Fields.changed(before, after));
  }

  /** As every tunnel is in the beginning. */
  private static boolean isFresh(Decision decision, Assignment after) {
    return after.state() == TunnelState.ANNOUNCED
        && !after.pinned()
        && after.stateSince().equals(decision.time());
  }

  private static boolean isOfItsKind(Decision decision) {
    Entity some = decision.after() != null ? decision.after() : decision.before();
    return switch (decision.reason()) {
      case REGISTERED, SERVER_UPDATED, MARKED_DOWN, MARKED_UP, DRAINING, ACTIVATED, REMOVED ->
          some instanceof RealServer;
      case CONFIGURED -> some instanceof org.pointsman.model.ClusterConfig;
      case DRAIN_DEADLINE -> some instanceof RealServer || some instanceof Assignment;
      case ASSIGNED,
          CO_LOCATED,
          NO_SERVER,
          NO_CAPACITY,
          UPDATED,
          TUNNEL_UP,
          TUNNEL_DOWN,
          WITHDRAWN,
          LINGER_ENDED,
          ANNOUNCE_TIMED_OUT,
          SERVER_DOWN,
          DRAINED,
          FLUSHED,
          SERVER_REMOVED,
          PINNED,
          UNPINNED,
          REBALANCED ->
          some instanceof Assignment;
    };
  }

  private static boolean fits(Decision decision) {
    Entity entityBefore = decision.before();
    Entity entityAfter = decision.after();
    Assignment before = entityBefore instanceof Assignment tunnel ? tunnel : null;
    Assignment after = entityAfter instanceof Assignment tunnel ? tunnel : null;
    RealServer server = entityAfter instanceof RealServer real ? real : null;
    if (before == null && after != null && !isFresh(decision, after)) {
      return false;
    }
    return switch (decision.reason()) {
      case ASSIGNED -> after != null && after.server() != null && isNew(before);
      case CO_LOCATED -> after != null && after.server() != null;
      case NO_SERVER, NO_CAPACITY -> after != null && after.isPending();
      case UPDATED -> before != null && after != null && isSameServer(before, after);
      case TUNNEL_UP -> isNow(decision, before, after, TunnelState.UP);
      case TUNNEL_DOWN -> isNow(decision, before, after, TunnelState.LINGERING);
      case WITHDRAWN -> before != null && after == null;
      case LINGER_ENDED -> isReleasedAtItsDeadline(decision, before, after, TunnelState.LINGERING);
      case ANNOUNCE_TIMED_OUT ->
          isReleasedAtItsDeadline(decision, before, after, TunnelState.ANNOUNCED);
      case SERVER_DOWN, SERVER_REMOVED, DRAINED, FLUSHED, REBALANCED ->
          before != null && after != null && before.server() != null && isMoved(before, after);
      case PINNED -> after != null && before != null && after.server() != null;
      case UNPINNED ->
          before != null && after != null && !after.pinned() && isSameServer(before, after);
      case DRAIN_DEADLINE ->
          server != null
              ? entityBefore instanceof RealServer old && isDue(decision, old.drainDeadline())
              : before != null && after != null && isMoved(before, after);
      case REGISTERED ->
          entityBefore == null && server != null && server.alive() && !server.draining();
      case SERVER_UPDATED -> entityBefore != null && server != null;
      case MARKED_DOWN -> server != null && !server.alive() && entityBefore != null;
      case MARKED_UP -> server != null && server.alive() && entityBefore != null;
      case DRAINING -> server != null && server.draining() && entityBefore != null;
      case ACTIVATED -> server != null && !server.draining() && entityBefore != null;
      case REMOVED -> entityAfter == null;
      case CONFIGURED -> entityAfter != null;
    };
  }

  private static boolean isNew(@Nullable Assignment before) {
    return before == null || before.isPending();
  }

  private static boolean isSameServer(Assignment before, Assignment after) {
    return Objects.equals(before.server(), after.server());
  }

  private static boolean isMoved(Assignment before, Assignment after) {
    return !isSameServer(before, after);
  }

  private static boolean isNow(
      Decision decision,
      @Nullable Assignment before,
      @Nullable Assignment after,
      TunnelState state) {
    return before != null
        && after != null
        && after.state() == state
        && before.state() != state
        && after.stateSince().equals(decision.time());
  }

  private static boolean isReleasedAtItsDeadline(
      Decision decision,
      @Nullable Assignment before,
      @Nullable Assignment after,
      TunnelState state) {
    return before != null
        && after == null
        && before.state() == state
        && isDue(decision, before.deadline());
  }

  private static boolean isDue(Decision decision, java.time.@Nullable Instant deadline) {
    return decision.cause() instanceof Cause.ByTimer timer && timer.due().equals(deadline);
  }

  private static String meaning(DecisionReason reason) {
    return switch (reason) {
      case ASSIGNED -> "a new or pending tunnel gets a server";
      case CO_LOCATED -> "a tunnel joins those that share its addresses";
      case NO_SERVER, NO_CAPACITY -> "a tunnel is pending";
      case UPDATED -> "a tunnel keeps its server";
      case TUNNEL_UP -> "a tunnel is up from now on, where it was";
      case TUNNEL_DOWN -> "a tunnel lingers from now on, where it was";
      case WITHDRAWN -> "a tunnel is released";
      case LINGER_ENDED -> "a lingering tunnel is released at its deadline";
      case ANNOUNCE_TIMED_OUT -> "an announced tunnel is released at its deadline";
      case SERVER_DOWN, SERVER_REMOVED, DRAINED, FLUSHED, REBALANCED ->
          "a tunnel changes its server and nothing else";
      case DRAIN_DEADLINE -> "a drain ends at its deadline, or a tunnel leaves the drained server";
      case PINNED -> "a tunnel goes to a server";
      case UNPINNED -> "a tunnel is no longer pinned and stays";
      case REGISTERED -> "a server is new";
      case SERVER_UPDATED -> "a known server changes";
      case MARKED_DOWN -> "a server is down";
      case MARKED_UP -> "a server is up";
      case DRAINING -> "a server drains";
      case ACTIVATED -> "a server no longer drains";
      case REMOVED -> "a server is gone";
      case CONFIGURED -> "a cluster has settings";
    };
  }
}
