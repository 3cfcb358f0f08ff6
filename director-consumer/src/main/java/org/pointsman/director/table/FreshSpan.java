package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.NARROW_MASK;
import static org.pointsman.director.table.SteeringTableLayout.SMALL_GROUP_CELLS;

import java.nio.ByteOrder;

/**
 * What the blocks of a span in which there is nothing are to hold, if it can be said with narrow
 * groups and prefixes that stand alone: put together beside the table, and then shown at once. That
 * takes a few instructions for each prefix, and is what most of a table is filled with.
 */
final class FreshSpan {
  /** Of a narrow group: its 16 cells of 8 bits. */
  private static final int GROUP_WORDS = SMALL_GROUP_CELLS / Long.BYTES;

  private static final boolean FIRST_CELL_IS_LOW =
      ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private static final long EVERY_CELL = 0x0101_0101_0101_0101L;

  private final long[] cells = new long[InnerV4Base.BLOCKS * GROUP_WORDS];

  /** By block: the length of its prefixes, if it has any, and how many there are. */
  private final byte[] lengths = new byte[InnerV4Base.BLOCKS];

  private final byte[] counts = new byte[InnerV4Base.BLOCKS];

  /** Bit n: block n has prefixes. */
  private int taken;

  private int first;
  private int size;

  /**
   * Takes the puts of one span.
   *
   * @return whether all of them can be said so
   */
  boolean take(InnerV4Batch batch, int from, int to) {
    clear();
    first = batch.address(from) >>> 8 & -InnerV4Base.BLOCKS;
    size = 0;
    for (int i = from; i < to; i++) {
      int address = batch.address(i);
      int length = batch.length(i);
      int server = batch.server(i);
      int block = address >>> 8 & (InnerV4Base.BLOCKS - 1);
      if (length <= 24
          || !InnerV4Blocks.fitsSmall(length)
          || server > NARROW_MASK
          || ((taken >>> block & 1) != 0 && lengths[block] != length)) {
        return false;
      }
      lengths[block] = (byte) length;
      taken |= 1 << block;
      put(block, address, length, server);
    }
    return true;
  }

  private void clear() {
    for (; taken != 0; taken &= taken - 1) {
      int block = Integer.numberOfTrailingZeros(taken);
      cells[block * GROUP_WORDS] = 0;
      cells[block * GROUP_WORDS + 1] = 0;
      counts[block] = 0;
    }
  }

  /** All prefixes of a block are of one length: they are the same, or have no cell in common. */
  private void put(int block, int address, int length, int server) {
    int bits = Byte.SIZE << (InnerV4Groups.LONGEST_IN_SMALL - length);
    int cell = address >>> 4 & (SMALL_GROUP_CELLS - 1);
    int at = block * GROUP_WORDS + cell / Long.BYTES;
    int from = cell % Long.BYTES * Byte.SIZE;
    int shift = FIRST_CELL_IS_LOW ? from : Long.SIZE - bits - from;
    long mask = -1L >>> (Long.SIZE - bits) << shift;
    int added = (cells[at] & mask) == 0 ? 1 : 0;
    counts[block] += (byte) added;
    size += added;
    cells[at] = (cells[at] & ~mask) | (server * EVERY_CELL & mask);
  }

  /** How many prefixes there are. */
  int size() {
    return size;
  }

  /**
   * Puts all that was taken.
   *
   * @param blocks with room for as many groups as a span has blocks
   */
  void putInto(InnerV4Blocks blocks) {
    for (int left = taken; left != 0; left &= left - 1) {
      int i = Integer.numberOfTrailingZeros(left);
      int block = first + i;
      if (counts[i] == 1) {
        blocks.putAlone(block << 8 | firstAddress(i), lengths[i], server(i));
      } else {
        blocks.putNarrow(block, lengths[i], cells[i * GROUP_WORDS], cells[i * GROUP_WORDS + 1]);
      }
    }
  }

  /** The last 8 bits of the first address of the only prefix in a block. */
  private int firstAddress(int block) {
    int word = block * GROUP_WORDS + (cells[block * GROUP_WORDS] == 0 ? 1 : 0);
    int zeros =
        FIRST_CELL_IS_LOW
            ? Long.numberOfTrailingZeros(cells[word])
            : Long.numberOfLeadingZeros(cells[word]);
    return (word % GROUP_WORDS * Long.BYTES + zeros / Byte.SIZE) << 4;
  }

  /** The server of the only prefix in a block. */
  private int server(int block) {
    long either = cells[block * GROUP_WORDS] | cells[block * GROUP_WORDS + 1];
    int shift = Long.numberOfTrailingZeros(either) & -Byte.SIZE;
    return (int) (either >>> shift) & NARROW_MASK;
  }
}
