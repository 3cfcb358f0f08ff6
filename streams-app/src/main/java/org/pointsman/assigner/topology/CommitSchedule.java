package org.pointsman.assigner.topology;

import java.time.Duration;

/**
 * When a task's transaction should end: as soon as all events at hand are decided, since nobody
 * sees an outcome before; but no sooner after the last one than the interval. With a backlog it is
 * left to Kafka Streams' own, longer interval, because every transaction costs several round trips
 * during which no event is decided.
 */
final class CommitSchedule {
  private final Backlog backlog;
  private final long intervalMillis;
  private boolean hasOutcomes;
  private boolean isAtTheEnd;
  private long lastMillis = Long.MIN_VALUE;

  CommitSchedule(Backlog backlog, Duration interval) {
    this.backlog = backlog;
    this.intervalMillis = interval.toMillis();
  }

  /** Whether to commit now that this event is decided. */
  boolean isDueAfter(int partition, long offset, long nowMillis) {
    hasOutcomes = true;
    isAtTheEnd = backlog.endsAt(partition, offset);
    return isDue(nowMillis);
  }

  /** Whether to commit now, with no event having come since. */
  boolean isDue(long nowMillis) {
    if (!hasOutcomes || !isAtTheEnd) {
      return false;
    }
    boolean isTooSoon = nowMillis >= lastMillis && nowMillis < lastMillis + intervalMillis;
    if (isTooSoon) {
      return false;
    }
    hasOutcomes = false;
    lastMillis = nowMillis;
    return true;
  }
}
