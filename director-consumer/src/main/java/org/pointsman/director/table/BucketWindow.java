package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.BUCKET_SLOTS;
import static org.pointsman.director.table.SteeringTableLayout.SERVER_MASK;

/**
 * A copy of some buckets of a {@link CompactIndex}, to be filled and copied back. Reading and
 * writing them in their order, the processor foresees what comes next; what is put comes in none,
 * and finds them in the cache.
 */
final class BucketWindow {
  private static final int BUCKET_WORDS = BUCKET_SLOTS / 2;

  /** Times this, 32 bits stand in both halves of 64. */
  private static final long TWICE = 0x1_0000_0001L;

  private final CompactIndex index;
  private long[] words = {};
  private int first;
  private int count;
  private int room;
  private int added;

  BucketWindow(CompactIndex index) {
    this.index = index;
  }

  /** Shows the buckets from one to another. */
  void open(int firstBucket, int lastBucket) {
    first = firstBucket;
    count = (lastBucket - firstBucket + 1) * BUCKET_WORDS;
    if (words.length < count) {
      words = new long[count];
    }
    index.read(first, words, count);
    room = index.usableSlots() - index.used();
    added = 0;
  }

  /** Shows readers of the index what was put. */
  void close() {
    index.write(first, words, count, added);
  }

  /**
   * Puts a slot into a bucket, if it is not there and there is room, as long as buckets fill from
   * their first slot on. How many slots are taken is chance, and a processor that guesses wrong
   * begins the next put late; so there is no branch on it.
   *
   * @param slot without the server
   * @return whether it was put
   */
  boolean append(int bucket, int slot, int server) {
    int at = (bucket - first) * BUCKET_WORDS;
    long low = words[at];
    long high = words[at + 1];
    int taken = taken(low) + taken(high);
    if (taken == BUCKET_SLOTS || has(low, high, slot) || added >= room) {
      return false;
    }
    words[at + taken / 2] |= Integer.toUnsignedLong(slot | server) << (taken % 2 * Integer.SIZE);
    added++;
    return true;
  }

  /**
   * How many of two slots are taken, if the first is filled first: by the highest bit that is set.
   */
  private static int taken(long twoSlots) {
    return (95 - Long.numberOfLeadingZeros(twoSlots)) >>> 5;
  }

  /** Whether one of four slots differs from another one in the server only. */
  private static boolean has(long low, long high, int slot) {
    long twice = Integer.toUnsignedLong(slot) * TWICE;
    return (zeroHalves((low ^ twice) & ~(SERVER_MASK * TWICE))
            | zeroHalves((high ^ twice) & ~(SERVER_MASK * TWICE)))
        != 0;
  }

  /** Not 0 if one of the halves is: it borrows, and had no highest bit to begin with. */
  private static long zeroHalves(long halves) {
    return (halves - TWICE) & ~halves & (TWICE << 31);
  }
}
