package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.AT_HOME;
import static org.pointsman.director.table.SteeringTableLayout.AT_OUTER_V4_BUCKETS;
import static org.pointsman.director.table.SteeringTableLayout.AT_OUTER_V4_FEW;
import static org.pointsman.director.table.SteeringTableLayout.AT_OUTER_V4_FILTER;
import static org.pointsman.director.table.SteeringTableLayout.AT_OUTER_V4_TAG_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.BUCKET_SLOTS;
import static org.pointsman.director.table.SteeringTableLayout.FILTER_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.INT;
import static org.pointsman.director.table.SteeringTableLayout.KINDS;
import static org.pointsman.director.table.SteeringTableLayout.OUTER_V4_FEW;
import static org.pointsman.director.table.SteeringTableLayout.SERVER_MASK;
import static org.pointsman.director.table.SteeringTableLayout.TAG_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.V4_SLOT_BYTES;
import static org.pointsman.director.table.SteeringTableLayout.acquireInt;
import static org.pointsman.director.table.SteeringTableLayout.acquireLong;
import static org.pointsman.director.table.SteeringTableLayout.gather;
import static org.pointsman.director.table.SteeringTableLayout.plainLong;
import static org.pointsman.director.table.SteeringTableLayout.releaseInt;
import static org.pointsman.director.table.SteeringTableLayout.releaseLong;
import static org.pointsman.director.table.SteeringTableLayout.spread;

import java.lang.foreign.MemorySegment;

/**
 * Cuckoo buckets of four 32-bit slots {tag, kind, server}: where the slots of addresses stand and
 * how they make room. {@link SteeringTableLayout} has the arithmetic.
 *
 * <p>An insertion that finds both its buckets full searches, breadth first, the shortest chain of
 * moves that ends at an empty slot, and carries it out from the far end, as {@link CuckooIndex}
 * does: each slot is copied to its other bucket before its old place is cleared.
 *
 * <p>Places of slots are their numbers, from the first slot of the first bucket on.
 *
 * <p>Not final, so that a test can stop a reader between any two of a writer's stores.
 */
class CompactIndex {
  private static final int MOST_NODES = 2048;
  private static final int V4_BUCKET_BYTES = BUCKET_SLOTS * V4_SLOT_BYTES;
  private static final int SIGN = 1 << 31;

  /** No slot has this place. */
  static final int NOWHERE = -1;

  private final MemorySegment slots;
  private final MemorySegment header;
  private final long movesAt;
  private final int buckets;
  private final int tagShift;
  private final int usableSlots;
  private int used;

  /** What {@link #lookAhead} read; kept, or it would not be read. */
  @SuppressWarnings("UnusedVariable")
  private int ahead;

  private final int[] nodeBucket = new int[MOST_NODES];
  private final int[] nodeParent = new int[MOST_NODES];
  private final int[] nodeSlot = new int[MOST_NODES];

  /**
   * @param slots the section
   * @param movesAt where in {@code header} the move counter stands
   */
  CompactIndex(MemorySegment slots, MemorySegment header, long movesAt) {
    this.slots = slots;
    this.header = header;
    this.movesAt = movesAt;
    long count = slots.byteSize() / V4_SLOT_BYTES;
    this.buckets = (int) (count / BUCKET_SLOTS);
    this.tagShift = tagShift(buckets);
    this.usableSlots = (int) (count / 16 * 15);
    releaseInt(header, AT_OUTER_V4_BUCKETS, buckets);
    releaseInt(header, AT_OUTER_V4_TAG_SHIFT, tagShift);
  }

  /** How far the rest of an address is shifted to be its tag. */
  static int tagShift(int buckets) {
    return 31 - Integer.numberOfLeadingZeros(buckets);
  }

  int used() {
    return used;
  }

  /** How many slots may be in use; an insertion may fail a little earlier. */
  int usableSlots() {
    return usableSlots;
  }

  int buckets() {
    return buckets;
  }

  /** How many bits the number of a bucket has. */
  int bucketBits() {
    return Integer.SIZE - Integer.numberOfLeadingZeros(buckets - 1);
  }

  int places() {
    return buckets * BUCKET_SLOTS;
  }

  /** What an address's {@link #home} and {@link #tag} are made of. */
  long product(int address) {
    return productOfSpread(spread(address));
  }

