package org.pointsman.director.table;

import java.util.Arrays;

/**
 * Many IPv4 outer addresses with their servers, to be put region by region of the table: as they
 * come, each of a million would take a line of memory that no cache has.
 */
public final class OuterV4Batch {
  private static final int REGION_BITS = 8;
  static final int REGIONS = 1 << REGION_BITS;

  private final long[][] puts = new long[REGIONS][];
  private final int[] sizes = new int[REGIONS];

  /**
   * An empty one.
   *
   * @param expected for how many there is room at first
   */
  public OuterV4Batch(int expected) {
    for (int region = 0; region < REGIONS; region++) {
      puts[region] = new long[expected / REGIONS + expected / (8 * REGIONS) + 1];
    }
  }

  /**
   * Adds one; of two with the same address the later one counts.
   *
   * @throws IllegalArgumentException if there can be no such server
   */
  public void add(int address, int server) {
    SteeringTable.checkServer(server);
    int spread = SteeringTableLayout.spread(address);
    int region = spread >>> (Integer.SIZE - REGION_BITS); // homes grow with it
    int size = sizes[region]++;
    if (size == puts[region].length) {
      puts[region] = Arrays.copyOf(puts[region], 2 * size);
    }
    puts[region][size] = (long) spread << 32 | server;
  }

  int size(int region) {
    return sizes[region];
  }

  /** What is to be put there: {@link #spread} and {@link #server} of each say what. */
  long[] puts(int region) {
    return puts[region];
  }

  /** What the first address of a region is spread to. */
  static int firstSpread(int region) {
    return region << (Integer.SIZE - REGION_BITS);
  }

  /** What the address is {@linkplain SteeringTableLayout#spread spread} to. */
  static int spread(long put) {
    return (int) (put >>> 32);
  }

  static int server(long put) {
    return (int) put;
  }
}
