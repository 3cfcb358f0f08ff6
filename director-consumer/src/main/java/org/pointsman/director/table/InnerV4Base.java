package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.acquireInt;
import static org.pointsman.director.table.SteeringTableLayout.acquireLong;
import static org.pointsman.director.table.SteeringTableLayout.releaseInt;
import static org.pointsman.director.table.SteeringTableLayout.releaseLong;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * The base cells of all 2^24 IPv4 /24 blocks. Of a span, 32 blocks, only cells that differ from the
 * rest of it are kept: a bitmap says which, and how many of its bits are set below a block's is
 * where the block's cell stands. Not even these are kept if each names the group that follows the
 * one before, as in a range that was cut up and put in order: then the span says the first.
 *
 * <p>The writer opens a span, changes its cells, and closes it. What was changed shows to readers
 * then: cell by cell in its place if the same cells are kept as before; else they are written to
 * another run, and one store to the span leads there.
 */
final class InnerV4Base {
  static final int BLOCKS = 32;

  private static final int NONE = -1;
  private static final int ALL = -1;

  private final MemorySegment spans;
  private final MemorySegment cells;
  private final CellRuns runs;

  private int openSpan = NONE;
  private final int[] open = new int[BLOCKS];

  /** Bit n: block n of the open span has a cell of its own, or may have got another one. */
  private int touched;

  InnerV4Base(MemorySegment spans, MemorySegment cells, LongSupplier nanoTime) {
    this.spans = spans;
    this.cells = cells;
    int slabs = (int) (cells.byteSize() / Integer.BYTES / CellRuns.SLAB_CELLS);
    runs = new CellRuns(slabs - 1, nanoTime);
  }

  // ---- readers ---------------------------------------------------------------------------------

  /** What leads to the cells of the span that a block is in. */
  long span(int block) {
    return acquireLong(spans, (long) (block / BLOCKS) * Long.BYTES);
  }

  /** The cell of a block by what its span leads to; right as long as the span says the same. */
  int cell(long span, int block) {
    int bitmap = (int) span;
    int below = (1 << block) - 1; // by its last 5 bits
    boolean isOwn = (bitmap >>> block & 1) != 0;
    int cell = first(span) + Integer.bitCount(bitmap & (isOwn ? below : ALL));
    if (isRun(span)) {
      return acquireInt(cells, at(cell));
    }
    return isOwn ? cell : BaseCell.NOTHING;
  }

  /** Where the first cell of a span stands, or what it is. */
  private static int first(long span) {
    return (int) (span >>> 32);
  }

  /** Whether a span leads to a run of cells, and does not itself say what they are. */
  private static boolean isRun(long span) {
    return !BaseCell.isGroup(first(span));
  }

  // ---- the writer ------------------------------------------------------------------------------

  /** The cell of a block, as it is to be if its span is open. */
  int cell(int block) {
    return block / BLOCKS == openSpan ? open[block % BLOCKS] : cell(span(block), block);
  }

  boolean isOpen(int block) {
    return block / BLOCKS == openSpan;
  }

  /** Opens the span of a block; no other one may be open. */
  void open(int block) {
    if (openSpan != NONE) {
      throw new IllegalStateException("another span is open");
    }
    openSpan = block / BLOCKS;
    long span = span(block);
    touched = (int) span;
    Arrays.fill(open, rest(span));
    int next = first(span);
    for (int left = touched; left != 0; left &= left - 1) {
      int i = Integer.numberOfTrailingZeros(left);
      open[i] = isRun(span) ? acquireInt(cells, at(next)) : next;
      next++;
    }
  }

  /** Sets the cell of a block in the open span. */
  void set(int block, int cell) {
    open[block % BLOCKS] = cell;
    touched |= 1 << block;
  }

