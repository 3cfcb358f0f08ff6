package org.pointsman.assigner.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.engine.ClusterState;
import org.pointsman.assigner.engine.Decider;
import org.pointsman.assigner.engine.Outcome;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.NetworkEvent;

/**
 * Asks the engine again: what would it decide today, on each event that led to decisions and each
 * deadline, in the state that the record had then? A difference means that the decision was altered
 * so well that nothing else shows it, or that this version of the engine decides otherwise than the
 * one that did.
 *
 * <p>The state follows the record, so that one difference does not make all later ones differ. Only
 * where the {@link Verification} has found decisions to be wrong or missing it follows the engine,
 * which knows what they were.
 */
public final class Redecision {
  private final Verification verified;
  private final Consumer<Finding> findings;
  private final Map<ClusterId, Run> runs = new HashMap<>();
  private long compared;
  private long skipped;

  /** Decisions that one event, or one look at the deadlines, led to. */
  private static final class Run {
    final ClusterState state;
    final List<Recorded> records = new ArrayList<>();
    @Nullable NetworkEvent event;
    Instant time = Instant.EPOCH;
    boolean isBeyondTheEngine;

    Run(ClusterId cluster) {
      state = new ClusterState(cluster);
    }

    long next() {
      return records.isEmpty() ? state.epoch() + 1 : records.getLast().epoch() + 1;
    }
  }

  /**
   * @param verified what the verification of the same record has found
   * @param findings hears of each event that is decided otherwise today
   */
  public Redecision(Verification verified, Consumer<Finding> findings) {
    this.verified = verified;
    this.findings = findings;
  }

  /**
   * Takes the next decision of the log.
   *
   * @param event its event, or null if a deadline caused it, or if the event is not there
   * @param eventTime the log's time of the event
   */
  public void decision(Recorded record, @Nullable NetworkEvent event, Instant eventTime) {
    Run run = runs.computeIfAbsent(record.decision().cluster(), Run::new);
    if (!verified.isFolded(record) || record.epoch() < run.next()) {
      return; // doubled or late, which the verification tells
    }
    if (!run.records.isEmpty() && !isOfTheSameRun(run.records.getLast(), record)) {
      decide(run);
    }
    run.records.add(record);
    run.event = event;
    run.time = event == null ? record.decision().time() : eventTime;
  }

  private static boolean isOfTheSameRun(Recorded one, Recorded other) {
    Decision first = one.decision();
    Decision second = other.decision();
    if (first.cause() instanceof Cause.ByTimer && second.cause() instanceof Cause.ByTimer) {
      return first.time().equals(second.time());
    }
    return first.cause().equals(second.cause());
  }

  /** Everything has been handed over. */
  public void finish() {
    runs.values().stream().filter(run -> !run.records.isEmpty()).forEach(this::decide);
  }

  private void decide(Run run) {
    List<Recorded> records = List.copyOf(run.records);
    run.records.clear();
    if (run.isBeyondTheEngine) {
      skipped++;
      return;
    }
    try {
      decide(run, records);
    } catch (RuntimeException | AssertionError impossible) {
      // The engine relies on what it would never have decided otherwise.
      run.isBeyondTheEngine = true;
      tell(
          run.state,
          records.getFirst(),
          "expected a state that the engine can decide on but it cannot (%s); this cluster is not decided anew from here on"
              .formatted(impossible));
    }
  }

  private void decide(Run run, List<Recorded> records) {
    ClusterState state = run.state;
    List<Decision> today = today(run, records);
    long from = state.epoch() + 1;
    long to = records.getLast().epoch();
    boolean isWhole = to - from + 1 == records.size();
    boolean isSound =
        isWhole
            && records.stream()
                .noneMatch(each -> verified.isDoubtful(state.cluster(), each.epoch()));
    if (today != null && isSound) {
      compare(state, records, today);
    } else {
      skipped++;
    }
    if (!isSound && today != null && today.size() == to - from + 1) {
      today.forEach(state::apply);
    } else {
      records.forEach(each -> state.apply(each.decision()));
    }
  }

  /** What the engine decides; empty if it rejects, null if it cannot be asked. */
  private static @Nullable List<Decision> today(Run run, List<Recorded> records) {
    NetworkEvent event = run.event;
    return switch (records.getFirst().decision().cause()) {
      case Cause.ByTimer timer -> Decider.due(run.state, timer.partition(), run.time);
      case Cause.ByEvent cause ->
          event == null || !event.cluster().equals(run.state.cluster())
              ? null
              : switch (Decider.decide(run.state, event, cause, run.time)) {
                case Outcome.Decided decided -> decided.decisions();
                case Outcome.Rejected _ -> List.of();
              };
    };
  }

  private void compare(ClusterState state, List<Recorded> records, List<Decision> today) {
    compared++;
    for (int i = 0; i < Math.max(records.size(), today.size()); i++) {
      Recorded record = i < records.size() ? records.get(i) : null;
      Decision other = i < today.size() ? today.get(i) : null;
      if (record == null || !Objects.equals(record.decision(), other)) {
        Recorded shown = record != null ? record : records.getLast();
        tell(state, shown, message(record, other));
        return;
      }
    }
  }

  private void tell(ClusterState state, Recorded record, String message) {
    findings.accept(
        new Finding(
            Finding.Kind.REDECISION,
            record.place(),
            state.cluster(),
            record.epoch(),
            message,
            null));
  }

  private static String message(@Nullable Recorded record, @Nullable Decision today) {
    if (record == null) {
      return "expected nothing after it of the same cause but today's engine adds " + text(today);
    }
    return "expected %s, as today's engine decides, but it is %s"
        .formatted(text(today), text(record.decision()));
  }

  private static String text(@Nullable Decision decision) {
    return decision == null
        ? "no such decision"
        : "%s: %s (%s)"
            .formatted(
                decision.key(),
                decision.after() == null ? "released" : Fields.text(decision.after()),
                decision.reason());
  }

  /** How many events and looks at the deadlines were decided anew. */
  public long compared() {
    return compared;
  }

  /** How many could not be, because of what the verification tells. */
  public long skipped() {
    return skipped;
  }
}
