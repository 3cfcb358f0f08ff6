package org.pointsman.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The operator takes a real server out of service gently: it gets no new tunnels, announced and
 * lingering ones move, up ones stay until they go down.
 *
 * @param server its name
 * @param deadline after this long the tunnels still up are moved too; null for the cluster's own
 *     drain deadline
 */
public record ServerDrain(ServerId server, @Nullable Duration deadline) implements ServerEvent {
  public ServerDrain {
    Checks.notNegative("a drain deadline", deadline);
  }
}