  long productOfSpread(int spread) {
    return Integer.toUnsignedLong(spread) * buckets;
  }

  /** Says in the filter that what is spread to this may be here; to be done before it is put. */
  void announce(int spread) {
    announce(spread, spread);
  }

  /** As the other one, for all from one number to another, both unsigned. */
  void announce(int firstSpread, int lastSpread) {
    int last = lastSpread >>> FILTER_SHIFT;
    for (int bit = firstSpread >>> FILTER_SHIFT; bit <= last; bit++) {
      long at = AT_OUTER_V4_FILTER + 8L * (bit / 64);
      long bits = acquireLong(header, at);
      if ((bits >>> bit & 1) == 0) {
        releaseLong(header, at, bits | 1L << bit);
      }
    }
  }

  /**
   * Says in the header that this address, which was put, is here, if there is a place for it there.
   */
  void name(int address) {
    long at = few(address) == NOWHERE ? few(0) : NOWHERE;
    if (at != NOWHERE) {
      releaseInt(header, at, address);
    }
  }

  /** Says so no more of an address that is about to be removed. */
  void unname(int address) {
    long at = few(address);
    if (at != NOWHERE) {
      releaseInt(header, at, 0);
    }
  }

  /**
   * Where the header has this address among the few that it names (0: a free place), or NOWHERE.
   */
  private long few(int address) {
    long end = AT_OUTER_V4_FEW + OUTER_V4_FEW * Integer.BYTES;
    for (long at = AT_OUTER_V4_FEW; at < end; at += Integer.BYTES) {
      if (acquireInt(header, at) == address) {
        return at;
      }
    }
    return NOWHERE;
  }

  int home(long product) {
    return (int) (product >>> 32);
  }

  int tag(long product) {
    return (int) product >>> tagShift;
  }

  /** The other bucket of a tag that may stand in {@code bucket}; its own inverse. */
  int other(int bucket, int tag) {
    long factor = tag * 0x9e37_79b9L & 0xffff_ffffL;
    int other = (int) ((factor * buckets) >>> 32) - bucket;
    return other + (other >> 31 & buckets);
  }

  /** Reader: what the move counter says. */
  long moves() {
    return acquireLong(header, movesAt);
  }

  /** Reader: the slot, or 0 if it is empty. */
  int slot(int place) {
    return acquireInt(slots, (long) place * V4_SLOT_BYTES);
  }

  /**
   * Reader: the server of the slot with this tag and kind, or 0 if none of the bucket's has it.
   *
   * <p>Which of four slots it is is chance, and a processor that guesses wrong begins its next
   * lookup late; so there is no branch. The slot looked for differs from {@code wanted} by less
   * than any other: it is the least of the four, once all are taken as unsigned. And the loads are
   * plain ones: a slot says all there is in one piece, so they need no order among themselves, and
   * a barrier after each would let no two lookups overlap. Who looks again and again has to have a
   * load in between that is ordered; a packet's way begins with one.
   */
  int serverIn(int bucket, int tag, int kind) {
    long at = (long) bucket * V4_BUCKET_BYTES;
    int wanted = (tag << TAG_SHIFT | kind) ^ SIGN;
    long first = plainLong(slots, at);
    long second = plainLong(slots, at + 2 * V4_SLOT_BYTES);
    int least =
        Math.min(
            Math.min((int) first ^ wanted, (int) (first >>> 32) ^ wanted),
            Math.min((int) second ^ wanted, (int) (second >>> 32) ^ wanted));
    return least <= (SIGN | SERVER_MASK) ? least ^ SIGN : 0;
  }

  /** Copies buckets to the heap, two words each. */
  void read(int firstBucket, long[] words, int count) {
    long from = (long) firstBucket * V4_BUCKET_BYTES;
    for (int i = 0; i < count; i++) {
      words[i] = plainLong(slots, from + (long) i * Long.BYTES);
    }
  }

  /**
   * Copies buckets back to which slots were added. The stores are ordered with no other, since a
   * slot says all there is in one piece.
   */
  void write(int firstBucket, long[] words, int count, int added) {
    long to = (long) firstBucket * V4_BUCKET_BYTES;
    for (int i = 0; i < count; i++) {
      plainLong(slots, to + (long) i * Long.BYTES, words[i]);
    }
    used += added;
  }

