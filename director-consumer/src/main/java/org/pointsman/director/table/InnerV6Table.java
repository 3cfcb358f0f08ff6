package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.AT_INNER_V6_LENGTHS;
import static org.pointsman.director.table.SteeringTableLayout.acquireLong;
import static org.pointsman.director.table.SteeringTableLayout.releaseLong;

import java.lang.foreign.MemorySegment;
import java.util.function.BiConsumer;
import org.pointsman.model.IpPrefix;

/**
 * IPv6 inner prefix → server index, longest prefix first: a hash lookup for each length in use.
 *
 * <p>Inventories use a handful of lengths (/48, /56, /64, /128), so a lookup takes as many probes,
 * however many prefixes there are.
 */
final class InnerV6Table {
  private final V6Table prefixes;
  private final MemorySegment header;
  private final int[] countByLength = new int[129];

  InnerV6Table(V6Table prefixes, MemorySegment header) {
    this.prefixes = prefixes;
    this.header = header;
  }

  /** Reader: the server index of the longest prefix that holds the address, or 0. */
  int find(long high, long low) {
    for (int word = 2; word >= 0; word--) {
      long lengths = acquireLong(header, AT_INNER_V6_LENGTHS + 8L * word);
      while (lengths != 0) {
        int bit = 63 - Long.numberOfLeadingZeros(lengths);
        lengths &= ~(1L << bit);
        int length = word * 64 + bit;
        int server = prefixes.find(high & highMask(length), low & lowMask(length), length);
        if (server != 0) {
          return server;
        }
      }
    }
    return 0;
  }

  void put(long high, long low, int length, int server) {
    if (prefixes.put(high, low, length, server)) {
      countByLength[length]++;
      if (countByLength[length] == 1) {
        setLength(length, true);
      }
    }
  }

  boolean remove(long high, long low, int length) {
    boolean removed = prefixes.remove(high, low, length);
    if (removed) {
      countByLength[length]--;
      if (countByLength[length] == 0) {
        setLength(length, false);
      }
    }
    return removed;
  }

  int size() {
    return prefixes.size();
  }

  void forEach(BiConsumer<IpPrefix, Integer> consumer) {
    prefixes.forEach(consumer);
  }

  private void setLength(int length, boolean used) {
    long at = AT_INNER_V6_LENGTHS + 8L * (length / 64);
    long bit = 1L << (length % 64);
    long lengths = acquireLong(header, at);
    releaseLong(header, at, used ? lengths | bit : lengths & ~bit);
  }

  private static long highMask(int length) {
    return length == 0 ? 0 : -1L << (64 - Math.min(length, 64));
  }

  private static long lowMask(int length) {
    return length <= 64 ? 0 : -1L << (128 - length);
  }
}
