package org.pointsman.quickstart.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.pointsman.cli.CliException;
import org.pointsman.cli.Connection;
import org.pointsman.model.Rejection;
import org.pointsman.model.RejectionCode;
import org.pointsman.nms.Acknowledgement;
import org.pointsman.nms.outcome.KafkaOutcomes;
import org.pointsman.nms.outcome.Outcome;
import org.pointsman.nms.outcome.Outcomes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears what the assigner makes of the demo's events, on a thread of its own. */
final class OutcomeWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OutcomeWatch.class);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final long PAUSE_MILLIS = 5;

  private final Outcomes outcomes;
  private final Thread thread;
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final Map<Long, Integer> decisions = new ConcurrentHashMap<>();
  private final Set<Long> rejected = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<Rejection> rejections = new ConcurrentLinkedQueue<>();

  OutcomeWatch(Connection connection, int partition) {
    outcomes =
        KafkaOutcomes.fromNow(
            connection, List.of(partition), bad -> log.warn("{}", bad.getMessage()));
    thread = Thread.ofPlatform().name("outcomes").daemon().start(this::run);
  }

  private void run() {
    while (!isClosed.get()) {
      outcomes.poll(POLL).forEach(this::hear);
    }
    outcomes.close();
  }

  private void hear(Outcome outcome) {
    switch (outcome) {
      case Outcome.Decided decided -> decisions.merge(decided.offset(), 1, Integer::sum);
      case Outcome.Rejected refused -> {
        rejected.add(refused.offset());
        if (refused.rejection().code() != RejectionCode.NO_CHANGE) {
          rejections.add(refused.rejection());
        }
      }
    }
  }

  /** How many events have an outcome. */
  long events() {
    return decisions.size() + (long) rejected.size();
  }

  /** How many decisions there were. */
  long decisions() {
    return decisions.values().stream().mapToLong(Integer::longValue).sum();
  }

  /** Those that mean more than that nothing changes. */
  List<Rejection> rejections() {
    return new ArrayList<>(rejections);
  }

  private boolean isKnown(long offset) {
    return decisions.containsKey(offset) || rejected.contains(offset);
  }

  /**
   * Waits until every event has its outcome.
   *
   * @throws CliException if some have none in time
   */
  void await(List<Acknowledgement> events, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    int next = 0;
    while (next < events.size()) {
      if (isKnown(events.get(next).offset())) {
        next++;
      } else if (System.nanoTime() - deadline > 0) {
        throw new CliException(
            "expected an outcome of every event within %d s but %d of %d have none; the first is at offset %d"
                .formatted(
                    patience.toSeconds(),
                    events.stream().filter(event -> !isKnown(event.offset())).count(),
                    events.size(),
                    events.get(next).offset()));
      } else {
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }

  @Override
  public void close() {
    isClosed.set(true);
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
