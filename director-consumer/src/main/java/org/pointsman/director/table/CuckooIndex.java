package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.BUCKET_BYTES;
import static org.pointsman.director.table.SteeringTableLayout.BUCKET_SLOTS;
import static org.pointsman.director.table.SteeringTableLayout.SLOT_BYTES;
import static org.pointsman.director.table.SteeringTableLayout.acquireLong;
import static org.pointsman.director.table.SteeringTableLayout.mix;
import static org.pointsman.director.table.SteeringTableLayout.releaseLong;

import java.lang.foreign.MemorySegment;

/**
 * Cuckoo buckets of four 64-bit slots {tag, value}: where slots stand and how they make room.
 *
 * <p>An insertion that finds both its buckets full searches, breadth first, the shortest chain of
 * moves that ends at an empty slot, and carries it out from the far end: each slot is copied to its
 * other bucket before its old place is cleared, so no reader can miss it (Fan, Andersen, Kaminsky:
 * "MemC3", NSDI 2013, §3.2; see {@link SteeringTableLayout}). With two buckets of four, chains stay
 * at two or three moves up to nine tenths full.
 *
 * <p>Not final, so that a test can stop a reader between any two of a writer's stores.
 *
 * <p>The tables that own an index do the lookups; this class keeps the buckets' order.
 */
class CuckooIndex {
  /** Slots that a search may look at: four levels from two buckets are 2 × (1 + 4 + 16 + 64). */
  private static final int MOST_NODES = 2048;

  private final MemorySegment buckets;
  private final MemorySegment header;
  private final long movesAt;
  private final int mask;
  private final int usableSlots;
  private int used;

  private final int[] nodeBucket = new int[MOST_NODES];
  private final int[] nodeParent = new int[MOST_NODES];
  private final int[] nodeSlot = new int[MOST_NODES];

  /**
   * @param buckets the section, a power of two of slots
   * @param movesAt where in {@code header} the move counter stands
   * @param maskAt where in {@code header} the bucket mask is to be written
   */
  CuckooIndex(MemorySegment buckets, MemorySegment header, long movesAt, long maskAt) {
    this.buckets = buckets;
    this.header = header;
    this.movesAt = movesAt;
    long count = buckets.byteSize() / BUCKET_BYTES;
    this.mask = (int) count - 1;
    this.usableSlots = (int) (count * BUCKET_SLOTS / 16 * 15);
    releaseLong(header, maskAt, mask);
  }

  int used() {
    return used;
  }

  /** How many slots may be in use; an insertion may fail a little earlier. */
  int usableSlots() {
    return usableSlots;
  }

  /** The number of buckets, less one. */
  int mask() {
    return mask;
  }

  /** Reader: what the move counter says. */
  long moves() {
    return acquireLong(header, movesAt);
  }

  int firstBucket(long hash) {
    return (int) hash & mask;
  }

  /** The other bucket of a slot that may stand in {@code bucket}; its own inverse. */
  int otherBucket(int bucket, long hash) {
    return bucket ^ (((int) (hash >>> 32) | 1) & mask);
  }

  /** Reader: the slot, or 0 if it is empty. */
  long slot(int bucket, int slot) {
    return acquireLong(buckets, at(bucket, slot));
  }

  long slotAt(long at) {
    return acquireLong(buckets, at);
  }

  /** Where a slot stands; stays valid until the next {@link #insert}. */
  static long at(int bucket, int slot) {
    return (long) bucket * BUCKET_BYTES + (long) slot * SLOT_BYTES;
  }

  void replace(long at, long slot) {
    store(buckets, at, slot);
  }

  void clear(long at) {
    store(buckets, at, 0);
    used--;
  }

  /**
   * Puts a slot whose key is not here yet.
   *
   * @return false if no place was found; then nothing has moved
   */
  boolean insert(long slot) {
    if (used >= usableSlots) {
      return false;
    }
    long at = makeRoom((int) (slot >>> 32));
    if (at < 0) {
      return false;
    }
    store(buckets, at, slot);
    used++;
    return true;
  }

  /** The offset of an empty slot in one of the tag's buckets, or -1. */
  private long makeRoom(int tag) {
    long hash = mix(tag);
    int first = firstBucket(hash);
    nodeBucket[0] = first;
    nodeBucket[1] = otherBucket(first, hash);
    nodeParent[0] = -1;
    nodeParent[1] = -1;
    int nodes = 2;
    for (int node = 0; node < nodes; node++) {
      int bucket = nodeBucket[node];
      int empty = emptySlot(bucket);
      if (empty >= 0) {
        return unwind(node, empty);
      }
      for (int i = 0; i < BUCKET_SLOTS && nodes < MOST_NODES; i++) {
        int other = otherBucket(bucket, mix((int) (slot(bucket, i) >>> 32)));
        if (!isOnTheWay(node, other)) {
          nodeBucket[nodes] = other;
          nodeParent[nodes] = node;
          nodeSlot[nodes] = i;
          nodes++;
        }
      }
    }
    return -1;
  }

  private int emptySlot(int bucket) {
    for (int i = 0; i < BUCKET_SLOTS; i++) {
      if (slot(bucket, i) == 0) {
        return i;
      }
    }
    return -1;
  }

  /** A chain that enters a bucket twice would move a slot that it has moved already. */
  private boolean isOnTheWay(int node, int bucket) {
    for (int n = node; n >= 0; n = nodeParent[n]) {
      if (nodeBucket[n] == bucket) {
        return true;
      }
    }
    return false;
  }

  /** Moves the slots of a chain, the last one first; the offset that the first one left. */
  private long unwind(int leaf, int emptySlot) {
    long empty = at(nodeBucket[leaf], emptySlot);
    for (int node = leaf; nodeParent[node] >= 0; node = nodeParent[node]) {
      long from = at(nodeBucket[nodeParent[node]], nodeSlot[node]);
      move(from, empty);
      empty = from;
    }
    return empty;
  }

  void move(long from, long to) {
    store(header, movesAt, acquireLong(header, movesAt) + 1);
    store(buckets, to, acquireLong(buckets, from));
    store(buckets, from, 0);
  }

  /** Every store that readers may see goes through here. */
  void store(MemorySegment segment, long at, long value) {
    releaseLong(segment, at, value);
  }
}
