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
  void aChangeIsToldAtOnceUnlessTheLastStatusIsLessThanAMillisecondOld() {
    schedule.changed();
    schedule.taken(at(0));
    schedule.changed();
    assertThat(secondsUntilDue(0.00025)).isEqualTo(0.00075);
    assertThat(secondsUntilDue(0.001)).isZero();
    assertThat(secondsUntilDue(5)).isNegative();
  }

  @Test
  void withoutChangesOneIsDueEveryTwoSeconds() {
    schedule.changed();
    schedule.taken(at(0));
    assertThat(secondsUntilDue(0.5)).isEqualTo(1.5);
    schedule.taken(at(2));
    assertThat(secondsUntilDue(3)).isEqualTo(1);
  }
}
