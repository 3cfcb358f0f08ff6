package org.pointsman.assigner.engine;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A map for looking up: either all of its own, or changes laid over another look-up, which they
 * leave as it is.
 */
final class Layer<K, V> {
  /** A look-up: null if there is nothing under the key. */
  interface Lookup<K, V> {
    @Nullable V get(K key);
  }

  private final Map<K, V> own = new HashMap<>();
  private final Set<K> gone = new HashSet<>(); // keys of the layer below that are not to be seen
  private final @Nullable Lookup<K, V> below;

  Layer(@Nullable Lookup<K, V> below) {
    this.below = below;
  }

  @Nullable V get(K key) {
    V value = own.get(key);
    if (value != null || below == null || gone.contains(key)) {
      return value;
    }
    return below.get(key);
  }

  void put(K key, V value) {
    own.put(key, value);
  }

  void remove(K key) {
    own.remove(key);
    if (below != null) {
      gone.add(key);
    }
  }

  /** What this layer itself holds, in no order: sort it before anything depends on it. */
  Collection<V> ownValues() {
    return own.values();
  }
}
