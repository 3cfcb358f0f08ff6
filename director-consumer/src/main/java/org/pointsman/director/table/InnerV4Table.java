package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.CELL_LENGTH_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.GROUP_BYTES;
import static org.pointsman.director.table.SteeringTableLayout.GROUP_CELLS;
import static org.pointsman.director.table.SteeringTableLayout.GROUP_FLAG;
import static org.pointsman.director.table.SteeringTableLayout.INDEX_MASK;
import static org.pointsman.director.table.SteeringTableLayout.LENGTH_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.SERVER_MASK;
import static org.pointsman.director.table.SteeringTableLayout.acquireInt;
import static org.pointsman.director.table.SteeringTableLayout.acquireShort;
import static org.pointsman.director.table.SteeringTableLayout.releaseInt;
import static org.pointsman.director.table.SteeringTableLayout.releaseShort;

import java.lang.foreign.MemorySegment;
import java.util.function.BiConsumer;
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
 */
final class InnerV4Table {
  private final MemorySegment base;
  private final MemorySegment groups;
  private final ReusePool pool;
  private final PrefixNotes notes = new PrefixNotes();

  InnerV4Table(MemorySegment base, MemorySegment groups, ReusePool pool) {
    this.base = base;
    this.groups = groups;
    this.pool = pool;
  }

  /** Reader: the server index of the longest prefix that holds the address, or 0. */
  int find(int address) {
    long baseAt = (long) (address >>> 8) << 2;
    int cell = acquireInt(base, baseAt);
    while (cell < 0) {
      int server = acquireShort(groups, groupAt(cell & INDEX_MASK, address & 0xff)) & SERVER_MASK;
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
    if (notes.get(address, length) == server) {
      return;
    }
    if (length <= 24) {
      notes.put(address, length, server);
      paintBase(address, length, length, server, false);
    } else {
      int block = address >>> 8;
      if (baseCell(block) >= 0) {
        makeGroup(block);
      }
      notes.put(address, length, server);
      paintGroup(address, length, (length - 24) << CELL_LENGTH_SHIFT | server, false);
    }
  }

  boolean remove(int address, int length) {
    if (!notes.remove(address, length)) {
      return false;
    }
    int cover = notes.coveringLength(address, length);
    int server = cover < 0 ? 0 : notes.get(address & PrefixNotes.mask(cover), cover);
    if (length <= 24) {
      paintBase(address, length, Math.max(cover, 0), server, true);
    } else {
      int note = Math.max(cover - 24, 0) << CELL_LENGTH_SHIFT;
      paintGroup(address, length, note | server, true);
      dissolveGroup(address >>> 8);
    }
    return true;
  }

  int size() {
    return notes.size();
  }

  int groupsInUse() {
    return pool.inUse();
  }

  void forEach(BiConsumer<IpPrefix, Integer> consumer) {
    notes.forEach(consumer);
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
      int painted = cell >>> LENGTH_SHIFT & 0x7f;
      if (exactly ? painted != length : painted > length) {
        continue;
      }
      if (cell < 0) {
        paintInherited(cell & INDEX_MASK, server);
        setBaseCell(block, GROUP_FLAG | newLength << LENGTH_SHIFT | (cell & INDEX_MASK));
      } else {
        setBaseCell(block, newLength << LENGTH_SHIFT | server);
      }
    }
  }

  private void paintInherited(int group, int server) {
    for (int i = 0; i < GROUP_CELLS; i++) {
      if (acquireShort(groups, groupAt(group, i)) >>> CELL_LENGTH_SHIFT == 0) {
        releaseShort(groups, groupAt(group, i), server);
      }
    }
  }

  private void makeGroup(int block) {
    int cell = baseCell(block);
    int group = pool.take();
    for (int i = 0; i < GROUP_CELLS; i++) {
      releaseShort(groups, groupAt(group, i), cell & SERVER_MASK);
    }
    setBaseCell(block, GROUP_FLAG | (cell & ~INDEX_MASK) | group);
  }

  /** As {@link #paintBase}, for a prefix longer than 24 bits, in its block's group. */
  private void paintGroup(int address, int length, int newCell, boolean exactly) {
    int group = baseCell(address >>> 8) & INDEX_MASK;
    int first = address & 0xff;
    int count = 1 << (32 - length);
    for (int i = first; i < first + count; i++) {
      int painted = 24 + (acquireShort(groups, groupAt(group, i)) >>> CELL_LENGTH_SHIFT);
      if (exactly ? painted == length : painted <= length) {
        releaseShort(groups, groupAt(group, i), newCell);
      }
    }
  }

  /** Gives a block's group back if all its cells are inherited. */
  private void dissolveGroup(int block) {
    int cell = baseCell(block);
    int group = cell & INDEX_MASK;
    for (int i = 0; i < GROUP_CELLS; i++) {
      if (acquireShort(groups, groupAt(group, i)) >>> CELL_LENGTH_SHIFT != 0) {
        return;
      }
    }
    int inherited = acquireShort(groups, groupAt(group, 0)) & SERVER_MASK;
    setBaseCell(block, (cell & 0x7f << LENGTH_SHIFT) | inherited);
    pool.giveBack(group);
  }

  private int baseCell(int block) {
    return acquireInt(base, (long) block << 2);
  }

  private void setBaseCell(int block, int cell) {
    releaseInt(base, (long) block << 2, cell);
  }

  private static long groupAt(int group, int cell) {
    return (long) group * GROUP_BYTES + 2L * cell;
  }
}