  /** Shows the open span's cells to readers, if there is one. */
  void close() {
    if (openSpan == NONE) {
      return;
    }
    long span = span(openSpan * BLOCKS);
    int rest = rest(span);
    int filled = unlike(BaseCell.NOTHING, rest == BaseCell.NOTHING ? touched : ALL);
    boolean isKept = false;
    if (filled == 0) {
      lead(0, 0);
    } else if (areGroupsInOrder(filled)) {
      lead(filled, open[Integer.numberOfTrailingZeros(filled)]);
    } else {
      isKept = keepCells(span, rest, rest == BaseCell.NOTHING ? filled : unlike(rest, touched));
    }
    if (!isKept && isRun(span) && first(span) != 0) {
      runs.giveBack(first(span));
    }
    openSpan = NONE;
  }

  /**
   * Keeps the open span's cells, in its run or in another one.
   *
   * @param rest what the blocks have that have no cell of their own
   * @param bitmap all others
   * @return whether in its run
   */
  private boolean keepCells(long span, int rest, int bitmap) {
    if (Integer.bitCount(bitmap) > BLOCKS / 2) {
      rest = most(rest);
      bitmap = unlike(rest, ALL);
    }
    boolean fits = bitmap == (int) span && isRun(span) && first(span) != 0;
    if (fits) {
      write(bitmap, rest, first(span));
    } else {
      int run = runs.take(Integer.bitCount(bitmap) + (bitmap == ALL ? 0 : 1));
      write(bitmap, rest, run);
      lead(bitmap, run);
    }
    return fits;
  }

  /** Whether some blocks of the open span have groups of one kind, each the one after the last. */
  private boolean areGroupsInOrder(int blocks) {
    int next = open[Integer.numberOfTrailingZeros(blocks)];
    for (int left = blocks; left != 0; left &= left - 1) {
      int cell = open[Integer.numberOfTrailingZeros(left)];
      if (!BaseCell.isGroup(cell) || cell != next++) {
        return false;
      }
    }
    return true;
  }

  /** Which of some blocks of the open span have another cell than the rest. */
  private int unlike(int rest, int blocks) {
    int bitmap = blocks;
    for (int left = blocks; left != 0; left &= left - 1) {
      int i = Integer.numberOfTrailingZeros(left);
      bitmap ^= open[i] == rest ? 1 << i : 0;
    }
    return bitmap;
  }

  /** Leads readers of the open span to a run, or tells them the first cell. */
  private void lead(int bitmap, int first) {
    long span = (long) first << 32 | Integer.toUnsignedLong(bitmap);
    releaseLong(spans, (long) openSpan * Long.BYTES, span);
  }

  private void write(int bitmap, int rest, int first) {
    int place = first;
    for (int left = bitmap; left != 0; left &= left - 1) {
      releaseInt(cells, at(place++), open[Integer.numberOfTrailingZeros(left)]);
    }
    if (bitmap != ALL) {
      releaseInt(cells, at(place), rest);
    }
  }

  /** The cell of all blocks for which none is kept; 0 if there is no such block. */
  private int rest(long span) {
    int bitmap = (int) span;
    return bitmap == ALL ? 0 : cell(span, Integer.numberOfTrailingZeros(~bitmap));
  }

  /**
   * The cell that more than half of the open span's blocks have, so that it need not be kept for
   * them (majority vote: Boyer and Moore, 1981); if there is none, the one not kept before.
   */
  private int most(int before) {
    int most = before;
    int votes = 0;
    for (int cell : open) {
      if (votes == 0) {
        most = cell;
      }
      votes += cell == most ? 1 : -1;
    }
    return count(most) > count(before) ? most : before;
  }

  private int count(int wanted) {
    int count = 0;
    for (int cell : open) {
      count += cell == wanted ? 1 : 0;
    }
    return count;
  }

  /** Calls with the number of every block whose span has cells. */
  void forEachBlock(IntConsumer consumer) {
    for (int block = 0; block < 1 << 24; block += BLOCKS) {
      if (span(block) != 0) {
        for (int i = 0; i < BLOCKS; i++) {
          consumer.accept(block + i);
        }
      }
    }
  }

  /** How many bytes the cells in use take. */
  long bytesInUse() {
    return runs.cellsInUse() * Integer.BYTES;
  }

  private static long at(int cell) {
    return (long) cell * Integer.BYTES;
  }
}
