package org.pointsman.director.table;

import java.util.Arrays;

/**
 * What is to be put, each a number of 64 bits whose upper ones say where about it goes, to be put
 * in that order: as they come, each of a million entries takes a line of memory that no cache has.
 *
 * <p>Many are first parted by the first bits in which they differ at all; then each part, which is
 * small enough for a cache, is sorted by the others. What agrees in the bits asked for stays in its
 * order, so of two puts of the same key the later one stays the later one.
 */
final class SortedPuts {
  /** More of them are parted first. */
  private static final int FEW = 1 << 16;

  /** Into more parts at a time than a processor's first cache has room for would be slower. */
  private static final int PART_BITS = 6;

  private static final int SORT_BITS = 11;

  private long[] puts;
  private long[] spare = {};
  private int size;
  private long differing;

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
    differing |= put ^ puts[0];
  }

  int size() {
    return size;
  }

  long get(int i) {
    return puts[i];
  }

  /** Sorts by the upper bits. */
  void sort(int bits) {
    int end = Long.SIZE - bits;
    int top = Long.SIZE - Long.numberOfLeadingZeros(differing);
    if (top <= end || isSorted(end)) {
      return;
    }
    spare = new long[size];
    int parted = top;
    int[] ends = {size};
    if (size > FEW) {
      parted = Math.max(end, top - PART_BITS);
      ends = place(0, size, parted, top - parted);
      swap();
    }
    for (int shift = end; shift < parted; shift += SORT_BITS) {
      int from = 0;
      for (int to : ends) {
        int[] _ = place(from, to, shift, Math.min(SORT_BITS, parted - shift));
        from = to;
      }
      swap();
    }
  }

  private void swap() {
    long[] placed = spare;
    spare = puts;
    puts = placed;
  }

  private boolean isSorted(int shift) {
    for (int i = 1; i < size; i++) {
      if (puts[i] >>> shift < puts[i - 1] >>> shift) {
        return false;
      }
    }
    return true;
  }

  /**
   * Places some of the puts in the spare array, by some of their bits.
   *
   * @return where those with each value of the bits end
   */
  private int[] place(int from, int to, int shift, int bits) {
    long[] source = puts;
    long[] target = spare;
    int mask = (1 << bits) - 1;
    int[] ends = new int[mask + 1];
    for (int i = from; i < to; i++) {
      ends[(int) (source[i] >>> shift) & mask]++;
    }
    int start = from;
    for (int i = 0; i <= mask; i++) {
      int count = ends[i];
      ends[i] = start;
      start += count;
    }
    for (int i = from; i < to; i++) {
      target[ends[(int) (source[i] >>> shift) & mask]++] = source[i];
    }
    return ends;
  }
}
