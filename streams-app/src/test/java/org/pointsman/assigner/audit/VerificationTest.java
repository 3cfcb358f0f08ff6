package org.pointsman.assigner.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pointsman.assigner.audit.Finding.Kind;
import org.pointsman.model.Assignment;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.DirectorStatus.TableStatus;
import org.pointsman.model.RawBytes;
import org.pointsman.model.Rejection;
import org.pointsman.model.Side;
import org.pointsman.model.TableDigest;

/**
 * What stands beside the decisions; the decisions themselves are {@link VerificationProperties}.
 */
final class VerificationTest {
  private final AuditedLog log = AuditedLog.random(7, 150);

  private static Finding only(Report report) {
    assertThat(report.isClean()).isFalse();
    assertThat(report.wrong()).isEqualTo(1);
    return report.findings().getFirst();
  }

  @Test
  void everythingIsCounted() {
    Report report = log.verify();
    assertThat(report.isClean()).isTrue();
    assertThat(report.clusters()).isEqualTo(1);
    assertThat(report.events()).isEqualTo(150);
    assertThat(report.rejections()).isEqualTo(log.rejections.size()).isPositive();
    assertThat(report.notVerifiable()).isZero();
  }

  @Test
  void anEmptyRecordIsClean() {
    Report report = new AuditedLog().verify();
    assertThat(report.isClean()).isTrue();
    assertThat(report.decisions()).isZero();
  }

  @Test
  void eventsAfterTheLastOutcomeAreUndecidedYet() {
    long last = log.events.getLast().time();
    log.events.add(new AuditedLog.Logged(last + 1, log.events.getFirst().event()));
    log.events.add(new AuditedLog.Logged(last + 2, log.events.getFirst().event()));
    Report report = log.verify();
    assertThat(report.isClean()).isTrue();
    assertThat(report.undecided()).isEqualTo(2);
  }

  @Test
  void anEventWithoutOutcomeIsNamed() {
    Rejection gone = log.rejections.remove(2);
    Finding finding = only(log.verify());
    assertThat(finding.kind()).isEqualTo(Kind.OUTCOME);
    assertThat(finding.place()).isEqualTo(new Place("events", AuditedLog.PARTITION, gone.offset()));
  }

  /** A rejection that came after the decisions' end was asked for proves nothing before it. */
  @Test
  void anEventBeforeARejectionThatWasReadLaterMayBeUndecidedYet() {
    long end = log.events.getLast().time();
    log.events.add(new AuditedLog.Logged(end + 1, log.events.getFirst().event()));
    log.events.add(
        new AuditedLog.Logged(
            end + 2, log.events.get((int) log.rejections.getFirst().offset()).event()));
    Rejection like = log.rejections.getFirst();
    log.rejectionsCommittedFirst = log.rejections.size();
    log.rejections.add(
        new Rejection(
            AuditedLog.CLUSTER,
            AuditedLog.PARTITION,
            log.events.size() - 1L,
            like.event(),
            null,
            0,
            like.code(),
            like.message(),
            Instant.ofEpochMilli(end + 2)));
    Report report = log.verify();
    assertThat(report.findings()).isEmpty();
    assertThat(report.undecided()).isEqualTo(1);
  }

  @Test
  void rejectionsThatAreNoLongerKeptAreNotMissed() {
    log.rejections.removeFirst();
    log.rejections.removeFirst();
    log.firstRejection = 2;
    Report report = log.verify();
    assertThat(report.isClean()).isTrue();
    assertThat(report.notVerifiable()).isEqualTo(2);
  }

  @Test
  void aSecondRejectionIsNamed() {
    log.rejections.add(3, log.rejections.get(2));
    Finding finding = only(log.verify());
    assertThat(finding.kind()).isEqualTo(Kind.OUTCOME);
    assertThat(finding.place()).isEqualTo(new Place("rejections", AuditedLog.PARTITION, 3));
  }

  @Test
  void aRejectionOfADecidedEventIsNamed() {
    Rejection like = log.rejections.removeFirst();
    long decided = 0;
    while (log.rejections.stream().map(Rejection::offset).toList().contains(decided)
        || decided == like.offset()) {
      decided++;
    }
    log.rejections.addFirst(
        new Rejection(
            AuditedLog.CLUSTER,
            AuditedLog.PARTITION,
            decided,
            log.events.get((int) decided).event(),
            null,
            0,
            like.code(),
            like.message(),
            like.time()));
    Report report = log.verify();
    assertThat(report.findings())
        .extracting(Finding::kind)
        .containsExactly(Kind.OUTCOME, Kind.OUTCOME); // this one, and the event that lost its own
    assertThat(report.findings())
        .anyMatch(one -> one.message().contains("decisions and a rejection"));
  }

