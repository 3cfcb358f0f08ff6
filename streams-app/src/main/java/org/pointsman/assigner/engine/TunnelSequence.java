package org.pointsman.assigner.engine;

import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.TunnelId;

/**
 * Tunnels by announce order: either all of its own, or changes laid over another sequence, which
 * they leave as it is. The layer under it must not change meanwhile.
 */
final class TunnelSequence implements TunnelsInOrder {
  static final TunnelSequence EMPTY = new TunnelSequence(null);

  private final @Nullable TunnelsInOrder below;
  private final TreeMap<Long, TunnelId> own = new TreeMap<>();
  private final Set<Long> gone; // orders in the layer below that are not to be seen
  private int size;

  /**
   * Nothing of the layer below with this order or a lower one is left. Pending tunnels are served
   * from the front, and without it each search would step over all that were served before.
   */
  private long floor;

  TunnelSequence(@Nullable TunnelsInOrder below) {
    this.below = below;
    this.gone = below == null ? Set.of() : new HashSet<>();
    this.size = below == null ? 0 : below.size();
  }

  /** Adds a tunnel that is not in the sequence. */
  void add(long order, TunnelId tunnel) {
    own.put(order, tunnel);
    size++;
  }

  /** Takes out a tunnel that is in the sequence. */
  void remove(long order) {
    if (own.remove(order) == null) {
      gone.add(order);
    }
    size--;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Map.@Nullable Entry<Long, TunnelId> after(long order) {
    Map.Entry<Long, TunnelId> mine = own.higherEntry(order);
    Map.Entry<Long, TunnelId> other = below == null ? null : visibleBelow(below, order);
    if (mine == null || (other != null && other.getKey() < mine.getKey())) {
      return other;
    }
    return mine;
  }

  private Map.@Nullable Entry<Long, TunnelId> visibleBelow(TunnelsInOrder below, long order) {
    boolean fromFront = order <= floor;
    Map.Entry<Long, TunnelId> entry = below.after(Math.max(order, floor));
    while (entry != null && gone.contains(entry.getKey())) {
      if (fromFront) {
        floor = entry.getKey();
      }
      entry = below.after(entry.getKey());
    }
    return entry;
  }

  @Override
  public Iterator<TunnelId> iterator() {
    return below == null ? own.values().iterator() : new Steps();
  }

  /** Goes by {@link #after}, so the sequence may change between two steps. */
  private final class Steps implements Iterator<TunnelId> {
    private long last;

    @Override
    public boolean hasNext() {
      return after(last) != null;
    }

    @Override
    public TunnelId next() {
      Map.Entry<Long, TunnelId> entry = after(last);
      if (entry == null) {
        throw new NoSuchElementException();
      }
      last = entry.getKey();
      return entry.getValue();
    }
  }
}