  /** Reads a bucket so that the processor has it at hand, and may read others meanwhile. */
  void lookAhead(int bucket) {
    ahead ^= (int) INT.get(slots, (long) bucket * V4_BUCKET_BYTES);
  }

  /** Reads the bucket into which {@link #makeRoom} would first try to move something. */
  void lookAheadOfMove(int bucket) {
    lookAhead(other(bucket, slot(bucket * BUCKET_SLOTS) >>> TAG_SHIFT));
  }

  /** The address of a slot at a place. */
  int address(int place, int slot) {
    int bucket = place / BUCKET_SLOTS;
    int tag = slot >>> TAG_SHIFT;
    int home = (slot & KINDS) == AT_HOME ? bucket : other(bucket, tag);
    long least = (long) home << 32 | (long) tag << tagShift;
    return gather((int) Math.ceilDiv(least, buckets));
  }

  /** The place of a slot that differs from what is wanted in the server only, or NOWHERE. */
  int locate(int bucket, int wanted) {
    for (int i = 0; i < BUCKET_SLOTS; i++) {
      int place = bucket * BUCKET_SLOTS + i;
      if (((slot(place) ^ wanted) & ~SERVER_MASK) == 0) {
        return place;
      }
    }
    return NOWHERE;
  }

  /** The first empty place of a bucket, or {@link #NOWHERE}. */
  int empty(int bucket) {
    return locate(bucket, 0); // no entry's upper bits are 0
  }

  void replace(int place, int slot) {
    store(slots, (long) place * V4_SLOT_BYTES, slot);
  }

  /** Puts a slot where none is. */
  void fill(int place, int slot) {
    replace(place, slot);
    used++;
  }

  void clear(int place) {
    replace(place, 0);
    used--;
  }

  /**
   * Moves others until a slot in one of two full buckets is empty.
   *
   * @return its place, or {@link #NOWHERE} if no chain of moves leads to one; then nothing has
   *     moved
   */
  int makeRoom(int first, int second) {
    int place = moveOneOf(first);
    if (place == NOWHERE) {
      place = moveOneOf(second);
    }
    return place != NOWHERE ? place : moveChain(first, second);
  }

  /** The shortest chain is nearly always one move: of a slot whose other bucket has room. */
  private int moveOneOf(int bucket) {
    for (int i = 0; i < BUCKET_SLOTS; i++) {
      int from = bucket * BUCKET_SLOTS + i;
      int to = empty(other(bucket, slot(from) >>> TAG_SHIFT));
      if (to != NOWHERE) {
        move(from, to);
        return from;
      }
    }
    return NOWHERE;
  }

  private int moveChain(int first, int second) {
    nodeBucket[0] = first;
    nodeBucket[1] = second;
    nodeParent[0] = -1;
    nodeParent[1] = -1;
    int nodes = 2;
    for (int node = 0; node < nodes; node++) {
      int bucket = nodeBucket[node];
      for (int i = 0; i < BUCKET_SLOTS; i++) {
        int slot = slot(bucket * BUCKET_SLOTS + i);
        if (slot == 0) {
          return unwind(node, bucket * BUCKET_SLOTS + i);
        }
        int next = other(bucket, slot >>> TAG_SHIFT);
        if (nodes < MOST_NODES && !isOnTheWay(node, next)) {
          nodeBucket[nodes] = next;
          nodeParent[nodes] = node;
          nodeSlot[nodes] = i;
          nodes++;
        }
      }
    }
    return NOWHERE;
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

  /** Moves the slots of a chain, the last one first; the place that the first one left. */
  private int unwind(int leaf, int emptyPlace) {
    int empty = emptyPlace;
    for (int node = leaf; nodeParent[node] >= 0; node = nodeParent[node]) {
      int from = nodeBucket[nodeParent[node]] * BUCKET_SLOTS + nodeSlot[node];
      move(from, empty);
      empty = from;
    }
    return empty;
  }

  /** Moves a slot to its other bucket. */
  void move(int from, int to) {
    count(acquireLong(header, movesAt) + 1);
    replace(to, slot(from) ^ KINDS);
    replace(from, 0);
  }

  /**
   * Every store that readers may see goes through here or through {@link #count}, but those of
   * {@link #write}.
   */
  void store(MemorySegment segment, long at, int value) {
    releaseInt(segment, at, value);
  }

  void count(long moves) {
    releaseLong(header, movesAt, moves);
  }
}
