package org.pointsman.director.dataplane.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pointsman.model.MacAddress;

final class ServerMarksTest {
  private static final MacAddress A = MacAddress.parse("02:00:00:00:01:0a");
  private static final MacAddress B = MacAddress.parse("02:00:00:00:01:0b");
  private static final MacAddress C = MacAddress.parse("02:00:00:00:01:0c");

  private final ServerMarks marks = new ServerMarks();

  @Test
  void withoutATableTheMarkIsTheIndex() {
    assertThat(marks.assign(3, A)).isEqualTo(3);
    assertThat(marks.assign(1, null)).isEqualTo(1);
    assertThat(marks.of(3)).isEqualTo(3);
    assertThat(marks.of(2)).isZero();
  }

  @Test
  void aServerKeepsTheMarkOfItsMacWhateverItsIndexIsNow() {
    marks.adopt(Map.of(1, Optional.of(A), 2, Optional.of(B), 3, Optional.empty()));
    assertThat(marks.assign(1, B)).isEqualTo(2);
    assertThat(marks.assign(2, C)).as("1 and 3 are others' still").isEqualTo(4);
    assertThat(marks.assign(3, A)).isEqualTo(1);
    assertThat(marks.assign(1, C)).as("a later address does not change it").isEqualTo(2);
  }

  @Test
  void marksThatNobodyAskedForAreFreeWhenTheTableIsPutRight() {
    marks.adopt(Map.of(1, Optional.of(A)));
    assertThat(marks.assign(1, C)).isEqualTo(2);
    marks.settle();
    assertThat(marks.assign(5, A)).isEqualTo(5);
    assertThat(marks.assign(2, B)).as("2 is taken").isEqualTo(1);
    marks.release(1);
    assertThat(marks.of(1)).isZero();
    assertThat(marks.assign(7, null)).isEqualTo(7);
    marks.release(2);
    assertThat(marks.assign(1, B)).isEqualTo(1);
  }

  @Test
  void twoServersOfOneMacDoNotShareAMark() {
    marks.adopt(Map.of(9, Optional.of(A)));
    assertThat(marks.assign(1, A)).isEqualTo(9);
    assertThat(marks.assign(2, A)).isEqualTo(2);
  }
}
