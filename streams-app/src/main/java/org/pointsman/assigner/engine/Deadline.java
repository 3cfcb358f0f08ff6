package org.pointsman.assigner.engine;

import java.time.Instant;
import org.pointsman.model.EntityKey;

/**
 * Something that happens by itself: a tunnel's announce timeout or linger ends, or a server's
 * drain. Deadlines order by time, then by key, as the keys' text does.
 *
 * @param due when
 * @param key the tunnel or the server
 */
public record Deadline(Instant due, EntityKey key) implements Comparable<Deadline> {
  @Override
  public int compareTo(Deadline other) {
    int byTime = due.compareTo(other.due);
    if (byTime != 0) {
      return byTime;
    }
    int byKind = Integer.compare(kind(key), kind(other.key));
    return byKind != 0 ? byKind : name(key).compareTo(name(other.key));
  }

  private static int kind(EntityKey key) {
    return switch (key) {
      case EntityKey.Config _ -> 0;
      case EntityKey.Server _ -> 1;
      case EntityKey.Tunnel _ -> 2;
    };
  }

  private static String name(EntityKey key) {
    return switch (key) {
      case EntityKey.Config config -> config.cluster().value();
      case EntityKey.Server server -> server.server().value();
      case EntityKey.Tunnel tunnel -> tunnel.tunnel().value();
    };
  }
}
