package org.pointsman.director.table;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Hands out runs of up to {@value #SLAB_CELLS} base cells that stand side by side.
 *
 * <p>The cells are cut into slabs of {@value #SLAB_CELLS}, and a slab into as many runs of one size
 * as it has room for. So every slab that is not free holds at least one run in use or at rest, and
 * as many slabs as there can be runs are always enough, however runs come and go. A run that was
 * given back rests before it is handed out again ({@link Resting}). The first slab is never handed
 * out: its first cell says "nothing" for all spans that have none.
 */
final class CellRuns {
  static final int SLAB_CELLS = InnerV4Base.BLOCKS; // the longest run is all of a span

  private static final int NONE = 0;

  private final int capacity;
  private final Resting freed;

  /** By slab: bit n is set if its run n is free. */
  private int[] freeRuns = new int[64];

  /** By slab: how many runs it is cut into. */
  private byte[] cuts = new byte[64];

  /** The neighbours of a slab in the one list that it stands in. */
  private int[] next = new int[64];

  private int[] previous = new int[64];

  /** By the number of runs that a slab is cut into: the first of those with a free run. */
  private final int[] withFreeRuns = new int[SLAB_CELLS + 1];

  /** The first of the slabs that were cut and have no run any more. */
  private int uncut = NONE;

  private int fresh = 1;
  private int slabsInUse;

  /**
   * @param slabs how many there are, the first one not counted
   */
  CellRuns(int slabs, LongSupplier nanoTime) {
    capacity = slabs;
    freed = new Resting(nanoTime);
  }

  /**
   * A run that nobody has.
   *
   * @param cells how many it is to hold, 1 to {@value #SLAB_CELLS}
   * @return the number of its first cell
   * @throws IllegalStateException if there are more runs in use than slabs
   */
  int take(int cells) {
    int wanted = SLAB_CELLS / cells;
    while (freed.hasRested() || (freed.size() > 0 && !hasRoom(wanted))) {
      free(freed.take());
    }
    if (!hasRoom(wanted)) {
      throw new IllegalStateException("expected no more runs than there are slabs");
    }
    if (withFreeRuns[wanted] == NONE) {
      cut(wanted);
    }
    int slab = withFreeRuns[wanted];
    int run = Integer.numberOfTrailingZeros(freeRuns[slab]);
    freeRuns[slab] &= freeRuns[slab] - 1;
    if (freeRuns[slab] == 0) {
      withFreeRuns[wanted] = remove(slab, slab);
    }
    return slab * SLAB_CELLS + run * (SLAB_CELLS / wanted);
  }

  void giveBack(int firstCell) {
    freed.add(firstCell);
  }

  /** How many cells the slabs in use have. */
  long cellsInUse() {
    return (long) slabsInUse * SLAB_CELLS;
  }

  private boolean hasRoom(int wanted) {
    return withFreeRuns[wanted] != NONE || uncut != NONE || fresh <= capacity;
  }

  /** Cuts a slab into so many runs, all of them free. */
  private void cut(int wanted) {
    int slab = uncut;
    if (slab != NONE) {
      uncut = remove(slab, slab);
    } else {
      slab = fresh++;
      if (slab == cuts.length) {
        freeRuns = Arrays.copyOf(freeRuns, 2 * slab);
        cuts = Arrays.copyOf(cuts, 2 * slab);
        next = Arrays.copyOf(next, 2 * slab);
        previous = Arrays.copyOf(previous, 2 * slab);
      }
    }
    cuts[slab] = (byte) wanted;
    freeRuns[slab] = allRuns(wanted);
    withFreeRuns[wanted] = addBefore(NONE, slab);
    slabsInUse++;
  }

  private void free(int firstCell) {
    int slab = firstCell / SLAB_CELLS;
    int of = cuts[slab];
    if (freeRuns[slab] == 0) {
      withFreeRuns[of] = addBefore(withFreeRuns[of], slab);
    }
    freeRuns[slab] |= 1 << ((firstCell % SLAB_CELLS) / (SLAB_CELLS / of));
    if (freeRuns[slab] == allRuns(of)) {
      withFreeRuns[of] = remove(withFreeRuns[of], slab);
      uncut = addBefore(uncut, slab);
      slabsInUse--;
    }
  }

  private static int allRuns(int count) {
    return -1 >>> (Integer.SIZE - count);
  }

  /** The list's new first slab. */
  private int addBefore(int first, int slab) {
    next[slab] = first;
    previous[slab] = NONE;
    if (first != NONE) {
      previous[first] = slab;
    }
    return slab;
  }

  /** The list's new first slab. */
  private int remove(int first, int slab) {
    if (next[slab] != NONE) {
      previous[next[slab]] = previous[slab];
    }
    if (slab == first) {
      return next[slab];
    }
    next[previous[slab]] = next[slab];
    return first;
  }
}
