package org.pointsman.director.inspect;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pointsman.model.Assignment;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;

/** Which tunnels have an address or a prefix, those without a server among them. */
final class TunnelsByKey {
  private final Map<IpAddress, List<Assignment>> outer = new HashMap<>();
  private final Map<IpPrefix, List<Assignment>> inner = new HashMap<>();

  TunnelsByKey(Collection<Assignment> tunnels) {
    for (Assignment tunnel : tunnels) {
      tunnel.outerAddresses().forEach(key -> add(outer, key, tunnel));
      tunnel.innerSubnets().forEach(key -> add(inner, key, tunnel));
    }
  }

  private static <K> void add(Map<K, List<Assignment>> map, K key, Assignment tunnel) {
    map.computeIfAbsent(key, _ -> new ArrayList<>(1)).add(tunnel);
  }

  /** Those with this outer address. */
  List<Assignment> outer(IpAddress address) {
    return outer.getOrDefault(address, List.of());
  }

  /** Those with exactly this prefix. */
  List<Assignment> inner(IpPrefix prefix) {
    return inner.getOrDefault(prefix, List.of());
  }

  /**
   * Those whose prefix is the longest that holds the address, among the tunnels that have a server
   * or, with {@code pending}, among those that have none.
   */
  List<Assignment> inner(IpAddress address, boolean pending) {
    for (int length = address.isV4() ? 32 : 128; length >= 0; length--) {
      List<Assignment> found =
          inner(IpPrefix.containing(address, length)).stream()
              .filter(tunnel -> tunnel.isPending() == pending)
              .toList();
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }
}
