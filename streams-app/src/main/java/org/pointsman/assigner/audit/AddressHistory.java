package org.pointsman.assigner.audit;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.TunnelId;

/**
 * Who has an address, as the decisions of one cluster that have been handed over leave it: by outer
 * address as the outer director looks it up, exactly, and by inner subnet as the inner one does,
 * the longest prefix first.
 */
public final class AddressHistory {
  /**
   * A tunnel that has the address.
   *
   * @param tunnel its assignment
   * @param subnet the inner subnet that holds the address, or null if it is an outer address
   * @param since the decision that gave this tunnel this address, or this server to the tunnel
   */
  public record Holder(Assignment tunnel, @Nullable IpPrefix subnet, Recorded since) {}

  private final IpAddress address;
  private final Map<TunnelId, Holder> outer = new TreeMap<>();
  private final Map<TunnelId, Holder> inner = new TreeMap<>();

  public AddressHistory(IpAddress address) {
    this.address = address;
  }

  /** Takes the next decision of the cluster. */
  public void add(Recorded record) {
    if (record.decision().key() instanceof EntityKey.Tunnel key) {
      Assignment after = (Assignment) record.decision().after();
      boolean isOuter = after != null && after.outerAddresses().contains(address);
      IpPrefix subnet = after == null ? null : longest(after.innerSubnets());
      update(outer, key.tunnel(), isOuter ? after : null, null, record);
      update(inner, key.tunnel(), subnet == null ? null : after, subnet, record);
    }
  }

  private @Nullable IpPrefix longest(Collection<IpPrefix> subnets) {
    return subnets.stream()
        .filter(subnet -> subnet.contains(address))
        .max(Comparator.comparingInt(IpPrefix::length))
        .orElse(null);
  }

  private static void update(
      Map<TunnelId, Holder> holders,
      TunnelId id,
      @Nullable Assignment tunnel,
      @Nullable IpPrefix subnet,
      Recorded record) {
    if (tunnel == null) {
      holders.remove(id);
      return;
    }
    Holder before = holders.get(id);
    Recorded since = record;
    if (before != null
        && Objects.equals(before.tunnel().server(), tunnel.server())
        && Objects.equals(before.subnet(), subnet)) {
      since = before.since();
    }
    holders.put(id, new Holder(tunnel, subnet, since));
  }

  /** The tunnels whose peers send from the address, by name; they have one server. */
  public List<Holder> outer() {
    return List.copyOf(outer.values());
  }

  /** The tunnel behind which the address is; none, or the one with the longest prefix. */
  public List<Holder> inner() {
    return inner.values().stream()
        .filter(holder -> holder.subnet() != null)
        .max(Comparator.comparingInt(holder -> Objects.requireNonNull(holder.subnet()).length()))
        .stream()
        .toList();
  }
}
