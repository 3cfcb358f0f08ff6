package org.pointsman.quickstart.demo;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.feed.FeedListener;
import org.pointsman.model.Assignment;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.TunnelId;

/** The assignments that one director has applied, and when each came. */
final class FollowedCluster implements FeedListener {
  private final Map<TunnelId, Assignment> assignments =
      new ConcurrentSkipListMap<>(java.util.Comparator.comparing(TunnelId::value));
  private final Map<TunnelId, Long> appliedNanos = new ConcurrentHashMap<>();

  private volatile long lastNanos;

  @Override
  public void applied(int partition, long offset, EntityKey key, @Nullable Entity entity) {
    lastNanos = System.nanoTime();
    if (key instanceof EntityKey.Tunnel tunnel) {
      if (entity instanceof Assignment assignment) {
        assignments.put(tunnel.tunnel(), assignment);
        appliedNanos.putIfAbsent(tunnel.tunnel(), System.nanoTime());
      } else {
        assignments.remove(tunnel.tunnel());
        appliedNanos.remove(tunnel.tunnel());
      }
    }
  }

  @Nullable Assignment assignment(TunnelId tunnel) {
    return assignments.get(tunnel);
  }

  /** When the tunnel first stood in the table, by {@link System#nanoTime}; null if it does not. */
  @Nullable Long appliedNanos(TunnelId tunnel) {
    return appliedNanos.get(tunnel);
  }

  /** When the last change came, by {@link System#nanoTime}. */
  long lastNanos() {
    return lastNanos;
  }
}
