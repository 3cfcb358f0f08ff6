package org.pointsman.nms.outcome;

import org.pointsman.model.Decision;
import org.pointsman.model.Rejection;

/**
 * What became of an event. Each has one or more decisions, or exactly one rejection: also one that
 * changes nothing.
 */
public sealed interface Outcome {

  /** The partition of the events topic that the event stands in. */
  int partition();

  /** The event's offset there. */
  long offset();

  /** True if this is about the event at that place. */
  default boolean isOf(int partition, long offset) {
    return partition() == partition && offset() == offset;
  }

  /** One of the changes that the event led to. */
  record Decided(int partition, long offset, Decision decision) implements Outcome {}

  /** The event changed nothing, and why. */
  record Rejected(Rejection rejection) implements Outcome {
    @Override
    public int partition() {
      return rejection.partition();
    }

    @Override
    public long offset() {
      return rejection.offset();
    }
  }
}
