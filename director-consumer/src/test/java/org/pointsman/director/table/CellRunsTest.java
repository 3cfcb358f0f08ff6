package org.pointsman.director.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class CellRunsTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong nanoTime = new AtomicLong();

  @Test
  void runsInUseNeverShareACellHoweverTheyComeAndGo() {
    int most = 100;
    CellRuns runs = new CellRuns(most, nanoTime::get);
    SplittableRandom random = new SplittableRandom(20_260_101);
    List<int[]> taken = new ArrayList<>(); // first cell and size
    int[] owners = new int[(most + 1) * CellRuns.SLAB_CELLS];
    for (int step = 1; step < 20_000; step++) {
      nanoTime.addAndGet(SECOND);
      if (taken.size() == most || (random.nextBoolean() && !taken.isEmpty())) {
        int[] run = taken.remove(random.nextInt(taken.size()));
        for (int cell = run[0]; cell < run[0] + run[1]; cell++) {
          owners[cell] = 0;
        }
        runs.giveBack(run[0]);
      } else {
        // Now mostly small ones, now mostly large ones, so that slabs are cut again and again.
        int size = 1 + random.nextInt(step % 2000 < 1000 ? 4 : 32);
        int first = runs.take(size);
        assertThat(first).isGreaterThanOrEqualTo(CellRuns.SLAB_CELLS);
        for (int cell = first; cell < first + size; cell++) {
          assertThat(owners[cell]).isZero();
          owners[cell] = step;
        }
        taken.add(new int[] {first, size});
      }
    }
  }

  @Test
  void aSlabIsCutIntoAsManyRunsOfOneSizeAsItHasRoomFor() {
    CellRuns runs = new CellRuns(10, nanoTime::get);
    assertThat(runs.take(1)).isEqualTo(32);
    assertThat(runs.take(9)).isEqualTo(64);
    assertThat(runs.take(10)).isEqualTo(74);
    assertThat(runs.take(11)).isEqualTo(96);
    assertThat(runs.take(9)).isEqualTo(84);
    assertThat(runs.take(9)).isEqualTo(128);
    assertThat(runs.take(1)).isEqualTo(33);
    assertThat(runs.cellsInUse()).isEqualTo(4 * 32);
  }

  @Test
  void whatWasGivenBackRestsBeforeItIsTakenAgain() {
    CellRuns runs = new CellRuns(2, nanoTime::get);
    assertThat(runs.take(32)).isEqualTo(32);
    runs.giveBack(32);
    assertThat(runs.take(32)).isEqualTo(64);
    nanoTime.addAndGet(SECOND);
    assertThat(runs.take(20)).isEqualTo(32);
    assertThatThrownBy(() -> runs.take(1)).isInstanceOf(IllegalStateException.class);
  }
}
