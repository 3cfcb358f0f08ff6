package org.pointsman.assigner.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pointsman.model.ClusterId;

/**
 * Which clusters' statuses are due: of a cluster in which something was decided, the next time that
 * somebody asks; of all, every {@link #HEARTBEAT}.
 */
final class StatusNotes {
  static final Duration HEARTBEAT = Duration.ofSeconds(10);

  private final Set<ClusterId> changed = new HashSet<>();
  private Instant lastOfAll = Instant.MIN;

  void changed(ClusterId cluster) {
    changed.add(cluster);
  }

  /** Those due now, which then are told. A clock that was set back makes all of them due. */
  List<ClusterId> takeDue(Collection<ClusterId> all, Instant now) {
    boolean isTimeForAll = now.isBefore(lastOfAll) || !now.isBefore(after(lastOfAll));
    List<ClusterId> due = new ArrayList<>(isTimeForAll ? all : changed);
    changed.clear();
    if (isTimeForAll) {
      lastOfAll = now;
    }
    return due;
  }

  private static Instant after(Instant last) {
    return last.equals(Instant.MIN) ? last : last.plus(HEARTBEAT);
  }
}
