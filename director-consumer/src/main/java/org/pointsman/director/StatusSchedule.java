package org.pointsman.director;

import java.time.Duration;

/**
 * When a status is due: at once after a change, but not within a millisecond of the last one; and
 * two seconds after the last one even without a change. None before the first change.
 *
 * <p>Whoever announces a tunnel waits for the status after the batch with its assignment, so a
 * second would be far too long. There is a batch for each of the assigner's transactions, and those
 * that come within a millisecond are told together.
 *
 * <p>Times are nanoseconds of any clock that only goes on.
 */
final class StatusSchedule {
  static final long AT_MOST_EVERY_NANOS = Duration.ofMillis(1).toNanos();
  static final long AT_LEAST_EVERY_NANOS = Duration.ofSeconds(2).toNanos();

  private boolean changed;
  private boolean any;
  private long last;

  void changed() {
    changed = true;
  }

  /** A status that tells all changes so far is taken now. */
  void taken(long now) {
    changed = false;
    any = true;
    last = now;
  }

  /** How long until one is due: 0 or less if it is, {@link Long#MAX_VALUE} for not foreseeable. */
  long nanosUntilDue(long now) {
    if (!any) {
      return changed ? 0 : Long.MAX_VALUE;
    }
    long since = now - last;
    return (changed ? AT_MOST_EVERY_NANOS : AT_LEAST_EVERY_NANOS) - since;
  }
}
