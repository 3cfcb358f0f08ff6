package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.ALONE_ADDRESS_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.ALONE_LENGTH_MASK;
import static org.pointsman.director.table.SteeringTableLayout.ALONE_LENGTH_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.CELL_LENGTH_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.GROUP_CELLS;
import static org.pointsman.director.table.SteeringTableLayout.LENGTH_MASK;
import static org.pointsman.director.table.SteeringTableLayout.LENGTH_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.NARROW_FLAG;
import static org.pointsman.director.table.SteeringTableLayout.SERVER_MASK;
import static org.pointsman.director.table.SteeringTableLayout.SMALL_FLAG;

import java.util.function.BiConsumer;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;

/**
 * IPv4 inner prefix → server index, longest prefix first: DIR-24-8, with its base table compressed.
 *
 * <p>A lookup is two loads, or three where a /24 holds several longer prefixes or one that others
 * cover. The price is paid by the writer: a prefix is painted over all cells that no longer prefix
 * has (a /8 over those of 2,048 spans), and painted over with what covers it when it goes. Each
 * cell carries the length of the prefix that painted it. Every cell changes with one store from the
 * right answer before to the right one after, so a reader always sees one of the two.
 *
 * <p>Example: 10.1.2.16/28 → 2 stands alone in its base cell. Then 10.0.0.0/8 → 1 comes: the base
 * cell of 10.1.2 becomes a group with cells 16–31 {/28, 2} and all others {inherited, 1}, and notes
 * that /8 is inherited. When 10.1.0.0/16 → 3 comes, the inherited cells become 3 and the base cell
 * notes /16. When the /28 goes, the notes say that /16 covers it: no cell of the group is longer
 * than /24, and the base cell becomes {/16, 3}.
 *
 * <p>The cells are also the record of which prefixes longer than /24 there are: one that shows in a
 * cell needs no other note. So a tunnel with a /28 costs 2 or 4 bytes, and putting it one store.
 * Noted beside ({@link PrefixNotes}) are shorter ones, and those that no cell shows: a /28 over
 * which two /29 lie, for as long as they do.
 */
final class InnerV4Table {
  /** Prefixes of up to 24 bits, and longer ones that no cell shows. */
  private final PrefixNotes notes = new PrefixNotes();

  private final InnerV4Base base;
  private final InnerV4Groups groups;
  private int size;

  /** Groups that the open span leads to no more, once it is closed; two for each block at most. */
  private final int[] left = new int[2 * InnerV4Base.BLOCKS];

  private int leftCount;

  /** For {@link #paintLong}: by length less 24, the server of a prefix that lost a cell. */
  private final int[] losers = new int[9];

  InnerV4Table(InnerV4Base base, InnerV4Groups groups) {
    this.base = base;
    this.groups = groups;
  }

  /** Reader: the server index of the longest prefix that holds the address, or 0. */
  int find(int address) {
    int block = address >>> 8;
    while (true) {
      long span = base.span(block);
      int cell = base.cell(span, block);
      int server;
      if (cell < 0) {
        server = groups.cell(cell, address) & SERVER_MASK;
        if (base.cell(span, block) != cell) {
          continue;
        }
      } else {
        server =
            ((cell >>> ALONE_ADDRESS_SHIFT ^ address) & mask(cell)) == 0 ? cell & SERVER_MASK : 0;
      }
      if (base.span(block) == span) {
        return server;
      }
    }
  }

  /** Which of the last 8 bits of an address a cell asks for; none if it answers for all. */
  private static int mask(int cell) {
    return 0xff & 0xff00 >> (cell >>> ALONE_LENGTH_SHIFT & ALONE_LENGTH_MASK);
  }

  /**
   * @throws TableFullException if there is no room; then nothing has changed
   */
  void put(int address, int length, int server) {
    try {
      putUnshown(address, length, server);
    } finally {
      show();
    }
  }

  /**
   * As {@link #put}, but what changes may show only with {@link #show}, or when a prefix of another
   * span is put.
   *
   * @throws TableFullException if there is no room; then nothing has changed
   */
  void putUnshown(int address, int length, int server) {
    if (length > 24) {
      putLong(address, length, server);
      return;
    }
    int before = notes.get(address, length);
    if (before != server) {
      notes.put(address, length, server);
      paintBase(address, length, length, server, false);
      size += before == 0 ? 1 : 0;
    }
  }

