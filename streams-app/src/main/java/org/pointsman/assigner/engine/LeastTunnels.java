package org.pointsman.assigner.engine;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Policy;

/**
 * The server with the fewest tunnels for its weight. Unlike {@link RoundRobin} it makes up for
 * tunnels that ended and for servers that joined.
 *
 * <p>Balance: when n tunnels have been given out to empty servers, a server of weight w among
 * servers of weights W together has {@code n·w/W}, give or take less than one, at every n. When
 * tunnels end, no server is given one while it has its share or more; so the new ones even out what
 * the ended ones left.
 *
 * <p>Worked example: a has weight 2 and 3 tunnels, b weight 1 and none. The next tunnel makes four.
 * The share of a is {@code 4·2/3 = 2.7}: it has more and is passed over; b gets it. So is the fifth
 * decided ({@code 5·2/3 = 3.3}: a is behind again with {@code (3 + 1)/2 = 2}, and so is b with
 * {@code (1 + 1)/1 = 2}) by name, for a.
 */
final class LeastTunnels implements PlacementPolicy {
  private static final Comparator<Slot> RANKING =
      Comparator.<Slot>comparingInt(slot -> slot.tunnels).thenComparing(slot -> slot.id);

  @Override
  public Policy policy() {
    return Policy.LEAST_TUNNELS;
  }

  @Override
  public Comparator<Slot> ranking() {
    return RANKING;
  }

  @Override
  public @Nullable Slot choose(ServerBook book, Request request) {
    return QuotaMethod.choose(book, request, slot -> slot.tunnels, book.tunnels());
  }
}
