package org.pointsman.nms.strongswan;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pointsman.model.TunnelId;

/**
 * The tunnels to call, each at its time, and no more a second than allowed: a token bucket that
 * holds the tokens of one second. A gateway that gets ten thousand tunnels at once must not start
 * ten thousand key exchanges at once.
 */
final class TakeoverQueue {
  private final int perSecond;
  private final Map<TunnelId, Instant> due = new LinkedHashMap<>();
  private double tokens;
  private Instant filled = Instant.EPOCH;

  TakeoverQueue(int perSecond) {
    this.perSecond = perSecond;
    this.tokens = perSecond;
  }

  void add(TunnelId tunnel, Instant when) {
    due.putIfAbsent(tunnel, when);
  }

  void remove(TunnelId tunnel) {
    due.remove(tunnel);
  }

  /** Those to call now, in the order in which they came; they leave the queue. */
  List<TunnelId> take(Instant now) {
    double seconds = Math.max(0, Duration.between(filled, now).toMillis() / 1000.0);
    tokens = Math.min(perSecond, tokens + seconds * perSecond);
    filled = now;
    List<TunnelId> taken = new ArrayList<>();
    for (Map.Entry<TunnelId, Instant> entry : due.entrySet()) {
      if (tokens < 1) {
        break;
      }
      if (!entry.getValue().isAfter(now)) {
        taken.add(entry.getKey());
        tokens--;
      }
    }
    taken.forEach(due::remove);
    return taken;
  }

  boolean isEmpty() {
    return due.isEmpty();
  }
}
