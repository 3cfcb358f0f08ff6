package org.pointsman.assigner.engine;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

/** Moves groups of co-located tunnels off a server. */
final class Relocation {
  /** What becomes of a group that no other server can take. */
  enum Otherwise {
    /** It keeps its server, which still works. */
    STAYS,
    /** It loses its server and waits for another. */
    IS_PENDING
  }

  private Relocation() {}

  /**
   * Moves the groups of a server, in the order in which their first tunnels were announced. O(its
   * tunnels · log).
   *
   * @param which the groups to move
   */
  static void empty(
      Plan plan,
      ServerId server,
      Predicate<List<Assignment>> which,
      DecisionReason reason,
      Otherwise otherwise) {
    Set<TunnelId> seen = new HashSet<>();
    Map.Entry<Long, TunnelId> next = plan.view().tunnelsOf(server).after(0);
    while (next != null) {
      // Those of a group seen before that moved are gone from the sequence; those that stayed not.
      Tables view = plan.view();
      Assignment tunnel = view.assignment(next.getValue());
      if (tunnel != null && seen.add(tunnel.tunnel())) {
        List<Assignment> group = CoLocation.groupOf(view, tunnel);
        group.forEach(member -> seen.add(member.tunnel()));
        if (which.test(group)) {
          move(plan, group, server, reason, otherwise);
        }
      }
      next = plan.view().tunnelsOf(server).after(next.getKey());
    }
  }

  /** Moves one group to the server that the policy chooses among the others. */
  static void move(
      Plan plan,
      List<Assignment> group,
      ServerId from,
      DecisionReason reason,
      Otherwise otherwise) {
    Request request = new Request(group.getFirst().tunnel(), Demand.of(group), from);
    ServerId to = plan.view().book().choose(request);
    if (to != null || otherwise == Otherwise.IS_PENDING) {
      moveTo(plan, group, to, reason);
    }
  }

  /** Moves to a server those of a group that are not there. */
  static void moveTo(
      Plan plan, List<Assignment> group, @Nullable ServerId to, DecisionReason reason) {
    for (Assignment tunnel : group) {
      if (tunnel.server() == null ? to != null : !tunnel.server().equals(to)) {
        plan.change(tunnel, Change.place(tunnel, to), reason);
      }
    }
  }

  /**
   * A tunnel changed so that its group, or what is left of it, may no longer be bound to its
   * server. If that server drains, the group leaves now.
   *
   * @param before the tunnel before it changed; what shares the addresses it had is looked at, and
   *     the tunnel itself
   */
  static void afterLoosening(Plan plan, Assignment before) {
    ServerId server = before.server();
    RealServer place = server == null ? null : plan.server(server);
    if (server == null || place == null || !place.draining()) {
      return;
    }
    Assignment self = plan.view().assignment(before.tunnel());
    if (self != null) {
      leaveIfLoose(plan, self.tunnel(), server);
    }
    for (Assignment neighbour :
        CoLocation.neighbours(plan.view(), before.tunnel(), before.outerAddresses())) {
      leaveIfLoose(plan, neighbour.tunnel(), server);
    }
  }

  private static void leaveIfLoose(Plan plan, TunnelId tunnel, ServerId server) {
    Assignment now = plan.view().assignment(tunnel);
    if (now != null && server.equals(now.server())) {
      List<Assignment> group = CoLocation.groupOf(plan.view(), now);
      if (!CoLocation.isAnchored(group)) {
        move(plan, group, server, DecisionReason.DRAINED, Otherwise.STAYS);
      }
    }
  }
}
