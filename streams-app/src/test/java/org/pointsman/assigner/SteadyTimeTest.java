package org.pointsman.assigner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class SteadyTimeTest {
  private static final long HOUR_MILLIS = 3_600_000;

  private final AtomicLong wall = new AtomicLong(1_700_000_000_000L);
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5_000_000); // soon runs over
  private final SteadyTime time = new SteadyTime(wall::get, nanos::get);

  @Test
  void itGoesOnByWhatHasPassedWhereverTheClockIsSet() {
    long start = time.milliseconds();
    assertThat(start).isEqualTo(1_700_000_000_000L);
    wall.addAndGet(HOUR_MILLIS);
    assertThat(time.milliseconds()).isEqualTo(start);
    nanos.addAndGet(7_000_000);
    assertThat(time.milliseconds()).isEqualTo(start + 7);
    wall.addAndGet(-2 * HOUR_MILLIS);
    nanos.addAndGet(1_000_000);
    assertThat(time.milliseconds()).isEqualTo(start + 8);
  }

  @Test
  void aWaitEndsWithItsConditionOrItsDeadline() throws InterruptedException {
    Object lock = new Object();
    time.waitObject(lock, () -> true, time.milliseconds() - 1);
    assertThatThrownBy(() -> time.waitObject(lock, () -> false, time.milliseconds()))
        .isInstanceOf(TimeoutException.class);
  }
}
