package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.CELL_LENGTH_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.GROUP_CELLS;
import static org.pointsman.director.table.SteeringTableLayout.SERVER_MASK;

import java.util.function.IntConsumer;

/**
 * The /24 blocks of IPv4: the base cell of each, and which group it leads to, with as little memory
 * as what the block holds can be said with.
 *
 * <p>What changes in a base cell shows with {@link #show}, or when a block of another span changes;
 * what changes in a group that a block has already shows at once.
 */
final class InnerV4Blocks {
  private final InnerV4Base base;
  private final InnerV4Groups groups;

  /** Groups that the open span leads to no more, once it is closed; two for each block at most. */
  private final int[] left = new int[2 * InnerV4Base.BLOCKS];

  private int leftCount;

  InnerV4Blocks(InnerV4Base base, InnerV4Groups groups) {
    this.base = base;
    this.groups = groups;
  }

  /** Reader: the server index for an address, or 0. */
  int find(int address) {
    int block = address >>> 8;
    while (true) {
      long span = base.span(block);
      int cell = base.cell(span, block);
      int server;
      if (BaseCell.isGroup(cell)) {
        server = groups.cell(cell, address) & SERVER_MASK;
        if (base.cell(span, block) != cell) {
          continue;
        }
      } else {
        server = BaseCell.server(cell, address);
      }
      if (base.span(block) == span) {
        return server;
      }
    }
  }

  /** The base cell of a block. */
  int cell(int block) {
    return base.cell(block);
  }

  /** Whether there is nothing in all the blocks of a block's span. */
  boolean isSpanEmpty(int block) {
    return !base.isOpen(block) && base.span(block) == 0;
  }

  /** Whether there is room for as many small groups as a span has blocks. */
  boolean hasRoomForSpan() {
    return groups.smallInUse() + InnerV4Base.BLOCKS <= groups.capacity();
  }

  /** Calls with every block that has, or may have, a base cell other than 0. */
  void forEach(IntConsumer consumer) {
    base.forEachBlock(consumer);
  }

  /** How many bytes the cells and groups take, without the spans, which are always there. */
  long bytesInUse() {
    return base.bytesInUse() + groups.bytesInUse();
  }

  // ---- showing what was changed ----------------------------------------------------------------

  /** Shows readers all that was changed. */
  void show() {
    base.close();
    while (leftCount > 0) {
      groups.giveBack(left[--leftCount]);
    }
  }

  private void set(int block, int cell) {
    if (!base.isOpen(block)) {
      show();
      base.open(block);
    }
    base.set(block, cell);
  }

  /** Sets the base cell of a block to a group, and leaves the one that it had, if any. */
  private void setGroup(int block, int group) {
    int before = base.cell(block);
    set(block, BaseCell.withInheritedLength(group, BaseCell.inheritedLength(before)));
    if (BaseCell.isGroup(before)) {
      leave(before);
    }
  }

  private void leave(int group) {
    left[leftCount++] = group;
  }

  // ---- without a group -------------------------------------------------------------------------

  /** Gives a block that has no group to a prefix of up to 24 bits, or (server 0) to none. */
  void setWhole(int block, int length, int server) {
    set(block, BaseCell.whole(length, server));
  }

  /**
   * Puts a longer prefix into a block in which there is nothing.
   *
   * @throws TableFullException if there is no room
   */
  void putAlone(int address, int length, int server) {
    groups.reserve(fitsSmall(length));
    set(address >>> 8, BaseCell.alone(address, length, server));
  }

  /**
   * Puts longer prefixes of one length into a block in which there is nothing.
   *
   * @param low the first 8 cells of a narrow group, as they stand in memory
   * @param high the other 8
   * @throws TableFullException if there is no room
   */
  void putNarrow(int block, int length, long low, long high) {
    set(block, groups.newNarrow(length, low, high));
  }

  /** Gives the prefix that stands alone in a block another server. */
  void replaceAlone(int address, int length, int server) {
    set(address >>> 8, BaseCell.alone(address, length, server));
  }

  /** Removes the prefix that stands alone in a block. */
  void removeAlone(int block) {
    int length = BaseCell.aloneLength(base.cell(block));
    set(block, BaseCell.NOTHING);
    groups.giveUpReserved(fitsSmall(length));
  }

  // ---- groups ----------------------------------------------------------------------------------

  /** What a group's cell says if a prefix longer than 24 bits shows in it. */
  static int groupCell(int length, int server) {
    return (length - 24) << CELL_LENGTH_SHIFT | server;
  }

  static boolean fitsSmall(int length) {
    return length <= InnerV4Groups.LONGEST_IN_SMALL;
  }

