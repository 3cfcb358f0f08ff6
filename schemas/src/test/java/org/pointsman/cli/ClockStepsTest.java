package org.pointsman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClockStepsTest {
  private final AtomicLong wall = new AtomicLong(1_700_000_000_000L);
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5_000_000); // soon runs over
  private final ClockSteps steps = new ClockSteps(wall::get, nanos::get);

  private void pass(Duration time) {
    wall.addAndGet(time.toMillis());
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void timeThatPassesIsNoStep() {
    pass(Duration.ofHours(2));
    assertThat(steps.setBack()).isZero();
  }

  @Test
  void aStepBackIsToldOnce() {
    pass(Duration.ofSeconds(3));
    wall.addAndGet(-Duration.ofHours(1).toMillis());
    assertThat(steps.setBack()).isEqualTo(Duration.ofHours(1));
    pass(Duration.ofSeconds(3));
    assertThat(steps.setBack()).isZero();
  }

  @Test
  void aStepForthIsNone_andTheOneBackAfterItIs() {
    wall.addAndGet(Duration.ofHours(1).toMillis());
    assertThat(steps.setBack()).isZero();
    wall.addAndGet(-Duration.ofHours(1).toMillis());
    assertThat(steps.setBack()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void whatTheClockIsCorrectedByAllTheTimeIsNone() {
    wall.addAndGet(-999);
    assertThat(steps.setBack()).isZero();
  }
}