  /** Shows readers all that was put. */
  void show() {
    base.close();
    while (leftCount > 0) {
      groups.giveBack(left[--leftCount]);
    }
  }

  private void open(int block) {
    if (!base.isOpen(block)) {
      show();
      base.open(block);
    }
  }

  boolean remove(int address, int length) {
    boolean removed = length <= 24 ? removeShort(address, length) : removeLong(address, length);
    show();
    size -= removed ? 1 : 0;
    return removed;
  }

  int size() {
    return size;
  }

  int smallGroupsInUse() {
    return groups.smallInUse();
  }

  int largeGroupsInUse() {
    return groups.largeInUse();
  }

  /** How many bytes its cells and groups take, without the spans, which are always there. */
  long bytesInUse() {
    return base.bytesInUse() + groups.bytesInUse();
  }

  void forEach(BiConsumer<IpPrefix, Integer> consumer) {
    notes.forEach(consumer);
    base.forEachBlock(
        block -> {
          int cell = base.cell(block);
          if (cell < 0) {
            forEachShown(cell, block, consumer);
          } else if (isAlone(cell)) {
            IpAddress address = IpAddress.v4(block << 8 | aloneAddress(cell));
            consumer.accept(new IpPrefix(address, aloneLength(cell)), cell & SERVER_MASK);
          }
        });
  }

  private void forEachShown(int group, int block, BiConsumer<IpPrefix, Integer> consumer) {
    for (int i = 0; i < GROUP_CELLS; i += InnerV4Groups.step(group)) {
      int cell = groups.cell(group, i);
      int length = 24 + (cell >>> CELL_LENGTH_SHIFT);
      int first = i & PrefixNotes.mask(length);
      if (length > 24 && shownBetween(group, first, i, length) == 0) {
        IpAddress address = IpAddress.v4(block << 8 | first);
        consumer.accept(new IpPrefix(address, length), cell & SERVER_MASK);
      }
    }
  }

  // ---- prefixes of up to 24 bits ---------------------------------------------------------------

  private boolean removeShort(int address, int length) {
    if (!notes.remove(address, length)) {
      return false;
    }
    int cover = notes.coveringLength(address, length);
    int server = cover < 0 ? 0 : notes.get(address & PrefixNotes.mask(cover), cover);
    paintBase(address, length, Math.max(cover, 0), server, true);
    return true;
  }

  /**
   * Paints the base cells of a prefix of up to 24 bits with {@code newLength} and {@code server}.
   *
   * @param exactly only cells that this prefix itself had painted (it goes), else all that no
   *     longer prefix has (it comes)
   */
  private void paintBase(int address, int length, int newLength, int server, boolean exactly) {
    int first = address >>> 8;
    int count = 1 << (24 - length);
    for (int block = first; block < first + count; block++) {
      open(block);
      int cell = base.cell(block);
      int painted = inheritedLength(cell);
      if (exactly ? painted != length || inheritsNothing(cell) : painted > length) {
        continue;
      }
      if (cell >= 0 && !isAlone(cell)) {
        base.set(block, newLength << LENGTH_SHIFT | server);
      } else {
        int group = groupThatInherits(block, cell);
        paintInherited(group, server);
        base.set(block, withLength(group, newLength));
        if (server == 0) {
          shrink(block);
        }
      }
    }
  }

  /** The length of the prefix that covers the block of a base cell; 0 if none does. */
  private static int inheritedLength(int cell) {
    return inheritsNothing(cell) ? 0 : cell >>> LENGTH_SHIFT & LENGTH_MASK;
  }

  /** Whether a cell is of a kind that says of no prefix that it covers the block. */
  private static boolean inheritsNothing(int cell) {
    return isAlone(cell) || isNarrow(cell);
  }

  private static boolean isNarrow(int cell) {
    return cell < 0 && (cell & NARROW_FLAG) != 0;
  }

  /** The block's group, or one that says what its cell does and of which cells can be inherited. */
  private int groupThatInherits(int block, int cell) {
    if (isAlone(cell)) {
      return groupInsteadOf(block, cell, fitsSmall(aloneLength(cell)), false);
    }
    if (isNarrow(cell)) {
      leave(cell);
      return groups.newSmallInsteadOf(cell);
    }
    return cell;
  }

