package org.pointsman.assigner.engine;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.TunnelId;

/** Some tunnels of a cluster in the order in which they were announced. For reading. */
public sealed interface TunnelsInOrder extends Iterable<TunnelId> permits TunnelSequence {

  int size();

  default boolean isEmpty() {
    return size() == 0;
  }

  /**
   * The first of them that was announced after the one with this order, or null if none was.
   *
   * @param order an {@link org.pointsman.model.Assignment#order()}; 0 for the very first
   */
  Map.@Nullable Entry<Long, TunnelId> after(long order);
}
