package org.pointsman.assigner.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.RealServer;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelState;

/**
 * Where a tunnel goes that connects groups which are not in one place, and who moves there.
 *
 * <p>Goal: all of them on one server, without cutting a tunnel that is up and without undoing a
 * pin. A side is all that is on one server. If one side is bound (a tunnel of it is up or pinned),
 * the others move to it. If none is, they move to the side with most tunnels, a server that does
 * not drain before one that does, ties by name; if there is no room, to the next. If two are bound,
 * the announcement is refused. Pending groups always come along.
 *
 * <p>Worked example: rs-1 has a and b, both announced, that share address A; rs-2 has c, up, at C.
 * A tunnel d with addresses A and C is announced: a and b move to rs-2, and d goes there. Had a
 * been up as well, d would have been refused; had c not been, c would have moved to rs-1.
 */
sealed interface Union {

  /**
   * It can be.
   *
   * @param server where all will be
   * @param movers those that have to move there, in announce order, the announced one not included
   */
  record On(ServerId server, List<Assignment> movers) implements Union {}

  /** It cannot be. */
  record Refused(Outcome.Rejected rejected) implements Union {}

  /**
   * Finds where they can all be.
   *
   * @param known the announced tunnel as it was, or null if it is new
   * @param neighbours for each of its new addresses a tunnel that has it too; on several servers,
   *     or some pending and some not
   */
  static Union of(
      Tables view, TunnelAnnounce event, @Nullable Assignment known, List<Assignment> neighbours) {
    List<Assignment> others = CoLocation.closure(view, neighbours, event.tunnel());
    SortedMap<ServerId, List<Assignment>> sides = sides(others, known);
    List<ServerId> bound = new ArrayList<>();
    sides.forEach(
        (server, side) -> {
          if (CoLocation.isAnchored(side)) {
            bound.add(server);
          }
        });
    if (bound.size() > 1) {
      return new Refused(conflict(event, sides, bound));
    }
    List<ServerId> candidates = bound.isEmpty() ? byPreference(view, sides) : bound;
    for (ServerId server : candidates) {
      Slot slot = view.book().slot(server);
      if (slot != null && slot.fits(demand(server, event, known, others))) {
        return new On(server, movers(server, others));
      }
    }
    ServerId wanted = candidates.getFirst();
    String whom =
        "tunnel %s and those that its outer addresses bind to it".formatted(event.tunnel());
    return new Refused(Refusal.noRoom(view, wanted, whom, demand(wanted, event, known, others)));
  }

  private static SortedMap<ServerId, List<Assignment>> sides(
      List<Assignment> others, @Nullable Assignment known) {
    SortedMap<ServerId, List<Assignment>> sides = new TreeMap<>();
    List<Assignment> all = new ArrayList<>(others);
    if (known != null) {
      all.add(known);
    }
    for (Assignment tunnel : all) {
      if (tunnel.server() != null) {
        sides.computeIfAbsent(tunnel.server(), _ -> new ArrayList<>()).add(tunnel);
      }
    }
    return sides;
  }

  private static List<ServerId> byPreference(
      Tables view, SortedMap<ServerId, List<Assignment>> sides) {
    Comparator<Map.Entry<ServerId, List<Assignment>>> preference =
        Comparator.comparing(
            (Map.Entry<ServerId, List<Assignment>> side) -> drains(view, side.getKey()));
    return sides.entrySet().stream()
        .sorted(
            preference
                .thenComparingInt(side -> -side.getValue().size())
                .thenComparing(Map.Entry::getKey))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static boolean drains(Tables view, ServerId server) {
    RealServer known = view.server(server);
    return known == null || known.draining();
  }

  private static List<Assignment> movers(ServerId to, List<Assignment> others) {
    return others.stream().filter(tunnel -> !to.equals(tunnel.server())).toList();
  }

  private static Demand demand(
      ServerId on, TunnelAnnounce event, @Nullable Assignment known, List<Assignment> others) {
    Demand demand = Demand.of(movers(on, others));
    if (known != null && on.equals(known.server())) {
      long growth = event.expectedBitsPerSecond() - known.expectedBitsPerSecond();
      return demand.plus(new Demand(0, Math.max(0, growth)));
    }
    return demand.plus(Demand.ofOne(event.expectedBitsPerSecond()));
  }

  private static Outcome.Rejected conflict(
      TunnelAnnounce event, SortedMap<ServerId, List<Assignment>> sides, List<ServerId> bound) {
    return Refusal.of(
        RejectionCode.CO_LOCATION_CONFLICT,
        ("expected all that shares outer addresses with tunnel %s to be able to go to one server"
                + " but %s and %s; take one of them down or unpin it, or announce %s with other"
                + " addresses")
            .formatted(
                event.tunnel(),
                describeBound(sides, bound.get(0)),
                describeBound(sides, bound.get(1)),
                event.tunnel()));
  }

  private static String describeBound(
      SortedMap<ServerId, List<Assignment>> sides, ServerId server) {
    for (Assignment tunnel : sides.getOrDefault(server, List.of())) {
      if (tunnel.state() == TunnelState.UP) {
        return "%s is up on %s".formatted(tunnel.tunnel(), server);
      }
      if (tunnel.pinned()) {
        return "%s is pinned to %s".formatted(tunnel.tunnel(), server);
      }
    }
    throw new AssertionError("a side is bound by a tunnel that is up or pinned");
  }
}
