package org.pointsman.model;

import java.time.Instant;

/** Why something was decided. */
public sealed interface Cause {

  /**
   * An event of the log.
   *
   * @param partition its partition of the {@code events} topic
   * @param offset its offset there
   * @param eventId its {@link NetworkEvent#eventId()}
   */
  record ByEvent(int partition, long offset, String eventId) implements Cause {}

  /**
   * A deadline that came: linger, announce timeout or drain.
   *
   * @param partition the partition of the {@code events} topic whose task keeps the cluster
   * @param due the deadline
   */
  record ByTimer(int partition, Instant due) implements Cause {}
}
