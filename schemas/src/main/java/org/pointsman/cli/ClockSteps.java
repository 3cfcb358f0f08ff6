package org.pointsman.cli;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Notices that the host's clock was set back. Kafka's clients tell by that clock how long they have
 * waited, so after a step back what they had under way may wait until the clock is where it was: a
 * retry, a reconnection, a heartbeat. Only new clients help.
 *
 * <p>Not safe for several threads.
 */
public final class ClockSteps {
  /** Less is corrected all the time, and does no harm. */
  static final Duration LEAST = Duration.ofSeconds(1);

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final LongSupplier wallMillis;
  private final LongSupplier nanos;
  private final long startNanos;
  private long aheadMillis;

  /**
   * @param wallMillis the host's time, milliseconds since 1970
   * @param nanos time that only goes on
   */
  ClockSteps(LongSupplier wallMillis, LongSupplier nanos) {
    this.wallMillis = wallMillis;
    this.nanos = nanos;
    this.startNanos = nanos.getAsLong();
    this.aheadMillis = ahead();
  }

  public static ClockSteps ofThisHost() {
    return new ClockSteps(System::currentTimeMillis, System::nanoTime);
  }

  /** How far the clock was set back since this was last asked; zero if it was not. */
  public Duration setBack() {
    long before = aheadMillis;
    aheadMillis = ahead();
    Duration back = Duration.ofMillis(before - aheadMillis);
    return back.compareTo(LEAST) >= 0 ? back : Duration.ZERO;
  }

  private long ahead() {
    return wallMillis.getAsLong() - (nanos.getAsLong() - startNanos) / NANOS_PER_MILLI;
  }
}
