package org.pointsman.director.table;

import static org.pointsman.director.table.InnerV4Blocks.groupCell;
import static org.pointsman.director.table.SteeringTableLayout.CELL_LENGTH_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.GROUP_CELLS;
import static org.pointsman.director.table.SteeringTableLayout.SERVER_MASK;

import java.util.function.BiConsumer;
import java.util.function.ObjIntConsumer;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;

/**
 * IPv4 inner prefix → server index, longest prefix first: DIR-24-8, with its base table compressed.
 *
 * <p>A lookup is two loads, or three where a /24 holds several longer prefixes or one that others
 * cover, and its span is not all of such in their order. The price is paid by the writer: a prefix
 * is painted over all cells that no longer prefix has (a /8 over those of 2,048 spans), and painted
 * over with what covers it when it goes. Each cell carries the length of the prefix that painted
 * it. Every cell changes with one store from the right answer before to the right one after, so a
 * reader always sees one of the two.
 *
 * <p>Example: 10.1.2.16/28 → 2 stands alone in its base cell. Then 10.0.0.0/8 → 1 comes: the base
 * cell of 10.1.2 becomes a group with cells 16–31 {/28, 2} and all others {inherited, 1}, and notes
 * that /8 is inherited. When 10.1.0.0/16 → 3 comes, the inherited cells become 3 and the base cell
 * notes /16. When the /28 goes, the notes say that /16 covers it: no cell of the group is longer
 * than /24, and the base cell becomes {/16, 3}.
 *
 * <p>The cells are also the record of which prefixes longer than /24 there are: one that shows in a
 * cell needs no other note. So a tunnel with a /28 costs 1, 2 or 4 bytes. Noted beside ({@link
 * PrefixNotes}) are shorter ones, and those that no cell shows: a /28 over which two /29 lie, for
 * as long as they do.
 */
final class InnerV4Table {
  /** Prefixes of up to 24 bits, and longer ones that no cell shows. */
  private final PrefixNotes notes = new PrefixNotes();

  private final InnerV4Blocks blocks;
  private final InnerV4Groups groups;
  private int size;

  /** For {@link #paintLong}: by length less 24, the server of a prefix that lost a cell. */
  private final int[] losers = new int[9];

  InnerV4Table(InnerV4Base base, InnerV4Groups groups) {
    this.blocks = new InnerV4Blocks(base, groups);
    this.groups = groups;
  }

  /** Reader: the server index of the longest prefix that holds the address, or 0. */
  int find(int address) {
    return blocks.find(address);
  }

  /**
   * @throws TableFullException if there is no room; then nothing has changed
   */
  void put(int address, int length, int server) {
    try {
      putUnshown(address, length, server);
    } finally {
      blocks.show();
    }
  }

  /**
   * Puts all of a batch, span by span.
   *
   * @param refused is told of those for which there is no room, each by its number in the batch
   */
  void putAll(InnerV4Batch batch, ObjIntConsumer<TableFullException> refused) {
    batch.sort();
    FreshSpan fresh = new FreshSpan();
    int to;
    for (int from = 0; from < batch.size(); from = to) {
      to = batch.endOfSpan(from);
      if (blocks.isSpanEmpty(batch.address(from) >>> 8)
          && blocks.hasRoomForSpan()
          && fresh.take(batch, from, to)) {
        fresh.putInto(blocks);
        size += fresh.size();
      } else {
        putUnshown(batch, from, to, refused);
      }
    }
    blocks.show();
  }

  private void putUnshown(
      InnerV4Batch batch, int from, int to, ObjIntConsumer<TableFullException> refused) {
    for (int i = from; i < to; i++) {
      try {
        putUnshown(batch.address(i), batch.length(i), batch.server(i));
      } catch (TableFullException full) {
        refused.accept(full, i);
      }
    }
  }

  /**
   * As {@link #put}, but what changes may show only when it is closed, or when a prefix of another
   * span is put.
   *
   * @throws TableFullException if there is no room; then nothing has changed
   */
  private void putUnshown(int address, int length, int server) {
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

  boolean remove(int address, int length) {
    boolean removed = length <= 24 ? removeShort(address, length) : removeLong(address, length);
    blocks.show();
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
    return blocks.bytesInUse();
  }

  void forEach(BiConsumer<IpPrefix, Integer> consumer) {
    notes.forEach(consumer);
    blocks.forEach(
        block -> {
          int cell = blocks.cell(block);
          if (BaseCell.isGroup(cell)) {
            forEachShown(cell, block, consumer);
          } else if (BaseCell.isAlone(cell)) {
            IpAddress address = IpAddress.v4(block << 8 | BaseCell.aloneAddress(cell));
            consumer.accept(new IpPrefix(address, BaseCell.aloneLength(cell)), cell & SERVER_MASK);
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
      int cell = blocks.cell(block);
      int painted = BaseCell.inheritedLength(cell);
      if (exactly ? painted != length || BaseCell.inheritsNothing(cell) : painted > length) {
        continue;
      }
      if (BaseCell.isGroup(cell) || BaseCell.isAlone(cell)) {
        blocks.inherit(block, newLength, server);
      } else {
        blocks.setWhole(block, newLength, server);
      }
    }
  }

  // ---- longer ones -----------------------------------------------------------------------------

  private void putLong(int address, int length, int server) {
    int before = longServer(address, length);
    if (before == server) {
      return;
    }
    int block = address >>> 8;
    int cell = blocks.cell(block);
    if (cell == BaseCell.NOTHING) {
      blocks.putAlone(address, length, server);
    } else if (BaseCell.isAlone(cell) && before != 0) {
      blocks.replaceAlone(address, length, server);
    } else {
      paintLong(blocks.groupFor(block, length, server), address, length, server);
    }
    size += before == 0 ? 1 : 0;
  }

  /** The server of this very prefix, or 0. */
  private int longServer(int address, int length) {
    int cell = blocks.cell(address >>> 8);
    int server = cell & SERVER_MASK;
    if (BaseCell.isAlone(cell)) {
      return BaseCell.alone(address, length, server) == cell ? server : 0;
    }
    if (!BaseCell.isGroup(cell) || (!InnerV4Blocks.fitsSmall(length) && BaseCell.isSmall(cell))) {
      return 0;
    }
    int shown = shown(cell, address, length);
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
    int group = blocks.cell(block);
    if (BaseCell.isAlone(group)) {
      blocks.removeAlone(block);
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
      note = groupCell(cover, 0);
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
    blocks.shrink(block);
    return true;
  }
}
