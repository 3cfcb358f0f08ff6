package org.pointsman.nms.cli;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.agreement.Agreement;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.EntityKey;
import org.pointsman.model.LogRecord;

/**
 * Which live directors do not know where a server is, as the records of the {@code directors} and
 * {@code assigners} topics tell. By the broker's clock, for which the youngest of them stands.
 */
final class UnresolvedServers {
  private final Map<String, Said> directors = new TreeMap<>();
  private Instant latest = Instant.MIN;

  private record Said(DirectorStatus status, Instant logTime) {}

  /**
   * Takes a record; of each key the latest counts.
   *
   * @param value null if the director has ended
   */
  void take(@Nullable String key, @Nullable LogRecord value, Instant logTime) {
    latest = logTime.isAfter(latest) ? logTime : latest;
    if (value instanceof DirectorStatus status) {
      directors.put(status.director(), new Said(status, logTime));
    } else if (key != null && value == null) {
      directors.remove(key);
    }
  }

  /** The directors that do not know where this server is, by name. */
  List<String> by(EntityKey.Server server) {
    return directors.values().stream()
        .filter(said -> said.logTime().plus(Agreement.LIVE_FOR).isAfter(latest))
        .map(Said::status)
        .filter(status -> status.unresolvedServers().contains(server))
        .map(DirectorStatus::director)
        .toList();
  }
}
