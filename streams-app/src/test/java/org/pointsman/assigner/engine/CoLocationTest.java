package org.pointsman.assigner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.assigner.engine.Scenario.server;
import static org.pointsman.assigner.engine.Scenario.tunnel;

import org.junit.jupiter.api.Test;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerActivate;
import org.pointsman.model.ServerDrain;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;

final class CoLocationTest {
  private static final String A = "198.51.100.1";
  private static final String B = "198.51.100.2";
  private static final String C = "198.51.100.3";
  private static final TunnelId T1 = new TunnelId("t1");
  private static final TunnelId T2 = new TunnelId("t2");
  private static final ServerId RS1 = new ServerId("rs-1");
  private static final ServerId RS2 = new ServerId("rs-2");

  private final Scenario cluster = new Scenario();

  @Test
  void aNewTunnelFollowsWhatSharesItsAddress() {
    cluster.servers("rs-1", "rs-2");
    cluster.decide(tunnel("t1", 0, A));

    assertThat(cluster.decide(tunnel("t2", 0, B, A)))
        .containsExactly("t2 none -> rs-1 announced: CO_LOCATED");
    assertThat(cluster.decide(tunnel("t3", 0, B)))
        .containsExactly("t3 none -> rs-1 announced: CO_LOCATED");
  }

  @Test
  void aNewTunnelIsPendingWithItsGroup() {
    cluster.decide(tunnel("t1", 0, A));

    assertThat(cluster.decide(tunnel("t2", 0, A)))
        .containsExactly("t2 none -> pending announced: NO_SERVER");
  }

  @Test
  void aFullServerTakesNoMoreOfAGroup() {
    cluster.decide(server("rs-1", 1, 1, null));
    cluster.servers("rs-2");
    cluster.decide(tunnel("t1", 0, A));

    assertRejected(
        cluster.reject(tunnel("t2", 7, A)),
        RejectionCode.NO_CAPACITY,
        "expected room on rs-1 for tunnel t2, whose outer addresses bind it there (1 tunnel, 7"
            + " bit/s) but it has 1 tunnel, 0 bit/s of 1 tunnel; raise its limits or make room");
  }

  @Test
  void aSmallerGroupMovesToTheLargers() {
    cluster.servers("rs-1", "rs-2");
    cluster.decide(tunnel("t1", 0, A));
    cluster.decide(tunnel("t2", 0, B));
    cluster.decide(tunnel("t3", 0, B));

    assertThat(cluster.decide(tunnel("t4", 0, A, B)))
        .containsExactly(
            "t1 rs-1 announced -> rs-2 announced: CO_LOCATED",
            "t4 none -> rs-2 announced: CO_LOCATED");
  }

  @Test
  void aLargerGroupMovesIfTheSmallerIsUp() {
    cluster.servers("rs-1", "rs-2");
    cluster.decide(tunnel("t1", 0, A));
    cluster.decide(tunnel("t2", 0, B));
    cluster.decide(tunnel("t3", 0, B));
    cluster.decide(new TunnelUp(T1, RS1));

    assertThat(cluster.decide(tunnel("t4", 0, A, B)))
        .containsExactly(
            "t2 rs-2 announced -> rs-1 announced: CO_LOCATED",
            "t3 rs-2 announced -> rs-1 announced: CO_LOCATED",
            "t4 none -> rs-1 announced: CO_LOCATED");
  }

  @Test
  void groupsThatAreUpOnDifferentServersCannotBeJoined() {
    cluster.servers("rs-1", "rs-2");
    cluster.decide(tunnel("t1", 0, A));
    cluster.decide(tunnel("t2", 0, B));
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.decide(new TunnelUp(T2, RS2));

    assertRejected(
        cluster.reject(tunnel("t3", 0, A, B)),
        RejectionCode.CO_LOCATION_CONFLICT,
        "expected all that shares outer addresses with tunnel t3 to be able to go to one server but"
            + " t1 is up on rs-1 and t2 is up on rs-2; take one of them down or unpin it, or"
            + " announce t3 with other addresses");
  }

