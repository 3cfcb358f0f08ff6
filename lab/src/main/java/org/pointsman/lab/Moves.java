package org.pointsman.lab;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

/**
 * When each tunnel last came to the server that it has, as each of those saw it who take part. What
 * changes a tunnel but not its server is no move.
 *
 * <p>Times are {@link System#nanoTime}'s. Any thread may tell and ask.
 */
final class Moves {

  /** Who sees a tunnel move. */
  enum Witness {
    /** A reader of the decisions. */
    LOG,
    /** The outer director's table. */
    OUTER,
    /** The inner director's table. */
    INNER,
    /** The bridge of the gateway that the tunnel is on: its pair stands. */
    KEYS
  }

  private record Move(@Nullable ServerId server, long nanos) {}

  private final Map<Witness, Map<TunnelId, Move>> moves = new EnumMap<>(Witness.class);
  private final Map<ServerId, Long> seenDown = new ConcurrentHashMap<>();

  Moves() {
    for (Witness witness : Witness.values()) {
      moves.put(witness, new ConcurrentHashMap<>());
    }
  }

  /** A tunnel is on a server now, or on none. */
  void see(Witness witness, TunnelId tunnel, @Nullable ServerId server) {
    long now = System.nanoTime();
    of(witness)
        .merge(
            tunnel,
            new Move(server, now),
            (before, after) ->
                java.util.Objects.equals(before.server(), server) && witness != Witness.KEYS
                    ? before
                    : after);
  }

  /** The probe has seen a server go down. */
  void seeDown(ServerId server) {
    seenDown.put(server, System.nanoTime());
  }

  /** True if both directors have the tunnel in their tables. */
  boolean isInTables(TunnelId tunnel) {
    return of(Witness.OUTER).containsKey(tunnel) && of(Witness.INNER).containsKey(tunnel);
  }

  /** When it came to {@code server}; null if it was not seen there, or is elsewhere by now. */
  @Nullable Long at(Witness witness, TunnelId tunnel, ServerId server) {
    Move move = of(witness).get(tunnel);
    return move != null && server.equals(move.server()) ? (Long) move.nanos() : null;
  }

  /** When the probe last saw a server go down; null if it never has. */
  @Nullable Long downAt(ServerId server) {
    return seenDown.get(server);
  }

  private Map<TunnelId, Move> of(Witness witness) {
    return java.util.Objects.requireNonNull(moves.get(witness));
  }
}
