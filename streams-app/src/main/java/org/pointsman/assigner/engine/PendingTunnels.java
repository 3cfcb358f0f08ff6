package org.pointsman.assigner.engine;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.pointsman.model.Assignment;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

/**
 * Tunnels that no server could take, and that wait.
 *
 * <p>After each event, none waits that a server could take. So after the next one it is enough to
 * look at the servers that have more room than before, and at the groups that became smaller.
 */
final class PendingTunnels {
  private PendingTunnels() {}

  /**
   * Gives servers to pending tunnels that can have one now, in announce order. A group that fits
   * nowhere is passed over and does not hold up those after it.
   *
   * <p>O(1) if none is pending or no server has room. Otherwise those are looked at that are
   * pending until the room is used up: each in O(log), or in the size of its group if it alone
   * would fit.
   */
  static void serve(Plan plan) {
    if (!plan.mayHavePending()) {
      return;
    }
    SortedSet<ServerId> freed = plan.takeFreed();
    List<Assignment> regrouped = plan.takeRegrouped();
    Set<TunnelId> seen = new HashSet<>();
    if (someSuits(plan, freed, new Demand(1, 0))) {
      serveAll(plan, freed, seen);
    }
    for (Assignment before : regrouped) {
      serveRest(plan, before, seen);
    }
  }

  private static void serveAll(Plan plan, SortedSet<ServerId> freed, Set<TunnelId> seen) {
    Map.Entry<Long, TunnelId> next = plan.view().pending().after(0);
    while (next != null && someSuits(plan, freed, new Demand(1, 0))) {
      Assignment tunnel = plan.view().assignment(next.getValue());
      if (tunnel != null
          && !seen.contains(tunnel.tunnel())
          && someSuits(plan, freed, Demand.ofOne(tunnel.expectedBitsPerSecond()))) {
        serveGroup(plan, tunnel, seen);
      }
      next = plan.view().pending().after(next.getKey());
    }
  }

  /** Serves what is left of the group of a pending tunnel that changed or was released. */
  private static void serveRest(Plan plan, Assignment before, Set<TunnelId> seen) {
    TreeSet<Assignment> rest = new TreeSet<>(CoLocation.ANNOUNCE_ORDER);
    rest.addAll(CoLocation.neighbours(plan.view(), before.tunnel(), before.outerAddresses()));
    Assignment self = plan.view().assignment(before.tunnel());
    if (self != null) {
      rest.add(self);
    }
    for (Assignment tunnel : rest) {
      if (tunnel.isPending() && !seen.contains(tunnel.tunnel())) {
        serveGroup(plan, tunnel, seen);
      }
    }
  }

  private static void serveGroup(Plan plan, Assignment tunnel, Set<TunnelId> seen) {
    List<Assignment> group = CoLocation.groupOf(plan.view(), tunnel);
    group.forEach(member -> seen.add(member.tunnel()));
    ServerId to =
        plan.view().book().choose(new Request(group.getFirst().tunnel(), Demand.of(group), null));
    if (to != null) {
      DecisionReason reason = DecisionReason.ASSIGNED;
      for (Assignment member : group) {
        plan.change(member, Change.place(member, to), reason);
        reason = DecisionReason.CO_LOCATED;
      }
    }
  }

  private static boolean someSuits(Plan plan, SortedSet<ServerId> servers, Demand demand) {
    for (ServerId server : servers) {
      Slot slot = plan.view().book().slot(server);
      if (slot != null && slot.isEligible() && slot.fits(demand)) {
        return true;
      }
    }
    return false;
  }
}
