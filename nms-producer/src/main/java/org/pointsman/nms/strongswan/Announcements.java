package org.pointsman.nms.strongswan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.pointsman.model.Assignment;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;

/**
 * The tunnels that can be announced from charon's configuration: those whose connection names the
 * peer's addresses and subnets. Children of the same tunnel are one announce.
 */
final class Announcements {
  private Announcements() {}

  /** Addresses and subnets of a tunnel while they are collected. */
  private record Parts(SortedSet<IpAddress> outer, SortedSet<IpPrefix> inner) {}

  /**
   * The announces, by tunnel.
   *
   * @param say hears a sentence for each connection that cannot be announced
   */
  static SortedMap<TunnelId, TunnelAnnounce> of(
      List<ConfiguredChild> configured, TunnelNaming naming, Consumer<String> say) {
    Map<TunnelId, Parts> parts = new TreeMap<>();
    for (ConfiguredChild child : configured) {
      Optional<TunnelId> tunnel = naming.tunnel(child);
      List<IpAddress> outer =
          child.remoteAddresses().stream().flatMap(text -> Sa.address(text).stream()).toList();
      List<IpPrefix> inner =
          child.remoteSubnets().stream()
              .flatMap(text -> Differences.prefix(text).stream())
              .toList();
      if (tunnel.isEmpty() || outer.isEmpty() || inner.isEmpty()) {
        say.accept(
            "connection %s/%s is not announced: expected a tunnel name, remote_addrs and remote_ts that are addresses and subnets but got %s from %s with %s; announce it from the inventory"
                .formatted(
                    child.connection(),
                    child.child(),
                    tunnel.map(TunnelId::toString).orElse("no name"),
                    child.remoteAddresses(),
                    child.remoteSubnets()));
        continue;
      }
      Parts its =
          parts.computeIfAbsent(tunnel.get(), _ -> new Parts(new TreeSet<>(), new TreeSet<>()));
      its.outer().addAll(outer);
      its.inner().addAll(inner);
    }
    SortedMap<TunnelId, TunnelAnnounce> announces = new TreeMap<>();
    parts.forEach(
        (tunnel, its) -> {
          try {
            announces.put(
                tunnel,
                new TunnelAnnounce(
                    tunnel, new ArrayList<>(its.outer()), new ArrayList<>(its.inner()), 0));
          } catch (InvalidValueException tooMany) {
            say.accept("tunnel %s is not announced: %s".formatted(tunnel, tooMany.getMessage()));
          }
        });
    return announces;
  }

  /** True if the log knows the tunnel like that already. Expected traffic is the NMS's to say. */
  static boolean isKnown(TunnelAnnounce announce, Assignment assignment) {
    return assignment.outerAddresses().equals(announce.outerAddresses())
        && assignment.innerSubnets().equals(announce.innerSubnets());
  }
}
