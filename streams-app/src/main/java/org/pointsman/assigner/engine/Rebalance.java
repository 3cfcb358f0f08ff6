package org.pointsman.assigner.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;

/**
 * Evens out the servers that take tunnels, on the operator's word.
 *
 * <p>Goal: each server has its weighted share {@code n·w/W} of their tunnels, give or take one,
 * whatever the policy; with as few moves as that takes, and those that hurt least: first groups
 * that were never up, then those that linger, then, if the operator said so, those that are up.
 * Groups with a pinned tunnel stay.
 *
 * <p>How: from the server that is most above its share to the one that is most below it and has
 * room, as long as one of the two is off by more than one. A group of g tunnels moves from a to b
 * only if g is less than the difference between a's surplus and b's; then the sum of the squares of
 * all surpluses falls. No group moves twice.
 *
 * <p>Worked example: rs-1 has 6 tunnels, rs-2 has 3 and rs-3, new, none: surpluses +3, 0, −3. Two
 * from rs-1 to rs-3: +1, 0, −1, each within one of its share. Tunnels in groups of two: one group
 * moves, and the result is the same.
 */
final class Rebalance {
  /** The sacrifices that moving a group can be, the smallest first. */
  private enum Sacrifice {
    NEVER_UP,
    LINGERING,
    UP
  }

  private final Plan plan;
  private final int maxMoves;
  private int moves;

  private Rebalance(Plan plan, int maxMoves) {
    this.plan = plan;
    this.maxMoves = maxMoves;
  }

  static Outcome.@Nullable Rejected decide(Plan plan, ClusterRebalance event) {
    Rebalance rebalance = new Rebalance(plan, event.maxMoves());
    rebalance.moveThose(Sacrifice.NEVER_UP);
    rebalance.moveThose(Sacrifice.LINGERING);
    if (event.includeUp()) {
      rebalance.moveThose(Sacrifice.UP);
    }
    if (plan.decisions().isEmpty()) {
      return Refusal.noChange(
          "no tunnel that may move would bring a server closer than one to its share");
    }
    return null;
  }

  private void moveThose(Sacrifice sacrifice) {
    SortedMap<ServerId, Deque<List<Assignment>>> candidates = candidates(sacrifice);
    while (moves < maxMoves) {
      Slot from = mostAbove(candidates);
      if (from == null) {
        return;
      }
      List<Assignment> group = candidates.getOrDefault(from.id, new ArrayDeque<>()).removeFirst();
      Slot to = mostBelow(from, Demand.of(group));
      if (to != null && moves + group.size() <= maxMoves && isWorth(from, to, group.size())) {
        Relocation.moveTo(plan, group, to.id, DecisionReason.REBALANCED);
        moves += group.size();
      }
    }
  }

  /** What may move off the servers that are above their share; each group is considered once. */
  private SortedMap<ServerId, Deque<List<Assignment>>> candidates(Sacrifice sacrifice) {
    SortedMap<ServerId, Deque<List<Assignment>>> candidates = new TreeMap<>();
    for (Slot slot : plan.view().book().slots()) {
      if (slot.isEligible() && surplus(slot) > 0) {
        candidates.put(slot.id, groups(slot.id, sacrifice));
      }
    }
    return candidates;
  }

  /** The server most above its share that has candidates left, or null. */
  private @Nullable Slot mostAbove(SortedMap<ServerId, Deque<List<Assignment>>> candidates) {
    Slot most = null;
    for (Map.Entry<ServerId, Deque<List<Assignment>>> left : candidates.entrySet()) {
      Slot slot = left.getValue().isEmpty() ? null : plan.view().book().slot(left.getKey());
      if (slot != null && surplus(slot) > 0 && (most == null || surplus(slot) > surplus(most))) {
        most = slot;
      }
    }
    return most;
  }

  /** The server most below its share that has room, or null. */
  private @Nullable Slot mostBelow(Slot from, Demand demand) {
    Slot most = null;
    for (Slot slot : plan.view().book().slots()) {
      if (slot.isEligible()
          && !slot.id.equals(from.id)
          && slot.fits(demand)
          && (most == null || surplus(slot) < surplus(most))) {
        most = slot;
      }
    }
    return most;
  }

  private boolean isWorth(Slot from, Slot to, int tunnels) {
    long one = plan.view().book().weights();
    boolean someoneIsOff = surplus(from) > one || surplus(to) < -one;
    return someoneIsOff && tunnels * one < surplus(from) - surplus(to);
  }

  /** What a server has above its share, times the sum of weights so that it is whole. */
  private long surplus(Slot slot) {
    ServerBook book = plan.view().book();
    return (slot.tunnels * book.weights()) - (book.tunnels() * slot.weight());
  }

  private Deque<List<Assignment>> groups(ServerId server, Sacrifice sacrifice) {
    Tables view = plan.view();
    Deque<List<Assignment>> groups = new ArrayDeque<>();
    Set<TunnelId> seen = new HashSet<>();
    Map.Entry<Long, TunnelId> next = view.tunnelsOf(server).after(0);
    while (next != null) {
      Assignment tunnel = view.assignment(next.getValue());
      if (tunnel != null && !seen.contains(tunnel.tunnel())) {
        List<Assignment> group = CoLocation.groupOf(view, tunnel);
        group.forEach(member -> seen.add(member.tunnel()));
        if (group.stream().noneMatch(Assignment::pinned) && sacrifice(group) == sacrifice) {
          groups.add(group);
        }
      }
      next = view.tunnelsOf(server).after(next.getKey());
    }
    return groups;
  }

  private static Sacrifice sacrifice(List<Assignment> group) {
    Sacrifice most = Sacrifice.NEVER_UP;
    for (Assignment tunnel : group) {
      Sacrifice its = sacrifice(tunnel.state());
      most = its.compareTo(most) > 0 ? its : most;
    }
    return most;
  }

  private static Sacrifice sacrifice(TunnelState state) {
    return switch (state) {
      case ANNOUNCED -> Sacrifice.NEVER_UP;
      case LINGERING -> Sacrifice.LINGERING;
      case UP -> Sacrifice.UP;
    };
  }
}
