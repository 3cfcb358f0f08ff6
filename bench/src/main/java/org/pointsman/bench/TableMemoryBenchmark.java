package org.pointsman.bench;

import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.agrona.collections.Int2IntCounterMap;
import org.pointsman.director.table.InnerV4Batch;
import org.pointsman.director.table.OuterV4Batch;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.director.table.SteeringTableLayout.Section;
import org.pointsman.director.table.TableLimits;

/**
 * The memory of a steering table, in bytes for each tunnel.
 *
 * <p>Each tunnel has one random IPv4 outer address and one /28, the subnets one beside the other;
 * the table is made for exactly so many, and filled at once, as at a start. The 4 MB of the inner
 * table's spans are there whatever is in it and are not counted. "taken" is what the layout
 * reserves for so many (and 64 MB of base cells for any); pages of it that are never written take
 * no memory of this process. The maps hold the outer addresses alone, as they grow by themselves.
 */
public final class TableMemoryBenchmark {
  private static final int TUNNELS = 327_680;
  private static final Set<Section> OUTER = EnumSet.of(Section.OUTER_V4);
  private static final Set<Section> INNER =
      EnumSet.of(
          Section.INNER_V4_GROUPS, Section.INNER_V4_SMALL_GROUPS, Section.INNER_V4_NARROW_GROUPS);

  private TableMemoryBenchmark() {}

  /**
   * Prints the figures.
   *
   * @param arguments how many tunnels, if not 327,680
   */
  public static void main(String... arguments) {
    int tunnels = arguments.length == 0 ? TUNNELS : Integer.parseInt(arguments[0]);
    TableLimits limits = TableLimits.forTunnels(tunnels);
    System.out.printf(Locale.ROOT, "%,d tunnels, one IPv4 address and one /28 each%n%n", tunnels);

    int[] addresses = new Random(42).ints().filter(a -> a != 0).distinct().limit(tunnels).toArray();
    fill(new SteeringTable(limits), addresses).close(); // what the classes themselves take
    long heapBefore = heap();
    SteeringTable table = fill(new SteeringTable(limits), addresses);
    long groups = table.innerV4BytesInUse();
    line("outer, taken", bytes(limits, OUTER), tunnels);
    line("inner cells and groups, in use", groups, tunnels);
    line("both, in use", bytes(limits, OUTER) + groups, tunnels);
    line("inner groups, taken", bytes(limits, INNER), tunnels);
    line("the writer's notes on the heap", heap() - heapBefore, tunnels);
    System.out.println();

    outer("steering table, outer", bytes(limits, OUTER), limits.outerV4Slots() / 16 * 15L, tunnels);
    Int2IntCounterMap agrona = new Int2IntCounterMap(0);
    Int2IntOpenHashMap fastutil = new Int2IntOpenHashMap();
    for (int address : addresses) {
      agrona.put(address, 1);
      fastutil.put(address, 1);
    }
    long slots = agrona.capacity();
    outer("Agrona's Int2IntCounterMap", slots * 8, (long) (slots * agrona.loadFactor()), tunnels);
    long cells = Long.highestOneBit(Math.ceilDiv(tunnels * 4L, 3) - 1) * 2;
    outer("fastutil's Int2IntOpenHashMap", cells * 8, cells * 3 / 4, tunnels);
    if (table.outerSize() + fastutil.size() + agrona.size() != 3 * tunnels) {
      throw new AssertionError("expected all of them to hold every address");
    }
    table.close();
  }

  private static SteeringTable fill(SteeringTable table, int[] addresses) {
    OuterV4Batch outer = new OuterV4Batch(addresses.length);
    InnerV4Batch inner = new InnerV4Batch(addresses.length);
    for (int i = 0; i < addresses.length; i++) {
      outer.add(addresses[i], 1 + i % 16);
      inner.add(0x0a00_0000 + (i << 4), 28, 1 + i % 16);
    }
    if (table.putOuter(outer).size() + table.putInner(inner).size() > 0) {
      throw new AssertionError("expected room for every tunnel");
    }
    return table;
  }

  private static long bytes(TableLimits limits, Set<Section> sections) {
    return sections.stream().mapToLong(section -> section.bytes(limits)).sum();
  }

  private static void line(String what, long bytes, int tunnels) {
    System.out.printf(
        Locale.ROOT, "%-40s %,14d bytes %8.1f a tunnel%n", what, bytes, (double) bytes / tunnels);
  }

  private static void outer(String what, long bytes, long capacity, int entries) {
    System.out.printf(
        Locale.ROOT,
        "%-40s %,14d bytes %8.1f an address; %.1f when it is full (%,d)%n",
        what,
        bytes,
        (double) bytes / entries,
        (double) bytes / capacity,
        capacity);
  }

  /** Bytes in use, once a collection frees no more. */
  private static long heap() {
    Runtime runtime = Runtime.getRuntime();
    long used = Long.MAX_VALUE;
    while (true) {
      for (int i = 0; i < 4; i++) {
        System.gc();
      }
      long now = runtime.totalMemory() - runtime.freeMemory();
      if (now >= used) {
        return now;
      }
      used = now;
    }
  }
}
