package org.pointsman.assigner.engine;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.TunnelId;

/** The tunnels under each key, in announce order; layered as {@link TunnelSequence} is. */
final class SequenceIndex<K> {
  /** What the layer below has under a key. */
  interface Lookup<K> {
    TunnelsInOrder get(K key);
  }

  private final Map<K, TunnelSequence> own = new HashMap<>();
  private final @Nullable Lookup<K> below;

  SequenceIndex(@Nullable Lookup<K> below) {
    this.below = below;
  }

  TunnelsInOrder get(K key) {
    TunnelSequence sequence = own.get(key);
    if (sequence != null) {
      return sequence;
    }
    return below == null ? TunnelSequence.EMPTY : below.get(key);
  }

  void add(K key, long order, TunnelId tunnel) {
    own(key).add(order, tunnel);
  }

  void remove(K key, long order) {
    TunnelSequence sequence = own(key);
    sequence.remove(order);
    if (below == null && sequence.isEmpty()) {
      own.remove(key);
    }
  }

  private TunnelSequence own(K key) {
    TunnelSequence sequence = own.get(key);
    if (sequence == null) {
      sequence = new TunnelSequence(below == null ? null : below.get(key));
      own.put(key, sequence);
    }
    return sequence;
  }
}
