package org.pointsman.director.table;

import java.util.function.LongSupplier;

/**
 * Numbers 1 to a capacity, handed out and taken back. One that was given back rests before it is
 * handed out again ({@link Resting}).
 *
 * <p>One that has rested comes before one never used, which keeps the memory in use small. If all
 * others are taken, {@link #take} waits out the rest of the one freed first.
 */
final class ReusePool {
  private final String what;
  private final int capacity;
  private final Resting freed;
  private int fresh = 1;

  ReusePool(String what, int capacity, LongSupplier nanoTime) {
    this.what = what;
    this.capacity = capacity;
    freed = new Resting(nanoTime);
  }

  int inUse() {
    return fresh - 1 - freed.size();
  }

  boolean isExhausted() {
    return inUse() == capacity;
  }

  /** Whether {@link #take} gives one at once. */
  boolean isReady() {
    return fresh <= capacity || freed.hasRested();
  }

  /**
   * A number that nobody has.
   *
   * @throws TableFullException if all are taken
   */
  int take() {
    if (freed.hasRested() || (fresh > capacity && freed.size() > 0)) {
      return freed.take();
    }
    if (fresh > capacity) {
      throw full();
    }
    return fresh++;
  }

  void giveBack(int number) {
    freed.add(number);
  }

  TableFullException full() {
    return new TableFullException(what, capacity);
  }
}