  private void paintInherited(int group, int server) {
    for (int i = 0; i < GROUP_CELLS; i += InnerV4Groups.step(group)) {
      if (groups.cell(group, i) >>> CELL_LENGTH_SHIFT == 0) {
        groups.set(group, i, server);
      }
    }
  }

  // ---- longer ones -----------------------------------------------------------------------------

  private void putLong(int address, int length, int server) {
    int block = address >>> 8;
    int before = longServer(address, length);
    if (before == server) {
      return;
    }
    open(block);
    int cell = base.cell(block);
    if (cell == 0) {
      groups.reserve(fitsSmall(length));
      base.set(block, alone(address, length, server));
    } else if (isAlone(cell) && before != 0) {
      base.set(block, alone(address, length, server));
    } else {
      paintLong(groupFor(block, length, server), address, length, server);
    }
    size += before == 0 ? 1 : 0;
  }

  /** The server of this very prefix, or 0. */
  private int longServer(int address, int length) {
    int cell = base.cell(address >>> 8);
    if (isAlone(cell)) {
      return alone(address, length, cell & SERVER_MASK) == cell ? cell & SERVER_MASK : 0;
    }
    if (cell >= 0 || (!fitsSmall(length) && (cell & SMALL_FLAG) != 0)) {
      return 0;
    }
    int shown = shown(cell, address, length);
    return shown != 0 ? shown : notes.get(address, length);
  }

  private static boolean fitsSmall(int length) {
    return length <= InnerV4Groups.LONGEST_IN_SMALL;
  }

  // ---- a prefix that stands alone in its block, which no other covers ---------------------------

  private static int alone(int address, int length, int server) {
    return (length - 24) << ALONE_LENGTH_SHIFT | (address & 0xff) << ALONE_ADDRESS_SHIFT | server;
  }

  private static boolean isAlone(int cell) {
    return cell >= 0 && (cell >>> ALONE_LENGTH_SHIFT & ALONE_LENGTH_MASK) != 0;
  }

  private static int aloneLength(int cell) {
    return 24 + (cell >>> ALONE_LENGTH_SHIFT & ALONE_LENGTH_MASK);
  }

  private static int aloneAddress(int cell) {
    return cell >>> ALONE_ADDRESS_SHIFT & 0xff;
  }

  /** A group that says what the cell of a prefix that stands alone does. */
  private int groupInsteadOf(int block, int cell, boolean isSmall, boolean isNarrow) {
    int length = aloneLength(cell);
    boolean reservedSmall = fitsSmall(length);
    if (isSmall == reservedSmall) {
      groups.giveUpReserved(reservedSmall);
    }
    int group = isNarrow ? groups.newNarrow(length) : groups.newSame(isSmall, 0);
    if (isSmall != reservedSmall) {
      groups.giveUpReserved(reservedSmall);
    }
    paintLong(group, block << 8 | aloneAddress(cell), length, cell & SERVER_MASK);
    return group;
  }

  // ---- several longer ones ---------------------------------------------------------------------

  /** The server of this very prefix as its cells show it, or 0. */
  private int shown(int group, int address, int length) {
    int first = address & 0xff;
    return shownBetween(group, first, first + (1 << (32 - length)), length);
  }

  private int shownBetween(int group, int from, int to, int length) {
    for (int i = from; i < to; i += InnerV4Groups.step(group)) {
      int cell = groups.cell(group, i);
      if (24 + (cell >>> CELL_LENGTH_SHIFT) == length) {
        return cell & SERVER_MASK;
      }
    }
    return 0;
  }