  @Test
  void anUnreadableEventNeedsItsRejection() {
    int offset = (int) log.rejections.getFirst().offset();
    log.events.set(offset, new AuditedLog.Logged(log.events.get(offset).time(), null));
    Rejection old = log.rejections.removeFirst();
    log.rejections.addFirst(
        new Rejection(
            null,
            AuditedLog.PARTITION,
            offset,
            null,
            RawBytes.of(new byte[] {1}),
            1,
            org.pointsman.model.RejectionCode.UNREADABLE,
            "no event",
            old.time()));
    Report report = log.verify();
    assertThat(report.isClean()).isTrue();
    assertThat(report.unreadableEvents()).isEqualTo(1);

    log.rejections.removeFirst();
    assertThat(only(log.verify()).kind()).isEqualTo(Kind.OUTCOME);
  }

  @Test
  void anUnreadableDecisionIsNamedAndNothingElse() {
    log.unreadable.add(log.decisions.get(20).place());
    Finding finding = only(log.verify());
    assertThat(finding.kind()).isEqualTo(Kind.UNREADABLE);
    assertThat(finding.place()).isEqualTo(log.decisions.get(20).place());
  }

  @Test
  void aDirectorIsRightAtItsEpochOrLater() {
    log.directors.add(director(log.decisions.size(), digest(log.assignments.size())));
    log.directors.add(director(60, digest(60)));
    Report report = log.verify();
    assertThat(report.findings()).isEmpty();
    assertThat(report.directors()).isEqualTo(2);
  }

  @Test
  void aDirectorWithAnotherTableIsNamed() {
    log.directors.add(director(60, digest(59)));
    Finding finding = only(log.verify());
    assertThat(finding.kind()).isEqualTo(Kind.DIRECTOR);
    assertThat(finding.message()).contains("director d1", "epoch 60");
  }

  @Test
  void aDirectorThatKnowsOfMoreThanWasDecidedIsNamed() {
    log.directors.add(director(log.decisions.size() + 1L, digest(60)));
    assertThat(only(log.verify()).message())
        .contains("expected decisions up to epoch " + (log.decisions.size() + 1));
  }

  /** That of what is assigned after so many decisions. */
  private RawBytes digest(int decisions) {
    Fold fold = new Fold(AuditedLog.CLUSTER);
    log.decisions.subList(0, decisions).forEach(record -> fold.apply(record.decision()));
    TableDigest digest = new TableDigest();
    fold.entities().stream()
        .filter(Assignment.class::isInstance)
        .map(Assignment.class::cast)
        .forEach(digest::add);
    return digest.value();
  }

  private static DirectorStatus director(long epoch, RawBytes digest) {
    return new DirectorStatus(
        "d1",
        Side.OUTER,
        "memory",
        new TreeMap<>(),
        List.of(new TableStatus(AuditedLog.CLUSTER, epoch, digest, 0, 0)),
        List.of(),
        0,
        0,
        0,
        Instant.EPOCH,
        null,
        Instant.EPOCH);
  }

  @Test
  void anAssignmentThatWasLostIsNamed() {
    AuditedLog.Put last = log.assignments.getLast();
    log.compacted();
    assertThat(log.assignments).endsWith(last);
    AuditedLog.Put lost =
        log.assignments.stream().filter(put -> put.entity() != null).findFirst().orElseThrow();
    log.assignments.remove(lost);
    assertThat(only(log.verify()).message()).contains(lost.key());
  }

  @Test
  void aRecordInAnotherPartitionIsNamed() {
    Recorded record = log.decisions.get(5);
    Place elsewhere = new Place("decisions", 4, 0);
    log.decisions.add(new Recorded(elsewhere, record.key(), record.timestamp(), record.decision()));
    Finding finding = only(log.verify());
    assertThat(finding.place()).isEqualTo(elsewhere);
    assertThat(finding.message()).contains("in partition 3 but it is in 4");
  }
}
