package org.pointsman.assigner.engine;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Policy;

/**
 * How tunnels are spread over the servers that may be given any. Each policy says what balance it
 * guarantees. None gives a tunnel to a server that has no room for it; while some are full, the
 * guarantees hold for the others among themselves.
 */
sealed interface PlacementPolicy permits RoundRobin, LeastTunnels, LeastTraffic, Rendezvous {

  /** The name under which operators choose it. */
  Policy policy();

  /** The order of servers of one weight, best first; ties by name. */
  Comparator<Slot> ranking();

  /** The server to give the tunnels to, or null if none has room. */
  @Nullable Slot choose(ServerBook book, Request request);

  static PlacementPolicy of(Policy policy) {
    return switch (policy) {
      case ROUND_ROBIN -> new RoundRobin();
      case LEAST_TUNNELS -> new LeastTunnels();
      case LEAST_TRAFFIC -> new LeastTraffic();
      case RENDEZVOUS -> new Rendezvous();
    };
  }

  /** The first of these that suits, or null. */
  static @Nullable Slot firstThatSuits(Iterable<Slot> ranked, Request request) {
    for (Slot slot : ranked) {
      if (request.suits(slot)) {
        return slot;
      }
    }
    return null;
  }
}
