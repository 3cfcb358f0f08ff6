package org.pointsman.assigner.engine;

import java.util.Map;
import java.util.SortedSet;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gives things out one at a time so that after each of them everybody has his weighted share, give
 * or take less than one.
 *
 * <p>Goal: n things have been given to servers of weights w, together W; each server should have
 * {@code n·w/W}. Serving the one with the least {@code (has + 1)/w} alone does not do: of servers
 * with weights 10, 1, 1, 1 and 1, the first would get the first ten things, though its share of ten
 * is 7.1. So a server is passed over while it has its share of what will have been given, {@code
 * has ≥ (n + 1)·w/W}. The shares add up to n + 1 and only n things are out, so somebody is always
 * left; among those left the least {@code (has + 1)/w} wins: the one whose share reaches the next
 * whole thing first.
 *
 * <p>Source: M. L. Balinski and H. P. Young, The Quota Method of Apportionment, American
 * Mathematical Monthly 82 (1975), which shows the bound; R. Tijdeman, The chairman assignment
 * problem, Discrete Mathematics 32 (1980); as a packet scheduler it is WF²Q.
 */
final class QuotaMethod {
  private QuotaMethod() {}

  /**
   * The server whose turn it is among those that suit; null if none does. If all that suit are to
   * be passed over, because those that are behind are full, the least {@code (has + 1)/w} of them.
   *
   * @param has what a server has been given
   * @param given what all servers that may be given tunnels have together
   */
  static @Nullable Slot choose(
      ServerBook book, Request request, ToLongFunction<Slot> has, long given) {
    long weights = book.weights();
    long next = given + 1;
    Slot except = request.except() == null ? null : book.slot(request.except());
    if (except != null && except.isEligible()) {
      weights -= except.weight();
      next -= has.applyAsLong(except);
    }
    Slot best = null;
    boolean bestIsBehind = false;
    for (Map.Entry<Integer, SortedSet<Slot>> equals : book.openByWeight().entrySet()) {
      Slot slot = PlacementPolicy.firstThatSuits(equals.getValue(), request);
      if (slot == null) {
        continue;
      }
      long count = has.applyAsLong(slot);
      boolean behind = Exact.compareProducts(count, weights, next, equals.getKey()) < 0;
      if (best == null
          || (behind && !bestIsBehind)
          || (behind == bestIsBehind && isBefore(slot, count, best, has.applyAsLong(best)))) {
        best = slot;
        bestIsBehind = behind;
      }
    }
    return best;
  }

  private static boolean isBefore(Slot a, long countA, Slot b, long countB) {
    int order = Exact.compareProducts(countA + 1, b.weight(), countB + 1, a.weight());
    return order != 0 ? order < 0 : a.id.compareTo(b.id) < 0;
  }
}
