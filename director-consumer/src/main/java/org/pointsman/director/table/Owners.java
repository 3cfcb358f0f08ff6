package org.pointsman.director.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

/**
 * Which tunnels have an outer address or inner prefix, and whose server counts.
 *
 * <p>Peers behind one NAT share an outer address, so an address stays as long as one tunnel has it.
 * Their tunnels are on one server, but they move one record after the other; in between, the server
 * of the newest decision counts. So the answer depends only on which assignments there are, not on
 * how they came.
 */
final class Owners<K> {
  private static final Comparator<Assignment> NEWEST_LAST =
      Comparator.comparingLong(Assignment::epoch).thenComparing(Assignment::tunnel);

  /** Nearly always one owner, for which {@link List#of} is small. */
  private final Map<K, List<Assignment>> owners = new HashMap<>();

  /** The keys of the batch under way, each with the server it had before. */
  private final Map<K, @Nullable ServerId> touched = new LinkedHashMap<>();

  void add(K key, Assignment owner) {
    add(key, owner, true);
  }

  /**
   * @param isTouched false if the batch does not ask which keys it touched
   */
  void add(K key, Assignment owner, boolean isTouched) {
    if (isTouched) {
      touch(key);
    }
    owners.merge(key, List.of(owner), Owners::join);
  }

  void remove(K key, TunnelId tunnel) {
    touch(key);
    owners.computeIfPresent(
        key,
        (_, present) -> {
          List<Assignment> left =
              present.stream().filter(owner -> !owner.tunnel().equals(tunnel)).toList();
          return left.isEmpty() ? null : left;
        });
  }

  /**
   * An owner has a newer assignment, and the key and the server in it are the same as before. Most
   * changes are of this kind: tunnels come up and go down where they are.
   */
  void renew(K key, Assignment owner) {
    List<Assignment> present = owners.get(key);
    if (present != null && present.size() == 1) {
      owners.put(key, List.of(owner));
    } else {
      remove(key, owner.tunnel());
      add(key, owner);
    }
  }

  /** The server that counts for a key, or null. */
  @Nullable ServerId server(K key) {
    List<Assignment> present = owners.get(key);
    if (present == null) {
      return null;
    }
    return present.size() == 1
        ? present.getFirst().server()
        : present.stream().max(NEWEST_LAST).orElseThrow().server();
  }

  Set<K> keys() {
    return owners.keySet();
  }

  /** The keys that the batch touched with the server each had before it; ends the batch. */
  Map<K, @Nullable ServerId> takeTouched() {
    Map<K, @Nullable ServerId> taken = new LinkedHashMap<>(touched);
    touched.clear();
    return taken;
  }

  private void touch(K key) {
    if (!touched.containsKey(key)) {
      touched.put(key, server(key));
    }
  }

  private static List<Assignment> join(List<Assignment> present, List<Assignment> more) {
    List<Assignment> all = new ArrayList<>(present);
    all.addAll(more);
    return List.copyOf(all);
  }
}