  /** The block's group, made or made larger if it has to be, to hold this. Its span is open. */
  private int groupFor(int block, int length, int server) {
    int cell = base.cell(block);
    int group;
    if (isAlone(cell)) {
      group = groupForBoth(block, cell, length, server);
    } else if (cell >= 0) {
      group = groups.newSame(fitsSmall(length), cell & SERVER_MASK);
    } else if (!fitsSmall(length) && (cell & SMALL_FLAG) != 0) {
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
  private int groupForBoth(int block, int cell, int length, int server) {
    int narrow = InnerV4Groups.narrow(length);
    int there = groupCell(aloneLength(cell), cell & SERVER_MASK);
    boolean isSmall = fitsSmall(length) && fitsSmall(aloneLength(cell));
    boolean isNarrow =
        isSmall
            && InnerV4Groups.canHold(narrow, there)
            && InnerV4Groups.canHold(narrow, groupCell(length, server));
    return groupInsteadOf(block, cell, isSmall, isNarrow);
  }

  private static int groupCell(int length, int server) {
    return (length - 24) << CELL_LENGTH_SHIFT | server;
  }

  private void setGroup(int block, int group) {
    int before = base.cell(block);
    base.set(block, isNarrow(group) ? group : withLength(group, inheritedLength(before)));
    if (before < 0) {
      leave(before);
    }
  }

  private void leave(int group) {
    left[leftCount++] = group;
  }

  /**
   * Paints over the cells of a prefix that no longer one has, and notes what then shows nowhere.
   */
  private void paintLong(int group, int address, int length, int server) {
    int note = length - 24;
    int first = address & 0xff;
    int end = first + (1 << (32 - length));
    boolean shows = false;
    int lost = 0; // bit n: a prefix of 24 + n bits lost a cell
    for (int i = first; i < end; i += InnerV4Groups.step(group)) {
      int before = groups.cell(group, i);
      int painted = before >>> CELL_LENGTH_SHIFT;
      if (painted <= note) {
        groups.set(group, i, groupCell(length, server));
        shows = true;
        if (painted > 0 && painted < note) {
          lost |= 1 << painted;
          losers[painted] = before & SERVER_MASK;
        }
      }
    }
    if (!shows) {
      notes.put(address, length, server);
    }
    for (; lost != 0; lost &= lost - 1) {
      int loser = Integer.numberOfTrailingZeros(lost);
      int loserAddress = address & PrefixNotes.mask(24 + loser);
      if (shown(group, loserAddress, 24 + loser) == 0) {
        notes.put(loserAddress, 24 + loser, losers[loser]);
      }
    }
  }

  private boolean removeLong(int address, int length) {
    if (longServer(address, length) == 0) {
      return false;
    }
    int block = address >>> 8;
    int group = base.cell(block);
    if (isAlone(group)) {
      open(block);
      base.set(block, 0);
      groups.giveUpReserved(fitsSmall(length));
      return true;
    }
    if (shown(group, address, length) == 0) {
      notes.remove(address, length);
      return true;
    }
    int cover = length - 1;
    int server = 0;
    for (; cover > 24 && server == 0; cover--) {
      server = longServer(address & PrefixNotes.mask(cover), cover);
    }
    int note = 0;
    if (server != 0) {
      cover++; // the loop is one behind
      notes.remove(address & PrefixNotes.mask(cover), cover); // it shows now
      note = (cover - 24) << CELL_LENGTH_SHIFT;
    } else {
      int inherited = notes.coveringLength(address, 25);
      server = inherited < 0 ? 0 : notes.get(address & PrefixNotes.mask(inherited), inherited);
    }
    int first = address & 0xff;
    for (int i = first; i < first + (1 << (32 - length)); i += InnerV4Groups.step(group)) {
      if (24 + (groups.cell(group, i) >>> CELL_LENGTH_SHIFT) == length) {
        groups.set(group, i, note | server);
      }
    }
    shrink(block);
    return true;
  }

  /**
   * Gives a block's group back if all its cells are inherited or one prefix stands alone, or takes
   * a smaller one if it can.
   */
  private void shrink(int block) {
    int group = base.cell(block);
    int longest = groups.longest(group);
    open(block);
    if (longest == 24) {
      int server = groups.cell(group, 0) & SERVER_MASK;
      base.set(block, inheritedLength(group) << LENGTH_SHIFT | server);
      leave(group);
      return;
    }
    int alone = aloneIn(group);
    if (alone != 0 && groups.reserveInsteadOf(group, fitsSmall(longest))) {
      base.set(block, alone);
      leave(group);
      return;
    }
    int smaller = groups.newSmallerLike(group);
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
      return 0;
    }
    for (int i = first; i < GROUP_CELLS; i += InnerV4Groups.step(group)) {
      if (groups.cell(group, i) != (i < end ? shown : 0)) {
        return 0;
      }
    }
    return alone(first, 24 + note, shown & SERVER_MASK);
  }

  private static int withLength(int group, int length) {
    return (group & ~(LENGTH_MASK << LENGTH_SHIFT)) | length << LENGTH_SHIFT;
  }
}
