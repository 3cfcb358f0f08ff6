package org.pointsman.director.table;

/** Many IPv4 outer addresses with their servers, which are put in the order of their homes. */
public final class OuterV4Batch {
  private static final int REGION_BITS =
      8; // a region is about as large as a processor's first cache

  private final SortedPuts puts;

  /** An empty one, with room for so many, and for more. */
  public OuterV4Batch(int expected) {
    puts = new SortedPuts(expected);
  }

  /** Adds one; of two with the same address the later one counts. */
  public void add(int address, int server) {
    // Homes grow with what an address is spread to, so its first bits say where about that is.
    puts.add((long) SteeringTableLayout.spread(address) << 32 | server);
  }

  int size() {
    return puts.size();
  }

  void sort() {
    puts.sortByUpper(REGION_BITS, 1);
  }

  int address(int i) {
    return SteeringTableLayout.gather((int) (puts.get(i) >>> 32));
  }

  int server(int i) {
    return (int) puts.get(i);
  }
}
