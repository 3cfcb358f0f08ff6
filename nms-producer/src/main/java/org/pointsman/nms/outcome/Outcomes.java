package org.pointsman.nms.outcome;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The outcomes of events, from the moment on at which this was opened. Open it before sending: what
 * was written earlier does not come.
 *
 * <p>For one thread at a time.
 */
public interface Outcomes extends AutoCloseable {

  /**
   * The next ones; waits for the first if there are none yet.
   *
   * @param patience how long to wait
   * @return none if none came
   * @throws org.apache.kafka.common.KafkaException if brokers or registry do not answer; some
   *     outcomes may be lost to this reader then, so close it
   */
  List<Outcome> poll(Duration patience);

  /** All that have been written until now. */
  void readToEnd(Consumer<? super Outcome> outcomes);

  /**
   * Waits until an event's outcome is there, and tells the whole of it. A real server that goes
   * down moves many tunnels, each by a decision; all decisions on one event are written in one
   * transaction, so those that follow the first are there when the first is.
   *
   * @param partition where the event stands, as its acknowledgement says
   * @param offset its offset there
   * @param timeout how long to wait for the first decision or the rejection
   * @param outcome hears each decision, or the rejection
   * @return false if none came in time
   */
  default boolean await(
      int partition, long offset, Duration timeout, Consumer<? super Outcome> outcome) {
    Consumer<Outcome> ours =
        candidate -> {
          if (candidate.isOf(partition, offset)) {
            outcome.accept(candidate);
          }
        };
    long start = System.nanoTime();
    for (Duration left = timeout;
        left.isPositive();
        left = timeout.minusNanos(System.nanoTime() - start)) {
      List<Outcome> batch = poll(left);
      if (batch.stream().anyMatch(candidate -> candidate.isOf(partition, offset))) {
        batch.forEach(ours);
        readToEnd(ours);
        return true;
      }
    }
    return false;
  }

  @Override
  void close();
}
