package org.pointsman.nms.strongswan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.pointsman.model.Assignment;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelUp;
import org.pointsman.nms.follow.FollowedCluster;

/**
 * The tunnels that moved here while they were up, until their peers stand here: which of them are
 * called, when, and when a peer has been away for too long.
 *
 * <p>Calling a peer spares it the wait until it misses its old gateway. Not a peer behind NAT: its
 * translator lets nobody in whom it has not called, and the call would be answered by nobody or by
 * another peer.
 */
final class Takeovers {
  private static final Set<Integer> IKE_PORTS = Set.of(500, 4500);

  private final BridgeSettings settings;
  private final FollowedCluster cluster;
  private final TakeoverQueue queue;

  /** When to give up on each. */
  private final Map<TunnelId, Instant> awaited = new TreeMap<>();

  /** Peers that were seen at a translated port, by any bridge of the cluster. */
  private final Set<TunnelId> behindNat = new HashSet<>();

  private final Map<TunnelId, ConfiguredChild> connections = new HashMap<>();

  Takeovers(BridgeSettings settings, FollowedCluster cluster) {
    this.settings = settings;
    this.cluster = cluster;
    this.queue = new TakeoverQueue(settings.takeoversPerSecond());
  }

  /** All connections that charon is configured with. */
  void configured(List<ConfiguredChild> children) {
    connections.clear();
    for (ConfiguredChild child : children) {
      settings.naming().tunnel(child).ifPresent(tunnel -> connections.putIfAbsent(tunnel, child));
    }
  }

  /** A bridge's up tells how the peer looks from outside. */
  void seen(TunnelUp up) {
    Integer port = up.observedPort();
    if (port != null && !IKE_PORTS.contains(port)) {
      behindNat.add(up.tunnel());
    } else {
      behindNat.remove(up.tunnel());
    }
  }

  /** True if gateways that are told the same as this one call the peer of a tunnel that moves. */
  boolean isCalled(Assignment tunnel) {
    return settings.takeoversPerSecond() > 0 && whyNot(tunnel).isEmpty();
  }

  private Optional<String> whyNot(Assignment tunnel) {
    ConfiguredChild child = connections.get(tunnel.tunnel());
    if (child == null) {
      return Optional.of("charon has no connection for it");
    }
    if (cluster.sharesAnAddress(tunnel)) {
      return Optional.of("it shares an outer address with another, so it is behind NAT");
    }
    if (behindNat.contains(tunnel.tunnel())) {
      return Optional.of("its peer was seen at a translated port, so it is behind NAT");
    }
    if (child.remoteAddresses().stream()
        .flatMap(text -> Sa.address(text).stream())
        .noneMatch(tunnel.outerAddresses()::contains)) {
      return Optional.of(
          "connection %s has no remote address to call, only %s"
              .formatted(child.connection(), child.remoteAddresses()));
    }
    return Optional.empty();
  }

  /**
   * A tunnel moved here while it was up.
   *
   * @return a sentence if its peer is not called although this gateway calls others
   */
  Optional<String> await(Assignment tunnel, Instant now) {
    awaited.put(tunnel.tunnel(), now.plus(settings.absentAfter()));
    if (settings.takeoversPerSecond() == 0) {
      return Optional.empty();
    }
    Optional<String> whyNot = whyNot(tunnel);
    if (whyNot.isEmpty()) {
      queue.add(tunnel.tunnel(), now.plus(settings.takeoverDelay()));
    }
    return whyNot.map(
        why ->
            "%s moved here and is not called: %s; its peer has to start"
                .formatted(tunnel.tunnel(), why));
  }

  boolean isAwaited(TunnelId tunnel) {
    return awaited.containsKey(tunnel);
  }

  /**
   * Its peer has come, or it is no longer this gateway's.
   *
   * @return true if it was awaited
   */
  boolean end(TunnelId tunnel) {
    queue.remove(tunnel);
    return awaited.remove(tunnel) != null;
  }

  /** It is released: what was known of its peer too. */
  void forget(TunnelId tunnel) {
    end(tunnel);
    behindNat.remove(tunnel);
  }

  /** It counts as absent with the next {@link #absent}. */
  void giveUp(TunnelId tunnel) {
    awaited.putIfAbsent(tunnel, Instant.EPOCH);
  }

  /** The calls that are due. */
  List<Action.Initiate> calls(Instant now) {
    List<Action.Initiate> calls = new ArrayList<>();
    for (TunnelId tunnel : queue.take(now)) {
      ConfiguredChild child = connections.get(tunnel);
      if (child != null) {
        calls.add(new Action.Initiate(tunnel, child.connection(), child.child()));
      }
    }
    return calls;
  }

  /** Those whose peers have been away for too long; they are awaited no longer. */
  List<TunnelId> absent(Instant now) {
    List<TunnelId> absent =
        awaited.entrySet().stream()
            .filter(entry -> !entry.getValue().isAfter(now))
            .map(Map.Entry::getKey)
            .toList();
    absent.forEach(this::end);
    return absent;
  }

  /** True if a call falls due soon, so that time must be looked at often. */
  boolean isCalling() {
    return !queue.isEmpty();
  }
}
