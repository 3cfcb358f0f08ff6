package org.pointsman.director;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.DirectorStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the {@code directors} topic how a director is, on a thread of its own, as often as {@link
 * StatusSchedule} says, and that it is gone when it ends. Whatever fails here is logged and tried
 * again with the next status; nothing of it reaches the caller.
 */
final class StatusPublisher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StatusPublisher.class);

  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final String topic;
  private final String director;
  private final Supplier<? extends Producer<String, DirectorStatus>> producers;
  private final Supplier<DirectorStatus> statuses;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition happened = lock.newCondition();
  private final StatusSchedule schedule = new StatusSchedule();
  private boolean isClosed;

  // The thread's own.
  private @Nullable Producer<String, DirectorStatus> producer;
  private int partition = -1;

  private volatile boolean connectAnew;
  private @Nullable String problem; // guarded by this

  /**
   * @param statuses how the director is now; first asked after the first {@link #changed}, and has
   *     then applied a partition
   */
  StatusPublisher(
      String topic,
      String director,
      Supplier<? extends Producer<String, DirectorStatus>> producers,
      Supplier<DirectorStatus> statuses) {
    this.topic = topic;
    this.director = director;
    this.producers = producers;
    this.statuses = statuses;
    this.thread = new Thread(this::run, "status-" + director);
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** There is something new to tell. Returns at once. */
  void changed() {
    lock.lock();
    try {
      schedule.changed();
      happened.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The next status goes by a new producer. */
  void connectAnew() {
    connectAnew = true;
  }

  /** Takes the status back and ends, within some seconds even if nobody answers. */
  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      happened.signal();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(FAREWELL.multipliedBy(2));
      if (thread.isAlive()) {
        thread.interrupt();
        thread.join(FAREWELL);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the thread ----------------------------------------------------------------------------

  private void run() {
    try {
      while (awaitDue()) {
        publish();
      }
    } catch (InterruptedException interrupted) {
      log.trace("ending", interrupted);
    }
    takeBack();
    drop(FAREWELL);
  }

  /** False if it is time to end. */
  private boolean awaitDue() throws InterruptedException {
    lock.lock();
    try {
      while (!isClosed) {
        long nanos = schedule.nanosUntilDue(System.nanoTime());
        if (nanos <= 0) {
          schedule.taken(System.nanoTime());
          return true;
        }
        long _ = happened.awaitNanos(nanos);
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void publish() {
    try {
      DirectorStatus status = statuses.get();
      partition = status.appliedOffsets().firstKey();
      Future<RecordMetadata> _ = send(status);
    } catch (RuntimeException failure) { // whatever it is: the director goes on
      tell(failure);
      if (!(failure instanceof RetriableException)) {
        drop(Duration.ZERO);
      }
    }
  }

  private void takeBack() {
    if (partition < 0) {
      return;
    }
    try {
      RecordMetadata _ = send(null).get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | RuntimeException failure) {
      log.warn(
          "expected to tell {} that director {} ends but: {}; its last status stays there",
          topic,
          director,
          failure.toString());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Future<RecordMetadata> send(@Nullable DirectorStatus status) {
    if (connectAnew) {
      connectAnew = false;
      drop(Duration.ZERO);
    }
    Producer<String, DirectorStatus> open = producer;
    if (open == null) {
      open = producers.get();
      producer = open;
    }
    return open.send(
        new ProducerRecord<>(topic, partition, director, status),
        (_, failure) -> tell(failure)); // on the producer's thread, or on this one
  }

  private void drop(Duration patience) {
    Producer<String, DirectorStatus> open = producer;
    producer = null;
    if (open != null) {
      try {
        open.close(patience);
      } catch (RuntimeException failure) {
        log.debug("while closing the producer of statuses", failure);
      }
    }
  }

  private synchronized void tell(@Nullable Exception failure) {
    String now = failure == null ? null : sentence(failure);
    if (now != null && !now.equals(problem)) {
      log.warn("expected to write a status to {} but {}; steering goes on", topic, now);
      log.debug("because of", failure);
    } else if (now == null && problem != null) {
      log.info("statuses are written to {} again", topic);
    }
    problem = now;
  }

  private static String sentence(Exception failure) {
    if (failure instanceof org.apache.kafka.common.errors.TimeoutException) {
      return "no broker that has this topic answered in time";
    }
    Throwable cause = failure.getCause();
    return cause == null || cause.getMessage() == null
        ? failure.toString()
        : failure.getMessage() + ": " + cause.getMessage();
  }
}
