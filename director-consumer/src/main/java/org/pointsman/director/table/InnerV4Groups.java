package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.CELL_LENGTH_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.GROUP_BYTES;
import static org.pointsman.director.table.SteeringTableLayout.GROUP_CELLS;
import static org.pointsman.director.table.SteeringTableLayout.GROUP_FLAG;
import static org.pointsman.director.table.SteeringTableLayout.INDEX_MASK;
import static org.pointsman.director.table.SteeringTableLayout.LENGTH_MASK;
import static org.pointsman.director.table.SteeringTableLayout.LENGTH_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.NARROW_FLAG;
import static org.pointsman.director.table.SteeringTableLayout.NARROW_GROUP_BYTES;
import static org.pointsman.director.table.SteeringTableLayout.NARROW_MASK;
import static org.pointsman.director.table.SteeringTableLayout.SMALL_FLAG;
import static org.pointsman.director.table.SteeringTableLayout.SMALL_GROUP_BYTES;
import static org.pointsman.director.table.SteeringTableLayout.SMALL_GROUP_CELLS;
import static org.pointsman.director.table.SteeringTableLayout.acquireByte;
import static org.pointsman.director.table.SteeringTableLayout.acquireShort;
import static org.pointsman.director.table.SteeringTableLayout.plainLong;
import static org.pointsman.director.table.SteeringTableLayout.releaseByte;
import static org.pointsman.director.table.SteeringTableLayout.releaseShort;

import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;

/**
 * The cells of /24 blocks that hold longer prefixes: 256 of them, or 16, each for a /28, where no
 * prefix is longer than that. The latter have 16 bits each, or 8 in a narrow group, where all
 * prefixes are of one length and nothing is inherited.
 *
 * <p>A block in which one prefix stands alone has no group, but one is reserved for it, so that
 * there is room when another prefix joins it or covers it.
 *
 * <p>A group is named as in the base cell that leads to it: {@code GROUP_FLAG}, for a small one
 * {@code SMALL_FLAG}, for a narrow one {@code NARROW_FLAG} as well and the length of its prefixes,
 * and its number. Cells are asked for by the last 8 bits of an address; the cells of a small group
 * answer for 16 of them each.
 */
final class InnerV4Groups {
  /** The longest prefix that a small group can hold. */
  static final int LONGEST_IN_SMALL = 28;

  private final MemorySegment narrow;
  private final MemorySegment small;
  private final MemorySegment large;
  private final ReusePool narrowPool;
  private final ReusePool smallPool;
  private final ReusePool largePool;
  private final int capacity;
  private int smallReserved;
  private int largeReserved;

  /**
   * @param capacity how many of 16 cells there may be, and how many of 256
   */
  InnerV4Groups(
      MemorySegment narrow,
      MemorySegment small,
      MemorySegment large,
      int capacity,
      LongSupplier nanoTime) {
    this.narrow = narrow;
    this.small = small;
    this.large = large;
    this.capacity = capacity;
    String block = "IPv4 /24 block with longer inner prefixes";
    narrowPool = new ReusePool(block, capacity, nanoTime);
    smallPool = new ReusePool(block, capacity, nanoTime);
    largePool =
        new ReusePool("IPv4 /24 block with inner prefixes longer than /28", capacity, nanoTime);
  }

  /** Reader: what stands for an address in the group that its base cell leads to. */
  int cell(int group, int address) {
    long number = group & INDEX_MASK;
    if ((group & SMALL_FLAG) == 0) {
      return acquireShort(large, number * GROUP_BYTES + 2L * (address & 0xff));
    }
    if ((group & NARROW_FLAG) == 0) {
      return acquireShort(small, number * SMALL_GROUP_BYTES + (address >>> 3 & 0x1e));
    }
    int server = acquireByte(narrow, number * NARROW_GROUP_BYTES + (address >>> 4 & 0xf));
    return server == 0 ? 0 : lengthCell(group) | server;
  }

  /** Sets a cell that the group {@link #canHold}. */
  void set(int group, int address, int cell) {
    long number = group & INDEX_MASK;
    if ((group & SMALL_FLAG) == 0) {
      releaseShort(large, number * GROUP_BYTES + 2L * (address & 0xff), cell);
    } else if ((group & NARROW_FLAG) == 0) {
      releaseShort(small, number * SMALL_GROUP_BYTES + (address >>> 3 & 0x1e), cell);
    } else {
      releaseByte(narrow, number * NARROW_GROUP_BYTES + (address >>> 4 & 0xf), cell & NARROW_MASK);
    }
  }

  /** What names a narrow group, without its number. */
  static int narrow(int length) {
    return GROUP_FLAG | SMALL_FLAG | NARROW_FLAG | (length - 24) << LENGTH_SHIFT;
  }

  /** Whether a group can say this of as many addresses as share a cell in it. */
  static boolean canHold(int group, int cell) {
    return (group & NARROW_FLAG) == 0 || cell == 0 || (cell & ~NARROW_MASK) == lengthCell(group);
  }

  /** What all cells of a narrow group say of their prefixes' length. */
  private static int lengthCell(int group) {
    return (group >>> LENGTH_SHIFT & LENGTH_MASK) << CELL_LENGTH_SHIFT;
  }

  /** How many addresses share a cell. */
  static int step(int group) {
    return (group & SMALL_FLAG) != 0 ? GROUP_CELLS / SMALL_GROUP_CELLS : 1;
  }

  // ---- new ones --------------------------------------------------------------------------------

