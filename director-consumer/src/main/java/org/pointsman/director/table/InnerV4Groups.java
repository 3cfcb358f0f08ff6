package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.CELL_LENGTH_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.GROUP_BYTES;
import static org.pointsman.director.table.SteeringTableLayout.GROUP_CELLS;
import static org.pointsman.director.table.SteeringTableLayout.GROUP_FLAG;
import static org.pointsman.director.table.SteeringTableLayout.INDEX_MASK;
import static org.pointsman.director.table.SteeringTableLayout.SMALL_FLAG;
import static org.pointsman.director.table.SteeringTableLayout.SMALL_GROUP_BYTES;
import static org.pointsman.director.table.SteeringTableLayout.SMALL_GROUP_CELLS;
import static org.pointsman.director.table.SteeringTableLayout.acquireShort;
import static org.pointsman.director.table.SteeringTableLayout.releaseShort;

import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;

/**
 * The cells of /24 blocks that hold longer prefixes: 16 of them, each for a /28, or 256 where a
 * prefix is longer than that.
 *
 * <p>A group is named as in the base cell that leads to it: {@code GROUP_FLAG}, for a small one
 * {@code SMALL_FLAG}, and its number. Cells are asked for by the last 8 bits of an address; the
 * cells of a small group answer for 16 of them each.
 */
final class InnerV4Groups {
  /** The longest prefix that a small group can hold. */
  static final int LONGEST_IN_SMALL = 28;

  private final MemorySegment small;
  private final MemorySegment large;
  private final ReusePool smallPool;
  private final ReusePool largePool;

  InnerV4Groups(MemorySegment small, MemorySegment large, int capacity, LongSupplier nanoTime) {
    this.small = small;
    this.large = large;
    smallPool = new ReusePool("IPv4 /24 block with longer inner prefixes", capacity, nanoTime);
    largePool =
        new ReusePool("IPv4 /24 block with inner prefixes longer than /28", capacity, nanoTime);
  }

  /** Reader: what stands for an address in the group that its base cell leads to. */
  int cell(int group, int address) {
    int number = group & INDEX_MASK;
    return (group & SMALL_FLAG) != 0
        ? acquireShort(small, (long) number * SMALL_GROUP_BYTES + (address >>> 3 & 0x1e))
        : acquireShort(large, (long) number * GROUP_BYTES + 2L * (address & 0xff));
  }

  void set(int group, int address, int cell) {
    int number = group & INDEX_MASK;
    if ((group & SMALL_FLAG) != 0) {
      releaseShort(small, (long) number * SMALL_GROUP_BYTES + (address >>> 3 & 0x1e), cell);
    } else {
      releaseShort(large, (long) number * GROUP_BYTES + 2L * (address & 0xff), cell);
    }
  }

  /** How many addresses share a cell. */
  static int step(int group) {
    return (group & SMALL_FLAG) != 0 ? GROUP_CELLS / SMALL_GROUP_CELLS : 1;
  }

  /**
   * A group with all its cells the same.
   *
   * @throws TableFullException if there is no room
   */
  int newSame(boolean isSmall, int cell) {
    int group = isSmall ? takeSmall() : takeLarge();
    for (int i = 0; i < GROUP_CELLS; i += step(group)) {
      set(group, i, cell);
    }
    return group;
  }

  /**
   * A large group that says what a small one does.
   *
   * @throws TableFullException if there is no room
   */
  int newLargeLike(int like) {
    int group = takeLarge();
    copy(like, group);
    return group;
  }

  /** Whether {@link #newSmallLike} has a number at hand. */
  boolean hasSmall() {
    return smallPool.isReady();
  }

  /** A small group that says what a large one does, of which no cell is longer than a /28. */
  int newSmallLike(int like) {
    int group = takeSmall();
    copy(like, group);
    return group;
  }

  private int takeSmall() {
    return GROUP_FLAG | SMALL_FLAG | smallPool.take();
  }

  private int takeLarge() {
    return GROUP_FLAG | largePool.take();
  }

  private void copy(int from, int to) {
    for (int i = 0; i < GROUP_CELLS; i += step(to)) {
      set(to, i, cell(from, i));
    }
  }

  void giveBack(int group) {
    ReusePool pool = (group & SMALL_FLAG) != 0 ? smallPool : largePool;
    pool.giveBack(group & INDEX_MASK);
  }

  /** The length of the longest prefix that shows in a group; 24 if none is longer. */
  int longest(int group) {
    int longest = 24;
    for (int i = 0; i < GROUP_CELLS; i += step(group)) {
      longest = Math.max(longest, 24 + (cell(group, i) >>> CELL_LENGTH_SHIFT));
    }
    return longest;
  }

  int smallInUse() {
    return smallPool.inUse();
  }

  int largeInUse() {
    return largePool.inUse();
  }
}
