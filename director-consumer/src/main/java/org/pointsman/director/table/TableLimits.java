package org.pointsman.director.table;

import org.pointsman.model.InvalidValueException;

/**
 * How much a {@link SteeringTable} can hold. The sizes are fixed when the table is made, because a
 * table in shared memory cannot move; growing means starting again with larger ones.
 *
 * @param outerV4Slots slots for IPv4 outer addresses, four in each of 16,384 or more buckets; up to
 *     15/16 of them are used
 * @param outerV6Addresses IPv6 outer addresses
 * @param innerV4Groups /24 blocks of IPv4 that hold prefixes longer than /24, and as many that hold
 *     some longer than /28; shorter prefixes are not limited
 * @param innerV6Prefixes IPv6 inner prefixes
 */
public record TableLimits(
    int outerV4Slots, int outerV6Addresses, int innerV4Groups, int innerV6Prefixes) {
  public static final int DEFAULT_MAX_TUNNELS = 65_536;

  /** The most tunnels that a table can be made for. */
  public static final int MOST_TUNNELS = 8_388_608;

  private static final int FEWEST_SLOTS = 1024;
  private static final int FEWEST_V4_SLOTS =
      SteeringTableLayout.FEWEST_V4_BUCKETS * SteeringTableLayout.BUCKET_SLOTS;

  public TableLimits {
    positive("outer IPv4 slots", outerV4Slots);
    positive("outer IPv6 addresses", outerV6Addresses);
    positive("inner IPv4 groups", innerV4Groups);
    positive("inner IPv6 prefixes", innerV6Prefixes);
    if (outerV4Slots % SteeringTableLayout.BUCKET_SLOTS != 0 || outerV4Slots < FEWEST_V4_SLOTS) {
      throw new InvalidValueException(
          "expected a multiple of %d and at least %,d for outer IPv4 slots but got %,d"
              .formatted(SteeringTableLayout.BUCKET_SLOTS, FEWEST_V4_SLOTS, outerV4Slots));
    }
    if (innerV4Groups > SteeringTableLayout.INDEX_MASK) {
      throw new InvalidValueException(
          "expected at most %,d inner IPv4 groups but got %,d"
              .formatted(SteeringTableLayout.INDEX_MASK, innerV4Groups));
    }
  }

  /**
   * Room for {@code maxTunnels} tunnels, each with one outer address of each family, one IPv6
   * prefix, and IPv4 prefixes longer than /24 in one /24 block. Peers with several addresses or
   * scattered subnets count as several tunnels.
   *
   * @throws InvalidValueException unless 1 ≤ {@code maxTunnels} ≤ {@value #MOST_TUNNELS}
   */
  public static TableLimits forTunnels(int maxTunnels) {
    if (maxTunnels < 1 || maxTunnels > MOST_TUNNELS) {
      throw new InvalidValueException(
          "expected 1 to %,d for max tunnels but got %,d".formatted(MOST_TUNNELS, maxTunnels));
    }
    int entries = Math.max(maxTunnels, FEWEST_SLOTS / 2);
    return new TableLimits(v4SlotsFor(entries), entries, entries, entries);
  }

  /**
   * Slots for {@code entries} IPv4 outer addresses, at most 2/3 of them used: nine in ten then
   * stand at home, where a lookup finds them at once.
   */
  private static int v4SlotsFor(int entries) {
    int buckets = Math.ceilDiv(entries * 3 / 2, SteeringTableLayout.BUCKET_SLOTS) + 1;
    return Math.max(FEWEST_V4_SLOTS, buckets * SteeringTableLayout.BUCKET_SLOTS);
  }

  /** Buckets for IPv4 outer addresses. */
  public int outerV4Buckets() {
    return outerV4Slots / SteeringTableLayout.BUCKET_SLOTS;
  }

  /** How far the rest of an address is shifted to be its tag, as the table's header says it. */
  public int outerV4TagShift() {
    return CompactIndex.tagShift(outerV4Buckets());
  }

  /**
   * Slots of a cuckoo table for {@code entries} entries: a power of two, at most 4/5 of them used,
   * where an insertion finds its place within a few moves.
   */
  static int slotsFor(int entries) {
    long wanted = Math.max(FEWEST_SLOTS, (entries * 5L + 3) / 4);
    return (int) (Long.highestOneBit(wanted - 1) << 1);
  }

  private static void positive(String what, int value) {
    if (value < 1) {
      throw new InvalidValueException("expected 1 or more %s but got %d".formatted(what, value));
    }
  }
}