  /**
   * A small or large group with all its cells the same.
   *
   * @throws TableFullException if there is no room
   */
  int newSame(boolean isSmall, int cell) {
    checkRoom(isSmall);
    int group = isSmall ? takeSmall() : takeLarge();
    for (int i = 0; i < GROUP_CELLS; i += step(group)) {
      set(group, i, cell);
    }
    return group;
  }

  /**
   * A narrow group for prefixes of one length, without any.
   *
   * @throws TableFullException if there is no room
   */
  int newNarrow(int length) {
    return newNarrow(length, 0, 0);
  }

  /**
   * A narrow group with prefixes of one length.
   *
   * @param low its first 8 cells, as they stand in memory
   * @param high the other 8
   * @throws TableFullException if there is no room
   */
  int newNarrow(int length, long low, long high) {
    checkRoom(true);
    int group = takeNarrow(length);
    long at = (long) (group & INDEX_MASK) * NARROW_GROUP_BYTES;
    plainLong(narrow, at, low); // whoever is led here sees it, for that is a release store
    plainLong(narrow, at + Long.BYTES, high);
    return group;
  }

  /**
   * A large group that says what a small one does.
   *
   * @throws TableFullException if there is no room
   */
  int newLargeLike(int like) {
    checkRoom(false);
    return copy(like, takeLarge());
  }

  /** A small group in place of a narrow one, which says the same and is about to be given back. */
  int newSmallInsteadOf(int like) {
    return copy(like, takeSmall());
  }

  /**
   * A group with less memory that says what another one does: a narrow one if all prefixes are of
   * one length and nothing is inherited, else a small one if none is longer than a /28.
   *
   * @param longest what {@link #longest} says of it, more than 24
   * @return the group itself if there is none, or not at once
   */
  int newSmallerLike(int like, int longest) {
    boolean isSmall = (like & SMALL_FLAG) != 0;
    if (longest > LONGEST_IN_SMALL || (!isSmall && smallInUse() >= capacity)) {
      return like;
    }
    boolean fitsNarrow = true;
    for (int i = 0; i < GROUP_CELLS; i += step(like)) {
      fitsNarrow &= canHold(narrow(longest), cell(like, i));
    }
    if (fitsNarrow && (like & NARROW_FLAG) == 0 && narrowPool.isReady()) {
      return copy(like, takeNarrow(longest));
    }
    return !isSmall && smallPool.isReady() ? copy(like, takeSmall()) : like;
  }

  private int takeNarrow(int length) {
    return narrow(length) | narrowPool.take();
  }

  private int takeSmall() {
    return GROUP_FLAG | SMALL_FLAG | smallPool.take();
  }

  private int takeLarge() {
    return GROUP_FLAG | largePool.take();
  }

  private int copy(int from, int to) {
    for (int i = 0; i < GROUP_CELLS; i += step(to)) {
      set(to, i, cell(from, i));
    }
    return to;
  }

  void giveBack(int group) {
    boolean isSmall = (group & SMALL_FLAG) != 0;
    ReusePool ofSmall = (group & NARROW_FLAG) != 0 ? narrowPool : smallPool;
    (isSmall ? ofSmall : largePool).giveBack(group & INDEX_MASK);
  }

  // ---- reserved ones ---------------------------------------------------------------------------

  /**
   * Reserves a group.
   *
   * @throws TableFullException if there is no room
   */
  void reserve(boolean isSmall) {
    checkRoom(isSmall);
    addReserved(isSmall, 1);
  }

  /**
   * Reserves a group in place of one that is about to be given back.
   *
   * @return false if there is no room
   */
  boolean reserveInsteadOf(int group, boolean isSmall) {
    boolean isLike = isSmall == ((group & SMALL_FLAG) != 0);
    boolean hasRoom = isLike || !isFull(isSmall);
    addReserved(isSmall, hasRoom ? 1 : 0);
    return hasRoom;
  }

  void giveUpReserved(boolean isSmall) {
    addReserved(isSmall, -1);
  }

  private void addReserved(boolean isSmall, int count) {
    smallReserved += isSmall ? count : 0;
    largeReserved += isSmall ? 0 : count;
  }

  private void checkRoom(boolean isSmall) {
    if (isFull(isSmall)) {
      throw (isSmall ? smallPool : largePool).full();
    }
  }

  private boolean isFull(boolean isSmall) {
    return (isSmall ? smallInUse() : largeInUse()) >= capacity;
  }

  // ---- what there is ---------------------------------------------------------------------------

  /** The length of the longest prefix that shows in a group; 24 if none is longer. */
  int longest(int group) {
    int longest = 24;
    for (int i = 0; i < GROUP_CELLS; i += step(group)) {
      longest = Math.max(longest, 24 + (cell(group, i) >>> CELL_LENGTH_SHIFT));
    }
    return longest;
  }

  /** How many of 16 cells are taken or reserved. */
  int smallInUse() {
    return narrowPool.inUse() + smallPool.inUse() + smallReserved;
  }

  /** How many of 16 cells there may be, and how many of 256. */
  int capacity() {
    return capacity;
  }

  /** How many of 256 cells are taken or reserved. */
  int largeInUse() {
    return largePool.inUse() + largeReserved;
  }

  /** How many bytes those that are taken have. */
  long bytesInUse() {
    return (long) narrowPool.inUse() * NARROW_GROUP_BYTES
        + (long) smallPool.inUse() * SMALL_GROUP_BYTES
        + (long) largePool.inUse() * GROUP_BYTES;
  }
}
