package org.pointsman.nms.barrier;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.EntityKey;
import org.pointsman.model.Rejection;
import org.pointsman.model.ServerId;

/**
 * The announces that wait for their tunnels to be steerable: first for the decision, found by the
 * event's id, then for every live director to come to its epoch. A tunnel that is moved while
 * somebody waits for it is waited for at its new epoch; one that is pending, until it has a server.
 *
 * <p>Announces are completed on the thread of the call that completes them, and never while this
 * book is locked. Times are by {@link System#nanoTime}.
 */
final class BarrierBook {
  private final DirectorBook directors;
  private final Map<String, Expected> byEvent = new HashMap<>();
  private final Map<EntityKey, List<Expected>> byTunnel = new HashMap<>();
  private final Map<ClusterId, TreeMap<Long, List<Expected>>> byEpoch = new HashMap<>();
  private final PriorityQueue<Expected> byDeadline =
      new PriorityQueue<>(Comparator.comparingLong(expected -> expected.deadline));
  private final List<Runnable> completions = new ArrayList<>();

  /** An announce that waits. */
  private static final class Expected {
    private final String eventId;
    private final EntityKey.Tunnel tunnel;
    private final CompletableFuture<Steerable> answer;
    private final long sent;
    private final long deadline;
    private final Duration timeout;
    private boolean isAcknowledged;
    private @Nullable DecisionReason reason; // of the last decision on it
    private @Nullable ServerId server;
    private long epoch;
    private Instant logTime = Instant.MIN;

    private Expected(
        String eventId,
        EntityKey.Tunnel tunnel,
        CompletableFuture<Steerable> answer,
        long sent,
        Duration timeout) {
      this.eventId = eventId;
      this.tunnel = tunnel;
      this.answer = answer;
      this.sent = sent;
      this.timeout = timeout;
      this.deadline = sent + timeout.toNanos();
    }
  }

  BarrierBook(Duration liveFor) {
    directors = new DirectorBook(liveFor);
  }

  /** An announce is about to be sent. */
  synchronized void expect(
      String eventId,
      EntityKey.Tunnel tunnel,
      CompletableFuture<Steerable> answer,
      long now,
      Duration timeout) {
    Expected expected = new Expected(eventId, tunnel, answer, now, timeout);
    byEvent.put(eventId, expected);
    byTunnel.computeIfAbsent(tunnel, _ -> new ArrayList<>(1)).add(expected);
    byDeadline.add(expected);
  }

  /** The log has it. */
  synchronized void acknowledged(String eventId) {
    Expected expected = byEvent.get(eventId);
    if (expected != null) {
      expected.isAcknowledged = true;
    }
  }

  /** It could not be sent. */
  void failed(String eventId, Throwable failure) {
    synchronized (this) {
      Expected expected = byEvent.get(eventId);
      if (expected != null) {
        fail(expected, failure);
      }
    }
    complete();
  }

  void take(Decision decision, long now) {
    synchronized (this) {
      List<Expected> concerned = byTunnel.get(decision.key());
      if (concerned != null) {
        for (Expected expected : List.copyOf(concerned)) {
          if (expected.epoch > 0 || isOn(decision, expected)) {
            decided(expected, decision, now);
          }
        }
      }
    }
    complete();
  }

  private static boolean isOn(Decision decision, Expected expected) {
    return decision.cause() instanceof Cause.ByEvent by && by.eventId().equals(expected.eventId);
  }

  private void decided(Expected expected, Decision decision, long now) {
    takeFromEpoch(expected);
    if (!(decision.after() instanceof Assignment after)) {
      fail(
          expected,
          new AnnounceRejectedException(
              /* code= */ null,
              "tunnel %s was released (%s) before every director had it; announce it again"
                  .formatted(expected.tunnel.tunnel(), decision.reason())));
      return;
    }
    expected.logTime = decision.time();
    expected.server = after.server();
    expected.reason = decision.reason();
    expected.epoch = decision.epoch();
    if (!after.isPending()) {
      byEpoch
          .computeIfAbsent(expected.tunnel.cluster(), _ -> new TreeMap<>())
          .computeIfAbsent(expected.epoch, _ -> new ArrayList<>(1))
          .add(expected);
      completeReached(expected.tunnel.cluster(), now);
    }
  }

  void take(Rejection rejection) {
    synchronized (this) {
      Expected expected =
          rejection.event() == null ? null : byEvent.get(rejection.event().eventId());
      if (expected != null) {
        fail(expected, new AnnounceRejectedException(rejection.code(), rejection.message()));
      }
    }
    complete();
  }

  /** See {@link DirectorBook#take}. */
  void take(
      String director,
      @Nullable DirectorStatus status,
      Instant logTime,
      boolean isFresh,
      long now) {
    synchronized (this) {
      directors.take(director, status, logTime, isFresh, now);
      byEpoch.keySet().forEach(cluster -> completeReached(cluster, now));
    }
    complete();
  }

