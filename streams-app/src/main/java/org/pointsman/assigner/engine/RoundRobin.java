package org.pointsman.assigner.engine;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Policy;

/**
 * Each server in turn, as often as its weight says, and smoothly: not three times the first and
 * then once the second.
 *
 * <p>Balance: of the n tunnels given out since the set of servers or a weight changed, a server of
 * weight w among servers of weights W together has been given {@code n·w/W}, give or take less than
 * one, at every n. Tunnels that end do not change the order: for that there is {@link
 * LeastTunnels}. A tunnel that must follow a co-located one counts as a turn of its server.
 *
 * <p>Worked example: a has weight 2, b and c 1 each. Before each turn, the servers that are behind
 * and the {@code (turns + 1)/w} that decides:
 *
 * <pre>
 *   turn  turns a b c   behind: turns &lt; n·w/4         (turns + 1)/w    given to
 *   1           0 0 0   a (0 &lt; 0.5) b, c (0 &lt; 0.25)    1/2  1  1       a
 *   2           1 0 0   b, c (0 &lt; 0.5); a has 1 of 1      -   1  1       b
 *   3           1 1 0   a (1 &lt; 1.5) c (0 &lt; 0.75)       1    -  1       a, by name
 *   4           2 1 0   c (0 &lt; 1)                         -   -  1       c
 * </pre>
 */
final class RoundRobin implements PlacementPolicy {
  private static final Comparator<Slot> RANKING =
      Comparator.<Slot>comparingLong(slot -> slot.turns).thenComparing(slot -> slot.id);

  @Override
  public Policy policy() {
    return Policy.ROUND_ROBIN;
  }

  @Override
  public Comparator<Slot> ranking() {
    return RANKING;
  }

  @Override
  public @Nullable Slot choose(ServerBook book, Request request) {
    return QuotaMethod.choose(book, request, slot -> slot.turns, book.turns());
  }
}
