package org.pointsman.assigner.audit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.audit.Finding.Kind;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.Entity;

/**
 * The fold of one cluster's decisions: finds those that are missing, doubled or out of order by
 * their epochs, and hands each of the others to {@link DecisionCheck}.
 *
 * <p>A jump in the epochs can mean that decisions are missing, or that this one's epoch was
 * altered. The next one tells: if it goes on where the jump began, the epoch was altered. So a
 * decision that jumps is held until the next one comes.
 *
 * <pre>
 * 4 6 7      5 is missing
 * 4 6 5 7    5 stands after 6
 * 4 5 5 6    5 is there twice
 * 4 9 6      what stands where 5 should has its epoch altered
 * 4 6' 6     the same, unless both are the same: then 5 is missing
 * 4 3 6      the same
 * </pre>
 */
final class ClusterAudit {
  private final Fold state;
  private final EpochLog epochs = new EpochLog();
  private final LoggedAssignments copies;
  private final DirectorWatch directors;
  private final Consumer<Finding> findings;
  private final DecisionCheck check;
  private final Holes holes;

  private long last;
  private @Nullable Recorded held;
  private final List<Recorded> misnumbered = new ArrayList<>();
  private int unreadable;
  private final Set<Long> usedAsBefore =
      new HashSet<>(); // missing epochs that a later one replaced
  private final Set<String> releasedLast = new HashSet<>(); // after the assignments' last epoch
  private boolean started;

  ClusterAudit(
      ClusterId cluster,
      String topic,
      LoggedEvents events,
      long firstEvent,
      LoggedAssignments copies,
      DirectorWatch directors,
      Holes holes,
      Consumer<Finding> findings) {
    this.state = new Fold(cluster);
    this.copies = copies;
    this.directors = directors;
    this.holes = holes;
    this.findings = findings;
    this.check = new DecisionCheck(state, topic, epochs, events, firstEvent, copies, findings);
  }

  long decisions() {
    return check.count();
  }

  int directorsConfirmed() {
    return directors.confirmed();
  }

  boolean isDoubtful(long epoch) {
    return epochs.isDoubtful(epoch);
  }

  /** True if it is this record that was taken for the decision of its epoch. */
  boolean isFolded(Recorded record) {
    return epochs.isAt(record.epoch(), record.place().offset());
  }

  /** A record among the decisions that is the cluster's by its key and cannot be read. */
  void unreadable() {
    unreadable++;
  }

  void add(Recorded record) {
    start();
    Recorded jumped = held;
    held = null;
    if (jumped != null) {
      boolean isNextButOne = record.epoch() == last + 2;
      if (isNextButOne && !jumped.decision().equals(record.decision())) {
        misnumbered.add(jumped);
      } else {
        jump(jumped);
      }
    }
    long ahead = record.epoch() - last - 1;
    if (ahead == 0) {
      next(record);
    } else if (ahead < 0) {
      again(record);
    } else if (ahead == unreadable + misnumbered.size()) {
      epochs.doubt(last + 1, record.epoch() - 1);
      blameNumbers();
      last = record.epoch() - 1;
      next(record);
    } else if (ahead > EpochLog.MOST_MISSING || record.epoch() > EpochLog.MOST) {
      misnumbered.add(record);
    } else {
      held = record;
    }
  }

  private void start() {
    if (!started) {
      started = true;
      directors.start(state);
    }
  }

  private void jump(Recorded record) {
    epochs.miss(last + 1, record.epoch() - 1);
    holes.open(record.decision().cluster());
    last = record.epoch() - 1;
    next(record);
  }

  /** The next in the order of the epochs. */
  private void next(Recorded record) {
    flushNumbers();
    Decision decision = record.decision();
    boolean isSound = check.check(record);
    if (isSound) {
      holes.decided(decision);
    } else {
      holes.open(decision.cluster());
    }
    if (decision.before() != null && epochs.isMissing(decision.before().epoch())) {
      usedAsBefore.add(decision.before().epoch());
    }
    apply(decision);
    last = record.epoch();
  }

  private void apply(Decision decision) {
    Entity before = state.entity(decision.key());
    state.apply(decision);
    directors.applied(state, before, decision.after());
    if (decision.after() == null && decision.epoch() > copies.last()) {
      releasedLast.add(decision.key().toString());
    }
  }

  /** One whose epoch has passed: late, doubled, or its epoch was altered. */
  private void again(Recorded record) {
    long epoch = record.epoch();
    if (epochs.isMissing(epoch)) {
      epochs.found(epoch);
      check.remember(record);
      check.markOutcome(record.decision().cause());
      tell(
          Kind.REORDERED,
          record,
          "expected epoch %d before epoch %d but it stands after it".formatted(epoch, last));
      Entity known = state.entity(record.decision().key());
      boolean isReplaced = known == null ? usedAsBefore.contains(epoch) : known.epoch() > epoch;
      if (!isReplaced) {
        apply(record.decision());
      }
    } else if (epoch >= 1 && !epochs.isDoubtful(epoch) && check.isSame(record)) {
      tell(
          Kind.DUPLICATED,
          record,
          "expected epoch %d once but it is decided at %s already"
              .formatted(epoch, check.place(record, epoch)));
    } else {
      misnumbered.add(record);
    }
  }

  /** They stand where epochs are missing, so it is their epochs that were altered. */
  private void blameNumbers() {
    long expected = last + 1;
    for (Recorded record : misnumbered) {
      tell(
          Kind.ALTERED,
          record,
          "expected epoch %d to follow %d but it says epoch %d"
              .formatted(expected, expected - 1, record.epoch()));
      check.markOutcome(record.decision().cause());
      expected++;
    }
    holes.open(state.cluster());
    misnumbered.clear();
    unreadable = 0;
  }