  /**
   * The block's group, made or made larger if it has to be, to hold this.
   *
   * @throws TableFullException if there is no room; then nothing has changed
   */
  int groupFor(int block, int length, int server) {
    int cell = base.cell(block);
    int group;
    if (BaseCell.isAlone(cell)) {
      group = groupForBoth(cell, length, server);
    } else if (!BaseCell.isGroup(cell)) {
      group = groups.newSame(fitsSmall(length), cell & SERVER_MASK);
    } else if (!fitsSmall(length) && BaseCell.isSmall(cell)) {
      group = groups.newLargeLike(cell);
    } else if (!InnerV4Groups.canHold(cell, groupCell(length, server))) {
      group = groups.newSmallInsteadOf(cell);
    } else {
      return cell;
    }
    setGroup(block, group);
    return group;
  }

  /** A group that holds what stood alone and has room for what joins it. */
  private int groupForBoth(int cell, int length, int server) {
    int narrow = InnerV4Groups.narrow(length);
    int there = groupCell(BaseCell.aloneLength(cell), cell & SERVER_MASK);
    boolean isSmall = fitsSmall(length) && fitsSmall(BaseCell.aloneLength(cell));
    boolean isNarrow =
        isSmall
            && InnerV4Groups.canHold(narrow, there)
            && InnerV4Groups.canHold(narrow, groupCell(length, server));
    return groupInsteadOf(cell, isSmall, isNarrow);
  }

  /** A group that says what the cell of a prefix that stands alone does. */
  private int groupInsteadOf(int cell, boolean isSmall, boolean isNarrow) {
    int length = BaseCell.aloneLength(cell);
    boolean isReservedSmall = fitsSmall(length);
    if (isSmall == isReservedSmall) {
      groups.giveUpReserved(isReservedSmall);
    }
    int group = isNarrow ? groups.newNarrow(length) : groups.newSame(isSmall, 0);
    if (isSmall != isReservedSmall) {
      groups.giveUpReserved(isReservedSmall);
    }
    int first = BaseCell.aloneAddress(cell);
    for (int i = first; i < first + (1 << (32 - length)); i += InnerV4Groups.step(group)) {
      groups.set(group, i, groupCell(length, cell & SERVER_MASK));
    }
    return group;
  }

  /**
   * Says in a block with longer prefixes what covers it: in the cells that no longer one has, and
   * in the base cell.
   *
   * @param server of the prefix that covers the block, or 0 if none does any more
   */
  void inherit(int block, int length, int server) {
    int cell = base.cell(block);
    int group = cell;
    if (BaseCell.isAlone(cell)) {
      group = groupInsteadOf(cell, fitsSmall(BaseCell.aloneLength(cell)), false);
    } else if (BaseCell.isNarrow(cell)) {
      group = groups.newSmallInsteadOf(cell);
      leave(cell);
    }
    for (int i = 0; i < GROUP_CELLS; i += InnerV4Groups.step(group)) {
      if (groups.cell(group, i) >>> CELL_LENGTH_SHIFT == 0) {
        groups.set(group, i, server);
      }
    }
    set(block, BaseCell.withInheritedLength(group, length));
    if (server == 0) {
      shrink(block);
    }
  }

  /**
   * Gives a block's group back if all its cells are inherited or one prefix stands alone, or takes
   * a smaller one if it can.
   */
  void shrink(int block) {
    int group = base.cell(block);
    int longest = groups.longest(group);
    if (longest == 24) {
      int server = groups.cell(group, 0) & SERVER_MASK;
      setWhole(block, BaseCell.inheritedLength(group), server);
      leave(group);
      return;
    }
    int alone = aloneIn(group);
    if (alone != BaseCell.NOTHING && groups.reserveInsteadOf(group, fitsSmall(longest))) {
      set(block, alone);
      leave(group);
      return;
    }
    int smaller = groups.newSmallerLike(group, longest);
    if (smaller != group) {
      setGroup(block, smaller);
    }
  }

  /** The cell that says what a group does, or 0 if not one prefix alone is in it. */
  private int aloneIn(int group) {
    int first = 0;
    while (groups.cell(group, first) == 0) {
      first += InnerV4Groups.step(group);
    }
    int shown = groups.cell(group, first);
    int note = shown >>> CELL_LENGTH_SHIFT;
    int end = first + (1 << (8 - note));
    if (note == 0 || first != (first & PrefixNotes.mask(24 + note))) {
      return BaseCell.NOTHING;
    }
    for (int i = first; i < GROUP_CELLS; i += InnerV4Groups.step(group)) {
      if (groups.cell(group, i) != (i < end ? shown : 0)) {
        return BaseCell.NOTHING;
      }
    }
    return BaseCell.alone(first, 24 + note, shown & SERVER_MASK);
  }
}
