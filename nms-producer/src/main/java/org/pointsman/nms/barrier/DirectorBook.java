package org.pointsman.nms.barrier;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.ClusterId;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.DirectorStatus.TableStatus;

/**
 * Which directors there are, which of them are live, and how far each has applied each cluster.
 *
 * <p>A director is live if its last status is younger than the bound, by either of two clocks: the
 * broker's, which stamps statuses and events alike, or this process's own, which counts from when
 * the status came in and never jumps. The first is right about statuses that stood there before,
 * the second however the broker's clock is set.
 */
public final class DirectorBook {
  private final Duration liveFor;
  private final Map<String, Sighting> directors = new TreeMap<>();

  /** The last status of a director. */
  private record Sighting(
      Map<ClusterId, Long> epochs, Instant logTime, boolean isFresh, long nanoTime) {}

  /**
   * How a cluster's live directors stand towards an epoch.
   *
   * @param live how many there are
   * @param behind those that have not applied it, each as {@code NAME at epoch N}
   */
  public record Standing(int live, List<String> behind) {
    public Standing {
      behind = List.copyOf(behind);
    }

    /** True if there is a live director and all of them have applied it. */
    public boolean isReached() {
      return live > 0 && behind.isEmpty();
    }
  }

  /**
   * @param liveFor for how long a director is live after a status
   */
  public DirectorBook(Duration liveFor) {
    this.liveFor = liveFor;
  }

  /**
   * Takes a record of the {@code directors} topic.
   *
   * @param status null if the director has ended
   * @param logTime the record's time, which is the broker's
   * @param isFresh true if it was written while this process was reading, so that its coming tells
   *     that the director is live
   * @param nanoTime now, by {@link System#nanoTime}
   */
  public void take(
      String director,
      @Nullable DirectorStatus status,
      Instant logTime,
      boolean isFresh,
      long nanoTime) {
    if (status == null) {
      directors.remove(director);
      return;
    }
    Map<ClusterId, Long> epochs = new HashMap<>();
    for (TableStatus table : status.clusters()) {
      epochs.put(table.cluster(), table.epoch());
    }
    directors.put(director, new Sighting(epochs, logTime, isFresh, nanoTime));
  }

  /**
   * How the cluster's live directors stand towards the epoch.
   *
   * @param logTime a time by the broker's clock that is about now: that of the event
   * @param nanoTime now, by {@link System#nanoTime}
   */
  public Standing standing(ClusterId cluster, long epoch, Instant logTime, long nanoTime) {
    int live = 0;
    List<String> behind = new ArrayList<>(0);
    for (Map.Entry<String, Sighting> director : directors.entrySet()) {
      Sighting sighting = director.getValue();
      Long applied = sighting.epochs().get(cluster);
      if (applied == null || !isLive(sighting, logTime, nanoTime)) {
        continue;
      }
      live++;
      if (applied < epoch) {
        behind.add("%s at epoch %d".formatted(director.getKey(), applied));
      }
    }
    return new Standing(live, behind);
  }

  private boolean isLive(Sighting sighting, Instant logTime, long nanoTime) {
    return logTime.isBefore(sighting.logTime().plus(liveFor))
        || (sighting.isFresh() && nanoTime - sighting.nanoTime() < liveFor.toNanos());
  }
}