  @Test
  void aPinnedTunnelBindsItsGroup() {
    cluster.servers("rs-1", "rs-2");
    cluster.decide(tunnel("t1", 0, A));
    cluster.decide(tunnel("t2", 0, B));
    cluster.decide(tunnel("t3", 0, B));
    cluster.decide(new TunnelPin(T1, RS1));
    cluster.decide(tunnel("t4", 0, A, B));
    assertThat(cluster.placeOf("t2")).isEqualTo("rs-1");

    cluster.decide(tunnel("t5", 0, C));
    assertThat(cluster.placeOf("t5")).isEqualTo("rs-2");
    cluster.decide(new TunnelUp(new TunnelId("t5"), RS2));
    assertThat(cluster.reject(tunnel("t6", 0, C, A)).message())
        .contains("t1 is pinned to rs-1 and t5 is up on rs-2");
  }

  @Test
  void anUpdateJoinsGroupsToo() {
    cluster.servers("rs-1", "rs-2");
    cluster.decide(tunnel("t1", 0, A));
    cluster.decide(tunnel("t2", 0, B));
    cluster.decide(tunnel("t3", 0, A));

    assertThat(cluster.decide(tunnel("t2", 0, A)))
        .containsExactly("t2 rs-2 announced -> rs-1 announced: CO_LOCATED");
  }

  @Test
  void anUpdatedTunnelThatIsUpBringsTheOthersToIt() {
    cluster.servers("rs-1", "rs-2");
    cluster.decide(tunnel("t1", 0, A));
    cluster.decide(tunnel("t2", 0, B));
    cluster.decide(new TunnelUp(T2, RS2));

    assertThat(cluster.decide(tunnel("t2", 0, A, B)))
        .containsExactly(
            "t1 rs-1 announced -> rs-2 announced: CO_LOCATED", "t2 rs-2 up -> rs-2 up: UPDATED");
  }

  @Test
  void aTunnelThatSharesNothingAnyMoreIsFree() {
    cluster.servers("rs-1", "rs-2");
    cluster.decide(tunnel("t1", 0, A));
    cluster.decide(tunnel("t2", 0, A));
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.decide(new ServerDrain(RS1, null));

    assertThat(cluster.decide(tunnel("t2", 0, B)))
        .containsExactly(
            "t2 rs-1 announced -> rs-1 announced: UPDATED",
            "t2 rs-1 announced -> rs-2 announced: DRAINED");
  }

  @Test
  void aPendingGroupComesAlong() {
    cluster.decide(server("rs-1", 1, null, 10L));
    cluster.decide(tunnel("t1", 1, A));
    cluster.decide(tunnel("t2", 10, B));
    assertThat(cluster.placeOf("t2")).isEqualTo("pending");

    assertThat(cluster.decide(tunnel("t2", 9, A)))
        .containsExactly("t2 pending announced -> rs-1 announced: CO_LOCATED");
  }

  @Test
  void aPendingGroupComesAlongWithTheTunnelThatJoinsIt() {
    cluster.decide(server("rs-1", 1, null, 10L));
    cluster.decide(tunnel("t1", 9, A));
    cluster.decide(tunnel("t2", 2, B));
    assertThat(cluster.placeOf("t2")).isEqualTo("pending");

    assertRejected(
        cluster.reject(tunnel("t3", 1, A, B)),
        RejectionCode.NO_CAPACITY,
        "expected room on rs-1 for tunnel t3 and those that its outer addresses bind to it (2"
            + " tunnels, 3 bit/s) but it has 1 tunnel, 9 bit/s of 10 bit/s; raise its limits or"
            + " make room");
    cluster.decide(tunnel("t1", 8, C)); // now t2 fits
    assertThat(cluster.placeOf("t2")).isEqualTo("rs-1");
  }

  @Test
  void aTunnelThatGrowsWhileOthersJoinItNeedsRoomForBoth() {
    cluster.decide(server("rs-1", 1, null, 10L));
    cluster.servers("rs-2");
    cluster.decide(tunnel("t1", 1, A));
    cluster.decide(tunnel("t2", 5, B));
    cluster.decide(new TunnelUp(T1, RS1));
    assertThat(cluster.placeOf("t2")).isEqualTo("rs-2");

    assertThat(cluster.reject(tunnel("t1", 6, A, B)).code()).isEqualTo(RejectionCode.NO_CAPACITY);
    assertThat(cluster.decide(tunnel("t1", 5, A, B)))
        .containsExactly(
            "t2 rs-2 announced -> rs-1 announced: CO_LOCATED", "t1 rs-1 up -> rs-1 up: UPDATED");
  }

