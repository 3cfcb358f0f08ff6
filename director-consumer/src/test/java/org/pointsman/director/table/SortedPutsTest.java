package org.pointsman.director.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SortedPutsTest {
  /** By the upper 19 bits, of puts that differ in the lower {@code differing} bits only. */
  @ParameterizedTest
  @CsvSource({"0, 64", "1, 64", "1000, 64", "1000, 45", "1000, 46", "200000, 64", "200000, 50"})
  void sortsByTheUpperBitsAndLeavesTheRestInOrder(int count, int differing) {
    SplittableRandom random = new SplittableRandom(20_260_101);
    SortedPuts puts = new SortedPuts(7);
    List<Long> expected = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long put = 0x0a01_0203_0405_0607L ^ random.nextLong() >>> (Long.SIZE - differing);
      puts.add(put);
      expected.add(put);
    }
    expected.sort(Comparator.comparingLong(put -> put >>> 45));
    puts.sort(19);
    assertThat(puts.size()).isEqualTo(count);
    for (int i = 0; i < count; i++) {
      assertThat(puts.get(i)).isEqualTo(expected.get(i));
    }
  }
}
