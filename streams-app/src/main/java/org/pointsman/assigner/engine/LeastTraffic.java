package org.pointsman.assigner.engine;

import java.util.Comparator;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Policy;

/**
 * The server that would have the least announced traffic for its weight, the new tunnels counted
 * in. Ties go to the one with fewer tunnels, so that tunnels announced without traffic are spread
 * too, then by name.
 *
 * <p>Balance: while tunnels only come, no server has more traffic for its weight than any other
 * would have with the largest tunnel (or co-located group) added: {@code bits(a)/w(a) ≤ (bits(b) +
 * largest)/w(b)} for all servers a and b. With equal weights, no two differ by more than the
 * largest.
 *
 * <p>Worked example: a has weight 2 and 900 Mbit/s, b weight 1 and 400. A tunnel of 200: a would
 * have {@code 1100/2 = 550}, b {@code 600/1}. So a gets it, although b has less.
 */
final class LeastTraffic implements PlacementPolicy {
  private static final Comparator<Slot> RANKING =
      Comparator.<Slot>comparingLong(Slot::bitsPerSecond)
          .thenComparingInt(slot -> slot.tunnels)
          .thenComparing(slot -> slot.id);

  @Override
  public Policy policy() {
    return Policy.LEAST_TRAFFIC;
  }

  @Override
  public Comparator<Slot> ranking() {
    return RANKING;
  }

  @Override
  public @Nullable Slot choose(ServerBook book, Request request) {
    Slot best = null;
    for (SortedSet<Slot> equals : book.openByWeight().values()) {
      Slot slot = PlacementPolicy.firstThatSuits(equals, request);
      if (slot != null && (best == null || isBefore(slot, best, request.demand()))) {
        best = slot;
      }
    }
    return best;
  }

  private static boolean isBefore(Slot a, Slot b, Demand demand) {
    int byTraffic = Exact.compareProducts(with(a, demand), b.weight(), with(b, demand), a.weight());
    if (byTraffic != 0) {
      return byTraffic < 0;
    }
    int byTunnels = Exact.compareProducts(a.tunnels + 1L, b.weight(), b.tunnels + 1L, a.weight());
    return byTunnels != 0 ? byTunnels < 0 : a.id.compareTo(b.id) < 0;
  }

  private static long with(Slot slot, Demand demand) {
    return Exact.saturatedSum(slot.bitsPerSecond(), demand.bitsPerSecond());
  }
}
