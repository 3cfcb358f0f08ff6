package org.pointsman.director.table;

import java.util.Arrays;

/**
 * Many IPv4 outer addresses with their servers, which are put in the order in which they stand in
 * the table.
 *
 * <p>Put as they come, each of a million addresses takes a line of memory that no cache has. Put
 * region by region, of the table as large as the processor's first cache, they take it from there.
 * Two addresses that are the same stay in their order.
 */
public final class OuterV4Batch {
  private static final int REGIONS = 256;

  private long[] entries;
  private int size;

  /** An empty one, with room for so many, and for more. */
  public OuterV4Batch(int expected) {
    entries = new long[Math.max(expected, 1)];
  }

  public void add(int address, int server) {
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, 2 * size);
    }
    entries[size++] = (long) address << 32 | server;
  }

  int size() {
    return size;
  }

  /** Sorts by home, by region: one pass to count, one to place. */
  void sort() {
    int[] next = new int[REGIONS + 1];
    for (int i = 0; i < size; i++) {
      next[region(entries[i]) + 1]++;
    }
    for (int region = 0; region < REGIONS; region++) {
      next[region + 1] += next[region];
    }
    long[] sorted = new long[size];
    for (int i = 0; i < size; i++) {
      sorted[next[region(entries[i])]++] = entries[i];
    }
    entries = sorted;
  }

  /** Homes grow with what an address is spread to, so its first bits say where about that is. */
  private static int region(long entry) {
    return SteeringTableLayout.spread((int) (entry >>> 32)) >>> 24;
  }

  int address(int i) {
    return (int) (entries[i] >>> 32);
  }

  int server(int i) {
    return (int) entries[i];
  }
}
