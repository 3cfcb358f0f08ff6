package org.pointsman.assigner.engine;

import org.jspecify.annotations.Nullable;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

/**
 * Tunnels that look for a server.
 *
 * @param first the first announced of them, which stands for all where a policy goes by names
 * @param demand the room that they need
 * @param except a server that they must not get, or null
 */
record Request(TunnelId first, Demand demand, @Nullable ServerId except) {
  /** True if that server may have them and has room. */
  boolean suits(Slot slot) {
    return !slot.id.equals(except) && slot.fits(demand);
  }
}
