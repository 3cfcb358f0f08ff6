package org.pointsman.director.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a feed is, and whether it is to end. Written by the feed's thread alone, asked by any.
 */
final class FeedProgress {
  private static final Logger log = LoggerFactory.getLogger(FeedProgress.class);

  static final Duration RETRY = Duration.ofSeconds(1);

  final CountDownLatch ready = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  volatile int partitionRead = -1;
  volatile long nextOffset;
  final LongAdder records = new LongAdder();
  final LongAdder skipped = new LongAdder();
  final LongAdder stale = new LongAdder();
  volatile @Nullable Instant current;

  /** When there was last nothing after what stands; all that is missing was written since. */
  volatile @Nullable Instant caughtUpAt;

  volatile @Nullable String problem;

  FeedStatus status() {
    return new FeedStatus(
        ready.getCount() == 0,
        partitionRead,
        nextOffset,
        records.sum(),
        skipped.sum(),
        stale.sum(),
        Optional.ofNullable(current),
        Optional.ofNullable(problem));
  }

  /** Says what is wrong, once. */
  void problem(String sentence, @Nullable Exception cause) {
    if (!sentence.equals(problem)) {
      log.warn("{}", sentence);
      log.debug("because of", cause);
    }
    problem = sentence;
  }

  /** The same sentence each time, whatever times Kafka's client puts into its own. */
  static String unanswered(String topic, RetriableException failure) {
    return "expected Kafka to answer about %s but %s; check that it runs and that --bootstrap-servers names it"
        .formatted(
            topic,
            failure instanceof TimeoutException
                ? "no answer came in time"
                : "got '%s'".formatted(failure.getMessage()));
  }

  /** Kafka's client says that it was not made, and only its cause says why. */
  static String sentence(KafkaException failure) {
    Throwable cause = failure.getCause();
    return cause == null || cause.getMessage() == null
        ? String.valueOf(failure.getMessage())
        : failure.getMessage() + ": " + cause.getMessage();
  }

  void close() {
    closed.countDown();
  }

  boolean isClosed() {
    return closed.getCount() == 0;
  }

  void throwIfClosed() {
    if (isClosed()) {
      throw new WakeupException();
    }
  }

  /** Waits, unless it is closed. */
  void pause(Duration time) {
    try {
      boolean _ = closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      closed.countDown();
      Thread.currentThread().interrupt();
    }
  }
}
