package org.pointsman.director.table;

import java.util.Arrays;

/** Puts of IPv4 outer addresses, by the region of the table that they go to. */
final class PutRegions {
  private static final int BITS = 8;
  static final int COUNT = 1 << BITS;

  private final long[][] puts = new long[COUNT][];
  private final int[] sizes = new int[COUNT];

  /**
   * @param expected for how many there is room at first
   */
  PutRegions(int expected) {
    for (int region = 0; region < COUNT; region++) {
      puts[region] = new long[expected / COUNT + expected / (8 * COUNT) + 1];
    }
  }

  /** The region of a number with so many bits; it grows with the number. */
  static int of(int number, int bits) {
    return number >>> (bits - BITS);
  }

  /** The first number with so many bits in a region. */
  static int first(int region, int bits) {
    return region << (bits - BITS);
  }

  void add(int region, long put) {
    int size = sizes[region]++;
    if (size == puts[region].length) {
      puts[region] = Arrays.copyOf(puts[region], 2 * size);
    }
    puts[region][size] = put;
  }

  int size(int region) {
    return sizes[region];
  }

  /** How many there are in all regions. */
  int size() {
    return Arrays.stream(sizes).sum();
  }

  /** The puts of a region in the order in which they came, and room for more. */
  long[] puts(int region) {
    return puts[region];
  }
}
