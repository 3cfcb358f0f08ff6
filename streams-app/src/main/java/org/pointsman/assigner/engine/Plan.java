package org.pointsman.assigner.engine;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;

/**
 * The decisions that one event or the due deadlines lead to, while they are being made. Each is
 * made with all before it in view.
 *
 * <p>It also notes what a pending tunnel may have been waiting for, so that {@link PendingTunnels}
 * need not look when nothing has changed for them.
 */
final class Plan {
  private final Tables state;
  private final Instant time;
  private Cause cause;
  private final List<Decision> decisions = new ArrayList<>(1);

  private @Nullable Draft draft;
  private int drafted; // so many decisions are in the draft

  private SortedSet<ServerId> freed = Collections.emptySortedSet();
  private final List<Assignment> regrouped = new ArrayList<>(0);
  private boolean madePending;
  private boolean changedServers;

  Plan(ClusterView view, Cause cause, Instant time) {
    this.state =
        switch (view) {
          case Tables tables -> tables;
        };
    this.cause = cause;
    this.time = time.truncatedTo(ChronoUnit.MILLIS);
  }

  /** From now on decisions have this cause. */
  void because(Cause next) {
    cause = next;
  }

  Instant time() {
    return time;
  }

  List<Decision> decisions() {
    return decisions;
  }

  /**
   * The cluster with all decisions so far made so. Most events lead to one decision and then nobody
   * asks: the draft is begun only when somebody does.
   */
  Tables view() {
    if (drafted == decisions.size()) {
      return draft == null ? state : draft;
    }
    if (draft == null) {
      draft = new Draft(state);
    }
    while (drafted < decisions.size()) {
      draft.add(decisions.get(drafted++));
    }
    return draft;
  }

  /**
   * The server as the decisions so far leave it, or null if it is not registered. Most events are
   * about tunnels alone, and then no draft is begun for it.
   */
  @Nullable RealServer server(ServerId server) {
    return changedServers ? view().server(server) : state.server(server);
  }

  /** A tunnel is announced. */
  void create(Assignment after, DecisionReason reason) {
    decide(after.key(), null, Change.epoch(after, nextEpoch()), reason);
    madePending |= after.isPending();
  }

  void change(Assignment before, Assignment after, DecisionReason reason) {
    decide(before.key(), before, Change.epoch(after, nextEpoch()), reason);
    madePending |= after.isPending();
    noteRoom(before, after);
  }

  void release(Assignment before, DecisionReason reason) {
    decide(before.key(), before, null, reason);
    noteRoom(before, null);
  }

  void create(RealServer after, DecisionReason reason) {
    decide(after.key(), null, Change.epoch(after, nextEpoch()), reason);
    changedServers = true;
    noteFreed(after.server());
  }

  void change(RealServer before, RealServer after, DecisionReason reason) {
    decide(before.key(), before, Change.epoch(after, nextEpoch()), reason);
    changedServers = true;
    noteFreed(after.server());
  }

  void remove(RealServer before) {
    decide(before.key(), before, null, DecisionReason.REMOVED);
    changedServers = true;
  }

  /**
   * The cluster has other settings.
   *
   * @param before the settings in force, the defaults perhaps, which were never decided
   */
  void configure(ClusterConfig before, ClusterConfig after) {
    decide(
        after.key(),
        before.epoch() == 0 ? null : before,
        Change.epoch(after, nextEpoch()),
        DecisionReason.CONFIGURED);
  }

  /** True if, as the decisions stand, there may be tunnels without a server. */
  boolean mayHavePending() {
    return madePending || !state.pending().isEmpty();
  }

  /** The servers that have had more room since this was last asked. */
  SortedSet<ServerId> takeFreed() {
    SortedSet<ServerId> taken = freed;
    freed = Collections.emptySortedSet();
    return taken;
  }

  /** Pending tunnels as they were before a change that may have made their group smaller. */
  List<Assignment> takeRegrouped() {
    List<Assignment> taken = List.copyOf(regrouped);
    regrouped.clear();
    return taken;
  }

  private void noteRoom(Assignment before, @Nullable Assignment after) {
    ServerId server = before.server();
    boolean needsLess =
        after == null
            || !Objects.equals(after.server(), server)
            || after.expectedBitsPerSecond() < before.expectedBitsPerSecond();
    if (server != null) {
      if (needsLess) {
        noteFreed(server);
      }
    } else if (after == null
        || after.isPending()
        || !after.outerAddresses().equals(before.outerAddresses())) {
      regrouped.add(before);
    }
  }

  private void noteFreed(ServerId server) {
    if (freed.isEmpty()) {
      freed = new TreeSet<>();
    }
    freed.add(server);
  }

  long nextEpoch() {
    return state.epoch() + decisions.size() + 1;
  }

  private void decide(
      EntityKey key, @Nullable Entity before, @Nullable Entity after, DecisionReason reason) {
    decisions.add(new Decision(key, nextEpoch(), cause, before, after, reason, time));
  }
}
