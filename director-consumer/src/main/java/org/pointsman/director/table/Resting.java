package org.pointsman.director.table;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Numbers of what was freed, each of which rests for {@link
 * SteeringTableLayout#REUSE_DELAY_MILLIS}, so that a reader that still follows it reads what it
 * stood for.
 */
final class Resting {
  private record Freed(int number, long atNanos) {}

  private static final long DELAY_NANOS =
      TimeUnit.MILLISECONDS.toNanos(SteeringTableLayout.REUSE_DELAY_MILLIS);

  private final LongSupplier nanoTime;
  private final ArrayDeque<Freed> freed = new ArrayDeque<>();

  /**
   * @param nanoTime a clock that only goes forward
   */
  Resting(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  void add(int number) {
    freed.add(new Freed(number, nanoTime.getAsLong()));
  }

  int size() {
    return freed.size();
  }

  /** Whether the one freed first has rested. */
  boolean hasRested() {
    Freed oldest = freed.peek();
    return oldest != null && restNanos(oldest) <= 0;
  }

  /**
   * Takes the one freed first, after waiting out what is left of its rest.
   *
   * @throws java.util.NoSuchElementException if there is none
   */
  int take() {
    Freed oldest = freed.remove();
    for (long rest = restNanos(oldest); rest > 0; rest = restNanos(oldest)) {
      LockSupport.parkNanos(rest);
    }
    return oldest.number();
  }

  private long restNanos(Freed oldest) {
    return oldest.atNanos() + DELAY_NANOS - nanoTime.getAsLong();
  }
}
