package org.pointsman.assigner.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.audit.Finding.Kind;
import org.pointsman.model.Decision;
import org.pointsman.model.Entity;

/** Whatever is done to one decision of a random record, the verification names that one. */
final class VerificationProperties {
  private static final int STEPS = 120;

  /** A compacted record has less to compare with. */
  private static AuditedLog log(long seed, boolean isCompacted) {
    AuditedLog log = AuditedLog.random(seed, STEPS);
    return isCompacted ? log.compacted() : log;
  }

  @Property(tries = 100)
  void aRecordThatNobodyTouchedIsClean(@ForAll long seed, @ForAll boolean isCompacted) {
    AuditedLog log = log(seed, isCompacted);

    Report report = log.verify();

    assertThat(report.findings()).isEmpty();
    assertThat(report.isClean()).isTrue();
    assertThat(report.decisions()).isEqualTo(log.decisions.size()).isPositive();
    assertThat(report.undecided()).isZero();
    assertThat(log.redecide()).isEmpty();
  }

  @Property(tries = 200)
  void aDroppedDecisionIsNamed(@ForAll long seed, @ForAll boolean isCompacted) {
    AuditedLog log = log(seed, isCompacted);
    int dropped = new SplittableRandom(seed).nextInt(log.decisions.size() - 1);
    Recorded gone = log.decisions.remove(dropped);

    List<Finding> findings = log.verify().findings();

    assertThat(findings).hasSize(1);
    Finding finding = findings.getFirst();
    assertThat(finding.kind()).isEqualTo(Kind.DROPPED);
    assertThat(finding.epoch()).isEqualTo(gone.epoch());
    assertThat(finding.place()).isEqualTo(AuditedLog.decisionAt(dropped + 1));
  }

  @Property(tries = 100)
  void theLastDecisionDroppedIsNamed(@ForAll long seed, @ForAll boolean isCompacted) {
    AuditedLog log = log(seed, isCompacted);
    Recorded gone = log.decisions.removeLast();

    List<Finding> findings = log.verify().findings();

    assertThat(findings).hasSize(1);
    Finding finding = findings.getFirst();
    assertThat(finding.kind()).isEqualTo(Kind.DROPPED);
    assertThat(finding.epoch()).isEqualTo(gone.epoch());
  }

  @Property(tries = 100)
  void aDoubledDecisionIsNamed(@ForAll long seed, @ForAll boolean isCompacted) {
    AuditedLog log = log(seed, isCompacted);
    SplittableRandom random = new SplittableRandom(seed);
    Recorded twice = log.decisions.get(random.nextInt(log.decisions.size()));
    Place copy = AuditedLog.decisionAt(100_000);
    log.decisions.add(
        random.nextInt((int) twice.place().offset() + 1, log.decisions.size() + 1),
        new Recorded(copy, twice.key(), twice.timestamp(), twice.decision()));

    assertThat(log.verify().findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.kind()).isEqualTo(Kind.DUPLICATED);
              assertThat(finding.place()).isEqualTo(copy);
              assertThat(finding.message()).contains(twice.place().toString());
            });
  }

  @Property(tries = 100)
  void aDecisionInTheWrongPlaceIsNamed(@ForAll long seed, @ForAll boolean isCompacted) {
    AuditedLog log = log(seed, isCompacted);
    SplittableRandom random = new SplittableRandom(seed);
    int from = random.nextInt(log.decisions.size() - 1);
    int to = random.nextInt(from + 1, Math.min(log.decisions.size(), from + 20));
    Recorded moved = log.decisions.remove(from);
    log.decisions.add(to, moved);

    assertThat(log.verify().findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.kind()).isEqualTo(Kind.REORDERED);
              assertThat(finding.place()).isEqualTo(moved.place());
            });
  }

  @Property(tries = 400)
  void anAlteredDecisionIsNamedAndNoOther(@ForAll long seed) {
    AuditedLog log = log(seed, false);
    Recorded altered = alter(log, seed, new Tampering(new SplittableRandom(seed)));

    List<Finding> findings = log.verify().findings();
    if (findings.isEmpty()) { // nothing else tells of it
      findings = List.of(log.redecide().getFirst());
    }

    assertThat(findings)
        .as("of %s", altered)
        .isNotEmpty()
        .allMatch(finding -> altered.place().equals(finding.place()));
  }

  @Property(tries = 400)
  void anAlteredDecisionIsNamedThoughAssignmentsIsCompacted(@ForAll long seed) {
    AuditedLog log = log(seed, true);
    Recorded altered = alter(log, seed, new Tampering(new SplittableRandom(seed)));

    List<Finding> findings = log.verify().findings();

    assertThat(findings.isEmpty() ? log.redecide() : findings)
        .as("of %s", altered)
        .anyMatch(finding -> altered.place().equals(finding.place()));
  }

  /** In its new state, in the old state of the next on that entity, and in assignments. */
  @Property(tries = 100)
  void anAlterationThatIsConsistentEverywhereShowsWhenDecidedAnew(@ForAll long seed) {
    AuditedLog log = log(seed, false);
    Recorded altered = alter(log, seed, null);
    Entity after = altered.decision().after();
    for (int i = (int) altered.place().offset() + 1; i < log.decisions.size(); i++) {
      Decision next = log.decisions.get(i).decision();
      if (next.key().equals(altered.decision().key())) {
        log.decisions.set(i, AuditedLog.recorded(i, Tampering.with(next, after, next.after())));
        break;
      }
    }
    log.assignments.set(
        (int) altered.place().offset(),
        new AuditedLog.Put(altered.timestamp(), altered.decision().key().toString(), after));

    List<Finding> findings = new ArrayList<>(log.verify().findings());
    findings.addAll(log.redecide());
    assertThat(findings)
        .as("of %s", altered)
        .anyMatch(finding -> altered.place().equals(finding.place()));
  }

  private static Recorded alter(AuditedLog log, long seed, @Nullable Tampering tampering) {
    SplittableRandom random = new SplittableRandom(seed + 1);
    Tampering states = new Tampering(random);
    while (true) {
      int offset = random.nextInt(log.decisions.size());
      Recorded record = log.decisions.get(offset);
      Decision decision = record.decision();
      Decision altered = tampering == null ? states.after(decision) : tampering.alter(decision);
      if (!altered.equals(decision)) {
        Recorded wrong =
            new Recorded(record.place(), altered.key().toString(), record.timestamp(), altered);
        log.decisions.set(offset, wrong);
        return wrong;
      }
    }
  }
}
