package org.pointsman.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pointsman.model.AssignerStatus;
import org.pointsman.model.ClusterId;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.DirectorStatus.TableStatus;
import org.pointsman.model.EntityKey;
import org.pointsman.model.RawBytes;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

final class AgreementTest {
  private static final ClusterId CLUSTER = new ClusterId("default");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final long MOST = 100;

  private final Agreement agreement = new Agreement(Duration.ofSeconds(25), Duration.ofMinutes(10));

  private static TableStatus table(long epoch, int digest) {
    return new TableStatus(CLUSTER, epoch, RawBytes.of(new byte[] {(byte) digest}), 1, 1);
  }

  private void director(String name, long epoch, int digest, int second) {
    director(name, epoch, digest, second, List.of());
  }

  private void director(
      String name, long epoch, int digest, int second, List<EntityKey.Server> unresolved) {
    TreeMap<Integer, Long> offsets = new TreeMap<>();
    offsets.put(7, epoch * 2);
    Instant time = START.plusSeconds(second);
    agreement.take(
        name,
        new DirectorStatus(
            name,
            Side.OUTER,
            "memory",
            offsets,
            List.of(table(epoch, digest)),
            unresolved,
            0,
            0,
            0,
            START,
            null,
            time),
        time);
  }

  private void assigner(long epoch, int digest, int second) {
    Instant time = START.plusSeconds(second);
    agreement.take(new AssignerStatus("a@host", table(epoch, digest), 7, 3, time), time);
  }

  @Test
  void whichServersADirectorDoesNotKnowIsToldOfEachCluster() {
    EntityKey.Server ours = new EntityKey.Server(CLUSTER, new ServerId("rs-1"));
    EntityKey.Server others = new EntityKey.Server(new ClusterId("other"), new ServerId("rs-2"));
    assigner(10, 1, 0);
    director("outer", 10, 1, 0, List.of(ours, others));
    Agreement.Report report = agreement.report(MOST);
    assertThat(report.isGood()).as("they hold the same, for all that").isTrue();
    assertThat(report.lines())
        .extracting(Agreement.Line::unresolved)
        .containsExactly(List.of(), List.of(ours.server()));
  }

  @Test
  void equalDigestsAtOneEpochAreAgreement() {
    assigner(10, 1, 0);
    director("outer", 10, 1, 0);
    director("inner", 9, 2, 1);
    Agreement.Report report = agreement.report(MOST);
    assertThat(report.isGood()).isTrue();
    assertThat(report.lines())
        .extracting(Agreement.Line::who)
        .containsExactly("assigner", "inner", "outer");
    assertThat(report.lines()).extracting(Agreement.Line::offset).containsExactly(null, 18L, 20L);
  }

  @Test
  void aDifferenceAtOneEpochIsTold() {
    director("outer", 10, 1, 0);
    director("inner", 10, 2, 0);
    assertThat(agreement.report(MOST).problems())
        .singleElement()
        .asString()
        .startsWith(
            "expected one digest of cluster default at epoch 10 but outer has 01 and inner has 02");
  }

  @Test
  void whatOneSaidEarlierIsComparedToo() {
    assigner(10, 1, 0);
    assigner(20, 3, 1);
    director("outer", 10, 9, 2);
    director("outer", 20, 3, 3);
    assertThat(agreement.report(MOST).isGood()).isFalse();
  }

  @Test
  void whatWasSaidLongAgoIsNot() {
    director("outer", 10, 1, 0);
    director("outer", 10, 2, 601); // the topics were made anew
    assertThat(agreement.report(MOST).isGood()).isTrue();
    director("inner", 10, 1, 602);
    assertThat(agreement.report(MOST).isGood()).isFalse();
  }

  @Test
  void whoLagsIsToldIfItIsThereAtAll() {
    director("slow", 10, 1, 0);
    assigner(111, 2, 1);
    assertThat(agreement.report(MOST).problems())
        .containsExactly(
            "expected slow within 100 epochs of the others of cluster default but it is at epoch 10, 101 behind; see what it says");
    assigner(112, 3, 40);
    assertThat(agreement.report(MOST).isGood()).as("it is silent").isTrue();
  }

  @Test
  void whoHasEndedIsGone() {
    director("outer", 10, 1, 0);
    assigner(10_000, 2, 0);
    agreement.take("outer", null, START);
    Agreement.Report report = agreement.report(MOST);
    assertThat(report.isGood()).isTrue();
    assertThat(report.lines()).hasSize(1);
  }
}
