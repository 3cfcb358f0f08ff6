package org.pointsman.assigner;

import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.utils.Time;

/**
 * The host's time when the assigner started, and on from there by how much has passed. A clock that
 * is set while it runs neither makes deadlines come early nor holds up transactions and timers,
 * which Kafka Streams would do until the clock is where it was. Whoever sets the clock right starts
 * the assigner again.
 */
final class SteadyTime implements Time {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final LongSupplier nanos;
  private final long startMillis;
  private final long startNanos;

  /**
   * @param wallMillis the host's time, milliseconds since 1970; asked once
   * @param nanos time that only goes on
   */
  SteadyTime(LongSupplier wallMillis, LongSupplier nanos) {
    this.nanos = nanos;
    this.startMillis = wallMillis.getAsLong();
    this.startNanos = nanos.getAsLong();
  }

  static SteadyTime ofThisHost() {
    return new SteadyTime(System::currentTimeMillis, System::nanoTime);
  }

  @Override
  public long milliseconds() {
    return startMillis + (nanoseconds() - startNanos) / NANOS_PER_MILLI;
  }

  @Override
  public long nanoseconds() {
    return nanos.getAsLong();
  }

  @Override
  public void sleep(long millis) {
    Time.SYSTEM.sleep(millis);
  }

  @Override
  public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMillis)
      throws InterruptedException {
    synchronized (object) {
      while (!condition.get()) {
        long left = deadlineMillis - milliseconds();
        if (left <= 0) {
          throw new TimeoutException("expected the condition in time but it did not come");
        }
        object.wait(left);
      }
    }
  }
}
