package org.pointsman.director.table;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Numbers 1 to a capacity, handed out and taken back. One that was given back rests before it is
 * handed out again, so that a reader that still follows it reads what it stood for.
 *
 * <p>One that has rested comes before one never used, which keeps the memory in use small. If all
 * others are taken, {@link #take} waits out the rest of the one freed first.
 */
final class ReusePool {
  private record Freed(int number, long atNanos) {}

  private static final long DELAY_NANOS =
      TimeUnit.MILLISECONDS.toNanos(SteeringTableLayout.REUSE_DELAY_MILLIS);

  private final String what;
  private final int capacity;
  private final LongSupplier nanoTime;
  private final ArrayDeque<Freed> freed = new ArrayDeque<>();
  private int fresh = 1;

  ReusePool(String what, int capacity, LongSupplier nanoTime) {
    this.what = what;
    this.capacity = capacity;
    this.nanoTime = nanoTime;
  }

  int inUse() {
    return fresh - 1 - freed.size();
  }

  boolean isExhausted() {
    return inUse() == capacity;
  }

  /** Whether {@link #take} gives one at once. */
  boolean isReady() {
    Freed oldest = freed.peek();
    return fresh <= capacity || (oldest != null && restNanos(oldest) <= 0);
  }

  /**
   * A number that nobody has.
   *
   * @throws TableFullException if all are taken
   */
  int take() {
    Freed oldest = freed.peek();
    if (oldest != null && (fresh > capacity || restNanos(oldest) <= 0)) {
      for (long rest = restNanos(oldest); rest > 0; rest = restNanos(oldest)) {
        LockSupport.parkNanos(rest);
      }
      freed.remove();
      return oldest.number();
    }
    if (fresh > capacity) {
      throw new TableFullException(what, capacity);
    }
    return fresh++;
  }

  void giveBack(int number) {
    freed.add(new Freed(number, nanoTime.getAsLong()));
  }

  private long restNanos(Freed oldest) {
    return oldest.atNanos() + DELAY_NANOS - nanoTime.getAsLong();
  }
}