  /** Time has passed: directors may be live no longer, and announces late. */
  void tick(long now) {
    synchronized (this) {
      byEpoch.keySet().forEach(cluster -> completeReached(cluster, now));
      for (Expected next = byDeadline.peek();
          next != null && (next.answer.isDone() || now - next.deadline >= 0);
          next = byDeadline.peek()) {
        byDeadline.remove();
        if (!next.answer.isDone()) {
          fail(next, new AnnounceTimeoutException(missing(next, now)));
        }
      }
    }
    complete();
  }

  /** Nothing is read any more: nobody is left waiting. */
  void failAll(Throwable failure) {
    synchronized (this) {
      List.copyOf(byEvent.values()).forEach(expected -> fail(expected, failure));
    }
    complete();
  }

  synchronized int waiting() {
    return byEvent.size();
  }

  /**
   * In the order of their epochs: where one director is behind, it is behind for all that follow.
   */
  private void completeReached(ClusterId cluster, long now) {
    TreeMap<Long, List<Expected>> waiting = byEpoch.get(cluster);
    if (waiting == null) {
      return;
    }
    Iterator<Map.Entry<Long, List<Expected>>> entries = waiting.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<Long, List<Expected>> entry = entries.next();
      Instant logTime = entry.getValue().getFirst().logTime;
      DirectorBook.Standing standing = directors.standing(cluster, entry.getKey(), logTime, now);
      if (!standing.isReached()) {
        return;
      }
      entries.remove();
      for (Expected expected : entry.getValue()) {
        reached(expected, standing.live(), now);
      }
    }
  }

  private void reached(Expected expected, int live, long now) {
    forget(expected);
    ServerId server = expected.server;
    DecisionReason reason = expected.reason;
    if (server != null && reason != null) {
      Duration latency = Duration.ofNanos(now - expected.sent);
      Steerable steerable = new Steerable(server, reason, expected.epoch, live, latency);
      completions.add(() -> expected.answer.complete(steerable));
    }
  }

  private void fail(Expected expected, Throwable failure) {
    takeFromEpoch(expected);
    forget(expected);
    completions.add(() -> expected.answer.completeExceptionally(failure));
  }

  private void takeFromEpoch(Expected expected) {
    TreeMap<Long, List<Expected>> waiting = byEpoch.get(expected.tunnel.cluster());
    List<Expected> same = waiting == null ? null : waiting.get(expected.epoch);
    if (waiting != null && same != null && same.remove(expected) && same.isEmpty()) {
      waiting.remove(expected.epoch);
    }
  }

  private void forget(Expected expected) {
    byEvent.remove(expected.eventId);
    List<Expected> same = byTunnel.get(expected.tunnel);
    if (same != null && same.remove(expected) && same.isEmpty()) {
      byTunnel.remove(expected.tunnel);
    }
  }

  private String missing(Expected expected, long now) {
    String within = " within " + expected.timeout;
    if (!expected.isAcknowledged && expected.epoch == 0) {
      return "expected the log to have the announce of tunnel %s%s but it is not acknowledged; check that the broker runs"
          .formatted(expected.tunnel.tunnel(), within);
    }
    if (expected.epoch == 0) {
      return "expected a decision on tunnel %s%s but there is none; check that the assigner runs"
          .formatted(expected.tunnel.tunnel(), within);
    }
    if (expected.server == null) {
      return "expected a real server for tunnel %s%s but it is pending (%s); add servers or make room"
          .formatted(expected.tunnel.tunnel(), within, expected.reason);
    }
    return missing(
        expected.tunnel,
        expected.server,
        expected.epoch,
        directors.standing(expected.tunnel.cluster(), expected.epoch, expected.logTime, now),
        within);
  }

  private static String missing(
      EntityKey.Tunnel tunnel,
      @Nullable ServerId server,
      long epoch,
      DirectorBook.Standing standing,
      String within) {
    String expected =
        "expected tunnel %s on %s by epoch %d on every live director of cluster %s%s but "
            .formatted(tunnel.tunnel(), server, epoch, tunnel.cluster(), within);
    return standing.live() == 0
        ? expected + "none is live; start directors, or check that they reach Kafka"
        : expected
            + "%d of %d are behind: %s; see what these say"
                .formatted(
                    standing.behind().size(),
                    standing.live(),
                    String.join(", ", standing.behind()));
  }

  private void complete() {
    List<Runnable> due;
    synchronized (this) {
      if (completions.isEmpty()) {
        return;
      }
      due = List.copyOf(completions);
      completions.clear();
    }
    due.forEach(Runnable::run);
  }
}