  @Test
  void aPendingTunnelThatLeavesItsGroupForAnotherLetsTheRestIn() {
    cluster.decide(server("rs-1", 1, null, 10L));
    cluster.decide(tunnel("t1", 0, A));
    cluster.decide(tunnel("t2", 11, B));
    cluster.decide(tunnel("t3", 1, B));
    assertThat(cluster.placeOf("t3")).isEqualTo("pending");

    assertThat(cluster.decide(tunnel("t2", 5, A)))
        .containsExactly(
            "t2 pending announced -> rs-1 announced: CO_LOCATED",
            "t3 pending announced -> rs-1 announced: ASSIGNED");
  }

  @Test
  void aSplitPendingGroupGetsWhatFits() {
    cluster.decide(server("rs-1", 1, 2, null));
    cluster.decide(new ServerDrain(RS1, null));
    cluster.decide(tunnel("t1", 0, A));
    cluster.decide(tunnel("t2", 0, A, B));
    cluster.decide(tunnel("t3", 0, B));
    cluster.decide(new ServerActivate(RS1));
    assertThat(cluster.placeOf("t1")).isEqualTo("pending");

    assertThat(cluster.decide(new TunnelWithdraw(T2)))
        .containsExactly(
            "t2 pending announced -> none: WITHDRAWN",
            "t1 pending announced -> rs-1 announced: ASSIGNED",
            "t3 pending announced -> rs-1 announced: ASSIGNED");
  }

  @Test
  void aNewTunnelFollowsItsGroupToADrainingServerAndTakesItAlongIfItCan() {
    cluster.servers("rs-1");
    cluster.decide(tunnel("t1", 0, A));
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.decide(new ServerDrain(RS1, null));
    cluster.servers("rs-2");

    assertThat(cluster.decide(tunnel("t2", 0, A)))
        .containsExactly("t2 none -> rs-1 announced: CO_LOCATED");
    assertThat(cluster.decide(new TunnelDown(T1, RS1)))
        .containsExactly(
            "t1 rs-1 up -> rs-1 lingering: TUNNEL_DOWN",
            "t1 rs-1 lingering -> rs-2 lingering: DRAINED",
            "t2 rs-1 announced -> rs-2 announced: DRAINED");
  }

  @Test
  void anUpdatedTunnelThatIsNoLongerBoundLeavesADrainingServer() {
    cluster.servers("rs-1");
    cluster.decide(tunnel("t1", 0, A));
    cluster.decide(tunnel("t2", 0, A));
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.decide(new ServerDrain(RS1, null));
    cluster.servers("rs-2");

    assertThat(cluster.decide(tunnel("t2", 0, B)))
        .containsExactly(
            "t2 rs-1 announced -> rs-1 announced: UPDATED",
            "t2 rs-1 announced -> rs-2 announced: DRAINED");
  }

  @Test
  void whatAnUpdatedTunnelNoLongerBindsLeavesADrainingServer() {
    cluster.servers("rs-1");
    cluster.decide(tunnel("t1", 0, A));
    cluster.decide(tunnel("t2", 0, A));
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.decide(new ServerDrain(RS1, null));
    cluster.servers("rs-2");

    assertThat(cluster.decide(tunnel("t1", 0, B)))
        .containsExactly(
            "t1 rs-1 up -> rs-1 up: UPDATED", "t2 rs-1 announced -> rs-2 announced: DRAINED");
  }

  @Test
  void aSmallerGroupIsJoinedIfTheLargersServerDrains() {
    cluster.servers("rs-1");
    cluster.decide(tunnel("t1", 0, A));
    cluster.decide(tunnel("t2", 0, A));
    cluster.decide(server("rs-2", 1, 1, null));
    cluster.tunnels("t5"); // rs-1's turn
    cluster.decide(tunnel("t3", 0, B));
    cluster.decide(new ServerDrain(RS1, null)); // rs-2 is full
    cluster.decide(server("rs-2", 1, null, null));

    assertThat(cluster.decide(tunnel("t4", 0, A, B)))
        .containsExactly(
            "t1 rs-1 announced -> rs-2 announced: CO_LOCATED",
            "t2 rs-1 announced -> rs-2 announced: CO_LOCATED",
            "t4 none -> rs-2 announced: CO_LOCATED");
  }

  private static void assertRejected(Outcome outcome, RejectionCode code, String message) {
    assertThat(outcome).isEqualTo(new Outcome.Rejected(code, message));
  }
}
