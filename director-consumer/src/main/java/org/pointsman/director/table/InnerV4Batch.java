package org.pointsman.director.table;

/** Many IPv4 inner prefixes with their servers, which are put span by span. */
public final class InnerV4Batch {
  private static final int SPAN_BITS = Integer.numberOfTrailingZeros(SteeringTableLayout.SPANS);
  private static final int SPAN_SHIFT = Long.SIZE - SPAN_BITS;

  private final SortedPuts puts;

  /** An empty one, with room for so many, and for more. */
  public InnerV4Batch(int expected) {
    puts = new SortedPuts(expected);
  }

  /**
   * Adds one, given its first address; of two that are the same the later one counts.
   *
   * @throws IllegalArgumentException if there can be no such server
   */
  public void add(int address, int length, int server) {
    SteeringTable.checkServer(server);
    puts.add((long) address << 32 | (long) length << 16 | server);
  }

  int size() {
    return puts.size();
  }

  void sort() {
    puts.sort(SPAN_BITS);
  }

  /** The number of the first put of another span than this one's, or how many there are. */
  int endOfSpan(int from) {
    int to = from + 1;
    while (to < size() && puts.get(to) >>> SPAN_SHIFT == puts.get(from) >>> SPAN_SHIFT) {
      to++;
    }
    return to;
  }

  int address(int i) {
    return (int) (puts.get(i) >>> 32);
  }

  int length(int i) {
    return (int) (puts.get(i) >>> 16) & 0xff;
  }

  int server(int i) {
    return (int) puts.get(i) & 0xffff;
  }
}
