package org.pointsman.director.table;

/**
 * Many IPv4 outer addresses with their servers, to be put region by region of the table: as they
 * come, each of a million would take a line of memory that no cache has.
 */
public final class OuterV4Batch {
  private final PutRegions bySpread;

  /**
   * An empty one.
   *
   * @param expected for how many there is room at first
   */
  public OuterV4Batch(int expected) {
    bySpread = new PutRegions(expected);
  }

  /**
   * Adds one; of two with the same address the later one counts.
   *
   * @throws IllegalArgumentException if there can be no such server
   */
  public void add(int address, int server) {
    SteeringTable.checkServer(server);
    int spread = SteeringTableLayout.spread(address);
    bySpread.add(PutRegions.of(spread, Integer.SIZE), (long) spread << 32 | server);
  }

  /** What is to be put, by {@link #spread}, with which homes grow. */
  PutRegions bySpread() {
    return bySpread;
  }

  /** What the address is {@linkplain SteeringTableLayout#spread spread} to. */
  static int spread(long put) {
    return (int) (put >>> 32);
  }

  static int server(long put) {
    return (int) put;
  }
}