  /** Nothing is missing where they stand, so they are too many. */
  private void flushNumbers() {
    for (Recorded record : misnumbered) {
      tell(
          Kind.DUPLICATED,
          record,
          "expected epoch %d once and in its order but it is here as well, with other content"
              .formatted(record.epoch()));
    }
    misnumbered.clear();
    unreadable = 0;
  }

  void finish() {
    start();
    Recorded jumped = held;
    held = null;
    if (jumped != null) {
      jump(jumped);
    }
    boolean isCutShort = copies.last() > last;
    if (isCutShort && unreadable + misnumbered.size() == copies.last() - last) {
      epochs.doubt(last + 1, copies.last());
      blameNumbers();
      last = copies.last();
    }
    if (misnumbered.size() == 1 && isTheLastRelease(misnumbered.getFirst().decision())) {
      Decision release = misnumbered.getFirst().decision();
      epochs.doubt(last + 1, last + 1);
      blameNumbers();
      last++;
      state.apply(release);
    }
    flushNumbers();
    tellMissing();
    if (copies.last() > last) {
      holes.open(state.cluster());
      tellCutShort();
    }
    compareAssignments();
    directors.finish(state, findings);
  }

  /** One that assignments shows to have happened, though its epoch says otherwise. */
  private boolean isTheLastRelease(Decision decision) {
    LoggedAssignments.Latest latest = copies.latest().get(decision.key().toString());
    return decision.after() == null
        && (latest == null || latest.isTombstone())
        && Objects.equals(decision.before(), state.entity(decision.key()));
  }

  private void tellMissing() {
    for (long from = epochs.nextMissing(1); from > 0; from = epochs.nextMissing(from)) {
      long to = epochs.nextThere(from) - 1;
      Place after = check.place(to + 1);
      String expected =
          from == to ? "epoch %d".formatted(from) : "epochs %d to %d".formatted(from, to);
      findings.accept(
          new Finding(
              Kind.DROPPED,
              after,
              state.cluster(),
              from,
              "expected %s before epoch %d but %s not there"
                  .formatted(expected, to + 1, from == to ? "it is" : "they are"),
              copies.has(from) ? check.copy(from) : null));
      from = to + 1;
    }
  }

  private void tellCutShort() {
    long first = last + 1;
    long to = copies.last();
    epochs.doubt(first, to);
    findings.accept(
        new Finding(
            Kind.DROPPED,
            null,
            state.cluster(),
            first,
            "expected epoch%s, which assignments holds, but the decisions end at epoch %d"
                .formatted(first == to ? " " + first : "s %d to %d".formatted(first, to), last),
            check.copy(to)));
  }

  /**
   * What is in assignments at its end must be what the decisions lead to, as far as it has come.
   */
  private void compareAssignments() {
    Set<String> live = new HashSet<>();
    for (Entity entity : state.entities()) {
      String key = entity.key().toString();
      live.add(key);
      long epoch = entity.epoch();
      LoggedAssignments.Latest latest = copies.latest().get(key);
      boolean isYetToCome = epoch > copies.last() && !isGoneSince(latest, epoch);
      boolean isTold = epochs.isDoubtful(epoch) || epochs.isDoubtfulBetween(epoch, Long.MAX_VALUE);
      if (isYetToCome || isTold || (latest != null && latest.epoch() == epoch)) {
        continue;
      }
      if (latest == null || latest.isTombstone()) {
        tellMissingRelease(entity, latest);
      } else {
        tellAssignment(
            epoch,
            "expected %s as of epoch %d in assignments but it is there as of epoch %d"
                .formatted(key, epoch, latest.epoch()),
            latest);
      }
    }
    copies
        .latest()
        .forEach(
            (key, latest) -> {
              boolean isGone = !latest.isTombstone() && !live.contains(key);
              boolean isTold =
                  epochs.isDoubtful(latest.epoch())
                      || epochs.isDoubtfulBetween(latest.epoch(), Long.MAX_VALUE);
              if (isGone && !isTold && !releasedLast.contains(key)) {
                tellAssignment(
                    latest.epoch(),
                    "expected %s to be gone from assignments, as the decisions released it, but it is there"
                        .formatted(key),
                    latest);
              }
            });
  }

  /** A tombstone that was written after the entity's last decision. */
  private boolean isGoneSince(LoggedAssignments.@Nullable Latest latest, long epoch) {
    return latest != null && latest.isTombstone() && latest.time() > epochs.time(epoch);
  }

  private void tellMissingRelease(Entity entity, LoggedAssignments.@Nullable Latest latest) {
    holes.open(state.cluster());
    findings.accept(
        new Finding(
            Kind.DROPPED,
            null,
            state.cluster(),
            last + 1,
            "expected a decision that ends %s, which is gone from assignments, but the last one about it is epoch %d and leaves %s"
                .formatted(entity.key(), entity.epoch(), Fields.text(entity)),
            latest == null ? null : check.copyAt(latest.offset())));
  }

  private void tellAssignment(long epoch, String message, LoggedAssignments.Latest latest) {
    findings.accept(
        new Finding(
            Kind.ASSIGNMENT, check.copyAt(latest.offset()), state.cluster(), epoch, message, null));
  }

  private void tell(Kind kind, Recorded record, String message) {
    findings.accept(
        new Finding(
            kind,
            record.place(),
            state.cluster(),
            record.epoch(),
            record.decision().key() + ": " + message,
            null));
  }
}
