package org.pointsman.assigner.audit;

import java.util.Arrays;
import java.util.BitSet;

/** Where each epoch of a cluster was seen, and which epochs cannot be relied on. */
final class EpochLog {
  /** No cluster has so many decisions; an epoch beyond is not one. */
  static final long MOST = 1L << 30;

  /** An epoch that is so much higher than the one before was never decided. */
  static final long MOST_MISSING = 10_000_000;

  private final BitSet missing = new BitSet();
  private final BitSet doubtful = new BitSet();
  private long[] offsets = new long[1024];
  private long[] times = new long[1024];
  private int[] hashes = new int[1024];
  private long highest;

  /**
   * @param time the decision's, milliseconds since 1970
   * @param hash of the decision
   */
  void saw(long epoch, long offset, long time, int hash) {
    int index = (int) epoch;
    if (index >= offsets.length) {
      int length = Math.max(index + 1, offsets.length * 2);
      offsets = Arrays.copyOf(offsets, length);
      times = Arrays.copyOf(times, length);
      hashes = Arrays.copyOf(hashes, length);
    }
    highest = Math.max(highest, epoch);
    times[index] = time;
    offsets[index] = offset;
    hashes[index] = hash;
  }

  /** Where the decision of this epoch stands; it was seen. */
  long offset(long epoch) {
    return offsets[(int) epoch];
  }

  /** True if the decision of this epoch was seen at this offset. */
  boolean isAt(long epoch, long offset) {
    return epoch > 0 && epoch <= highest && offsets[(int) epoch] == offset;
  }

  long time(long epoch) {
    return times[(int) epoch];
  }

  boolean isSame(long epoch, int hash) {
    return hashes[(int) epoch] == hash;
  }

  void miss(long from, long to) {
    missing.set((int) from, (int) to + 1);
    doubt(from, to);
  }

  boolean isMissing(long epoch) {
    return epoch > 0 && epoch <= MOST && missing.get((int) epoch);
  }

  void found(long epoch) {
    missing.clear((int) epoch);
  }

  /** The first missing epoch from here on, or -1. */
  long nextMissing(long from) {
    return missing.nextSetBit((int) from);
  }

  /** The first epoch from here on that is not missing. */
  long nextThere(long from) {
    return missing.nextClearBit((int) from);
  }

  void doubt(long from, long to) {
    doubtful.set((int) from, (int) to + 1);
  }

  boolean isDoubtful(long epoch) {
    return epoch > 0 && epoch <= MOST && doubtful.get((int) epoch);
  }

  /** True if one of the epochs between these two, both not counted, cannot be relied on. */
  boolean isDoubtfulBetween(long from, long to) {
    int next = doubtful.nextSetBit((int) Math.max(0, from + 1));
    return next >= 0 && next < to;
  }
}
