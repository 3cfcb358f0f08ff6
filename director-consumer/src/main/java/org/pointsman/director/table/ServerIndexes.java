package org.pointsman.director.table;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.ServerId;

/**
 * The numbers by which tables speak of servers. A server has one while there is a record of it or a
 * tunnel on it; then the number rests before another server gets it.
 */
final class ServerIndexes {
  private static final class Slot {
    final int index;
    int uses;

    Slot(int index) {
      this.index = index;
    }
  }

  private final Map<ServerId, Slot> slots = new HashMap<>();
  private final @Nullable ServerId[] names = new ServerId[SteeringTableLayout.MOST_SERVERS + 1];
  private final ReusePool pool =
      new ReusePool("real server", SteeringTableLayout.MOST_SERVERS, System::nanoTime);

  /** The server's index, or 0 if it has none. */
  int of(@Nullable ServerId server) {
    Slot slot = server == null ? null : slots.get(server);
    return slot == null ? 0 : slot.index;
  }

  @Nullable ServerId name(int index) {
    return names[index];
  }

  /** One more user of a server. */
  void retain(ServerId server) {
    Slot slot = slots.get(server);
    if (slot == null) {
      slot = new Slot(pool.isExhausted() ? 0 : pool.take());
      slots.put(server, slot);
      names[slot.index] = slot.index == 0 ? null : server;
    }
    slot.uses++;
  }

  void release(ServerId server) {
    Slot slot = slots.get(server);
    if (slot != null) {
      slot.uses--;
    }
  }

  boolean isUnused(ServerId server) {
    Slot slot = slots.get(server);
    return slot != null && slot.uses == 0;
  }

  /** Forgets an unused server; its index, or 0 if it had none. */
  int forget(ServerId server) {
    Slot slot = slots.remove(server);
    if (slot == null || slot.index == 0) {
      return 0;
    }
    names[slot.index] = null;
    pool.giveBack(slot.index);
    return slot.index;
  }
}
