package org.pointsman.assigner.topology;

import java.util.concurrent.atomic.LongAdder;

/** What the assigner has done since it started, over all tasks; may count again after a failure. */
public final class AssignerCounters {
  private final LongAdder events = new LongAdder();
  private final LongAdder decisions = new LongAdder();
  private final LongAdder rejections = new LongAdder();

  /** How much so far. */
  public record Counts(long events, long decisions, long rejections) {}

  public Counts counts() {
    return new Counts(events.sum(), decisions.sum(), rejections.sum());
  }

  void event() {
    events.increment();
  }

  void decisions(int more) {
    decisions.add(more);
  }

  void rejection() {
    rejections.increment();
  }
}
