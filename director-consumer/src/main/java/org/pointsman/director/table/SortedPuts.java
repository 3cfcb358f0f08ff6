package org.pointsman.director.table;

import java.util.Arrays;

/**
 * What is to be put, each a number of 64 bits whose upper ones say where about it goes, to be put
 * in that order: as they come, each of a million entries takes a line of memory that no cache has.
 */
final class SortedPuts {
  private long[] puts;
  private int size;

  /**
   * @param expected for how many there is room at first
   */
  SortedPuts(int expected) {
    puts = new long[Math.max(expected, 1)];
  }

  void add(long put) {
    if (size == puts.length) {
      puts = Arrays.copyOf(puts, 2 * size);
    }
    puts[size++] = put;
  }

  int size() {
    return size;
  }

  long get(int i) {
    return puts[i];
  }

  /**
   * Sorts by some of the upper bits, from one down to another, and leaves what agrees in these as
   * it is: so of two puts of the same key the later one stays the later one.
   *
   * @param passes how many; of the bits, each pass takes its share
   */
  void sortByUpper(int bits, int passes) {
    int share = Math.ceilDiv(bits, passes);
    for (int shift = Long.SIZE - bits; shift < Long.SIZE && !isSorted(bits); shift += share) {
      sort(shift, Math.min(share, Long.SIZE - shift));
    }
  }

  private boolean isSorted(int bits) {
    int shift = Long.SIZE - bits;
    for (int i = 1; i < size; i++) {
      if (puts[i] >>> shift < puts[i - 1] >>> shift) {
        return false;
      }
    }
    return true;
  }

  /** One pass to count, one to place. */
  private void sort(int shift, int bits) {
    int mask = (1 << bits) - 1;
    int[] next = new int[mask + 2];
    for (int i = 0; i < size; i++) {
      next[((int) (puts[i] >>> shift) & mask) + 1]++;
    }
    for (int i = 0; i < mask; i++) {
      next[i + 1] += next[i];
    }
    long[] sorted = new long[size];
    for (int i = 0; i < size; i++) {
      sorted[next[(int) (puts[i] >>> shift) & mask]++] = puts[i];
    }
    puts = sorted;
  }
}
