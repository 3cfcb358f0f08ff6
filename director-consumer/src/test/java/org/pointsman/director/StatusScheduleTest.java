package org.pointsman.director;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class StatusScheduleTest {
  /** Clocks that only go on may begin anywhere, and pass the largest number. */
  private static final long START = Long.MAX_VALUE - Duration.ofSeconds(2).toNanos();

  private final StatusSchedule schedule = new StatusSchedule();

  private static long at(double seconds) {
    return START + (long) (seconds * 1e9);
  }

  private double secondsUntilDue(double seconds) {
    return schedule.nanosUntilDue(at(seconds)) / 1e9;
  }

  @Test
  void nothingIsDueBeforeTheFirstChange() {
    assertThat(schedule.nanosUntilDue(at(1000))).isEqualTo(Long.MAX_VALUE);
    schedule.changed();
    assertThat(schedule.nanosUntilDue(at(1000))).isZero();
  }

  @Test
  void aChangeIsToldAtOnceUnlessTheLastStatusIsLessThanASecondOld() {
    schedule.changed();
    schedule.taken(at(0));
    schedule.changed();
    assertThat(secondsUntilDue(0.25)).isEqualTo(0.75);
    assertThat(secondsUntilDue(1)).isZero();
    assertThat(secondsUntilDue(5)).isNegative();
  }

  @Test
  void withoutChangesOneIsDueEveryTenSeconds() {
    schedule.changed();
    schedule.taken(at(0));
    assertThat(secondsUntilDue(4)).isEqualTo(6);
    schedule.taken(at(10));
    assertThat(secondsUntilDue(11)).isEqualTo(9);
  }
}
