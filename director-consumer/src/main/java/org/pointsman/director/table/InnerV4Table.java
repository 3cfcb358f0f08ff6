package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.CELL_LENGTH_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.GROUP_CELLS;
import static org.pointsman.director.table.SteeringTableLayout.LENGTH_MASK;
import static org.pointsman.director.table.SteeringTableLayout.LENGTH_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.SERVER_MASK;
import static org.pointsman.director.table.SteeringTableLayout.SMALL_FLAG;
import static org.pointsman.director.table.SteeringTableLayout.acquireInt;
import static org.pointsman.director.table.SteeringTableLayout.releaseInt;

import java.lang.foreign.MemorySegment;
import java.util.function.BiConsumer;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;

/**
 * IPv4 inner prefix → server index, longest prefix first: DIR-24-8.
 *
 * <p>A lookup is one load, or two where a /24 holds longer prefixes. The price is paid by the
 * writer: a prefix is painted over all cells that no longer prefix has (a /8 over 65,536 of them),
 * and painted over with what covers it when it goes. Each cell carries the length of the prefix
 * that painted it. Every cell changes with one store from the right answer before to the right one
 * after, so a reader always sees one of the two.
 *
 * <p>Example: 10.0.0.0/8 → 1, then 10.1.2.16/28 → 2. The base cell of 10.1.2 becomes a group with
 * cells 16–31 {/28, 2} and all others {inherited, 1}, its base cell notes that /8 is inherited.
 * When 10.1.0.0/16 → 3 comes, the inherited cells become 3 and the base cell notes /16. When the
 * /28 goes, the notes say that /16 covers it: no cell of the group is longer than /24, and the base
 * cell becomes {/16, 3} again.
 *
 * <p>The cells are also the record of which prefixes longer than /24 there are: one that shows in a
 * cell needs no other note. So a tunnel with a /28 costs 2 bytes, and putting it one store. Noted
 * beside ({@link PrefixNotes}) are shorter ones, and those that no cell shows: a /28 over which two
 * /29 lie, for as long as they do.
 */
final class InnerV4Table {
  /** Prefixes of up to 24 bits, and longer ones that no cell shows. */
  private final PrefixNotes notes = new PrefixNotes();

  private final MemorySegment base;
  private final InnerV4Groups groups;
  private int size;

  /** For {@link #paintLong}: by length less 24, the server of a prefix that lost a cell. */
  private final int[] losers = new int[9];

  InnerV4Table(MemorySegment base, InnerV4Groups groups) {
    this.base = base;
    this.groups = groups;
  }

  /** Reader: the server index of the longest prefix that holds the address, or 0. */
  int find(int address) {
    long baseAt = (long) (address >>> 8) << 2;
    int cell = acquireInt(base, baseAt);
    while (cell < 0) {
      int server = groups.cell(cell, address) & SERVER_MASK;
      int again = acquireInt(base, baseAt);
      if (again == cell) {
        return server;
      }
      cell = again;
    }
    return cell & SERVER_MASK;
  }

  /**
   * @throws TableFullException if there is no room; then nothing has changed
   */
  void put(int address, int length, int server) {
    int before = length <= 24 ? notes.get(address, length) : longServer(address, length);
    if (before == server) {
      return;
    }
    if (length <= 24) {
      notes.put(address, length, server);
      paintBase(address, length, length, server, false);
    } else {
      paintLong(groupFor(address >>> 8, length), address, length, server);
    }
    size += before == 0 ? 1 : 0;
  }

  boolean remove(int address, int length) {
    boolean removed = length <= 24 ? removeShort(address, length) : removeLong(address, length);
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

  void forEach(BiConsumer<IpPrefix, Integer> consumer) {
    notes.forEach(consumer);
    if (groups.smallInUse() + groups.largeInUse() > 0) {
      for (int block = 0; block < 1 << 24; block++) {
        if (baseCell(block) < 0) {
          forEachShown(baseCell(block), block, consumer);
        }
      }
    }
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
      int cell = baseCell(block);
      int painted = cell >>> LENGTH_SHIFT & LENGTH_MASK;
      if (exactly ? painted != length : painted > length) {
        continue;
      }
      if (cell < 0) {
        paintInherited(cell, server);
        setBaseCell(block, withLength(cell, newLength));
      } else {
        setBaseCell(block, newLength << LENGTH_SHIFT | server);
      }
    }
  }

  private void paintInherited(int group, int server) {
    for (int i = 0; i < GROUP_CELLS; i += InnerV4Groups.step(group)) {
      if (groups.cell(group, i) >>> CELL_LENGTH_SHIFT == 0) {
        groups.set(group, i, server);
      }
    }
  }

  // ---- longer ones -----------------------------------------------------------------------------

  /** The server of this very prefix, or 0. */
  private int longServer(int address, int length) {
    int group = baseCell(address >>> 8);
    if (group >= 0 || (length > InnerV4Groups.LONGEST_IN_SMALL && (group & SMALL_FLAG) != 0)) {
      return 0;
    }
    int shown = shown(group, address, length);
    return shown != 0 ? shown : notes.get(address, length);
  }

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

  /** The block's group, made or made larger if it has to be. */
  private int groupFor(int block, int length) {
    int cell = baseCell(block);
    boolean fitsSmall = length <= InnerV4Groups.LONGEST_IN_SMALL;
    if (cell < 0 && (fitsSmall || (cell & SMALL_FLAG) == 0)) {
      return cell;
    }
    int group =
        cell < 0 ? groups.newLargeLike(cell) : groups.newSame(fitsSmall, cell & SERVER_MASK);
    setGroup(block, group);
    return group;
  }

  private void setGroup(int block, int group) {
    int before = baseCell(block);
    setBaseCell(block, withLength(group, before >>> LENGTH_SHIFT & LENGTH_MASK));
    if (before < 0) {
      groups.giveBack(before);
    }
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
        groups.set(group, i, note << CELL_LENGTH_SHIFT | server);
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
    int group = baseCell(block);
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
    shrink(block, group);
    return true;
  }

  /** Gives a block's group back if all its cells are inherited, or takes a small one if it can. */
  private void shrink(int block, int group) {
    int longest = groups.longest(group);
    if (longest == 24) {
      int length = group >>> LENGTH_SHIFT & LENGTH_MASK;
      setBaseCell(block, length << LENGTH_SHIFT | (groups.cell(group, 0) & SERVER_MASK));
      groups.giveBack(group);
    } else if (longest <= InnerV4Groups.LONGEST_IN_SMALL
        && (group & SMALL_FLAG) == 0
        && groups.hasSmall()) {
      setGroup(block, groups.newSmallLike(group));
    }
  }

  private static int withLength(int group, int length) {
    return (group & ~(LENGTH_MASK << LENGTH_SHIFT)) | length << LENGTH_SHIFT;
  }

  private int baseCell(int block) {
    return acquireInt(base, (long) block << 2);
  }

  private void setBaseCell(int block, int cell) {
    releaseInt(base, (long) block << 2, cell);
  }
}
