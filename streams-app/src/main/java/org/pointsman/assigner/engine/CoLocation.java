package org.pointsman.assigner.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.IpAddress;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;

/**
 * Which tunnels must be together. The outer director knows a packet by its source address alone, so
 * tunnels that share an outer address, as peers behind one NAT do, must have the same server; and
 * so must those that share one with them, and so on. Such a group is on one server, or pending, as
 * a whole.
 *
 * <p>Worked example: t1 sends from A, t2 from A and B, t3 from B, t4 from C. The groups are {t1,
 * t2, t3} and {t4}. When t2 is announced anew with B alone, t1 is a group of its own.
 */
final class CoLocation {
  static final Comparator<Assignment> ANNOUNCE_ORDER = Comparator.comparingLong(Assignment::order);

  private CoLocation() {}

  /**
   * The tunnels that must be together with this one, itself included, in announce order. O(1) for a
   * tunnel that shares nothing, otherwise O(addresses of the group · log).
   */
  static List<Assignment> groupOf(Tables view, Assignment tunnel) {
    if (sharesNothing(view, tunnel)) {
      return List.of(tunnel);
    }
    return closure(view, List.of(tunnel), null);
  }

  /** For each address a tunnel other than that one, if there is any. */
  static List<Assignment> neighbours(
      Tables view, TunnelId except, Collection<IpAddress> addresses) {
    List<Assignment> neighbours = new ArrayList<>(0);
    for (IpAddress address : addresses) {
      Map.Entry<Long, TunnelId> entry = view.tunnelsAt(address).after(0);
      if (entry != null && entry.getValue().equals(except)) {
        entry = view.tunnelsAt(address).after(entry.getKey());
      }
      Assignment neighbour = entry == null ? null : view.assignment(entry.getValue());
      if (neighbour != null) {
        neighbours.add(neighbour);
      }
    }
    return neighbours;
  }

  /**
   * All tunnels that share addresses with these, directly or through others, in announce order.
   *
   * @param without a tunnel to leave out, with what it connects, or null
   */
  static List<Assignment> closure(
      Tables view, Collection<Assignment> seeds, @Nullable TunnelId without) {
    TreeMap<Long, Assignment> group = new TreeMap<>();
    Set<IpAddress> visited = new HashSet<>();
    Deque<Assignment> open = new ArrayDeque<>();
    for (Assignment seed : seeds) {
      if (group.put(seed.order(), seed) == null) {
        open.add(seed);
      }
    }
    while (!open.isEmpty()) {
      for (IpAddress address : open.remove().outerAddresses()) {
        if (visited.add(address)) {
          for (TunnelId sharer : view.tunnelsAt(address)) {
            Assignment found = view.assignment(sharer);
            if (found != null
                && !sharer.equals(without)
                && group.putIfAbsent(found.order(), found) == null) {
              open.add(found);
            }
          }
        }
      }
    }
    return List.copyOf(group.values());
  }

  /**
   * True if the group stays where it is unless it has to leave: one of its tunnels is up, and would
   * be cut, or pinned.
   */
  static boolean isAnchored(Collection<Assignment> group) {
    for (Assignment tunnel : group) {
      if (tunnel.pinned() || tunnel.state() == TunnelState.UP) {
        return true;
      }
    }
    return false;
  }

  private static boolean sharesNothing(Tables view, Assignment tunnel) {
    for (IpAddress address : tunnel.outerAddresses()) {
      if (view.tunnelsAt(address).size() > 1) {
        return false;
      }
    }
    return true;
  }
}
