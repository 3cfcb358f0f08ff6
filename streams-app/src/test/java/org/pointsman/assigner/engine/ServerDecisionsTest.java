package org.pointsman.assigner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.assigner.engine.Scenario.START;
import static org.pointsman.assigner.engine.Scenario.server;
import static org.pointsman.assigner.engine.Scenario.tunnel;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.IpAddress;
import org.pointsman.model.Policy;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerActivate;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerDrain;
import org.pointsman.model.ServerEvent;
import org.pointsman.model.ServerFlush;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.ServerRemove;
import org.pointsman.model.ServerUp;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelUp;

final class ServerDecisionsTest {
  private static final TunnelId T1 = new TunnelId("t1");
  private static final TunnelId T2 = new TunnelId("t2");
  private static final TunnelId T3 = new TunnelId("t3");
  private static final ServerId RS1 = new ServerId("rs-1");
  private static final ServerId RS2 = new ServerId("rs-2");

  private final Scenario cluster = new Scenario();

  // Register

  @Test
  void aNewServerTakesWhatIsPendingInAnnounceOrder() {
    cluster.decide(tunnel("t1", 0, "192.0.2.1"));
    cluster.decide(tunnel("t2"));
    cluster.decide(tunnel("t3", 0, "192.0.2.1"));

    assertThat(cluster.decide(server("rs-1", 1, null, null)))
        .containsExactly(
            "rs-1 none -> active: REGISTERED",
            "t1 pending announced -> rs-1 announced: ASSIGNED",
            "t3 pending announced -> rs-1 announced: CO_LOCATED",
            "t2 pending announced -> rs-1 announced: ASSIGNED");
  }

  @Test
  void aGroupThatDoesNotFitDoesNotHoldUpTheOthers() {
    cluster.decide(tunnel("t1", 0, "192.0.2.1"));
    cluster.decide(tunnel("t2", 0, "192.0.2.1"));
    cluster.decide(tunnel("t3"));

    assertThat(cluster.decide(server("rs-1", 1, 1, null)))
        .containsExactly(
            "rs-1 none -> active: REGISTERED", "t3 pending announced -> rs-1 announced: ASSIGNED");
  }

  @Test
  void newPropertiesReplaceTheOldAndMoveNothing() {
    cluster.servers("rs-1", "rs-2").tunnels("t1", "t2", "t3");

    assertThat(cluster.decide(server("rs-1", 5, 1, 10L)))
        .containsExactly("rs-1 active -> active: SERVER_UPDATED");
    assertThat(cluster.server("rs-1").weight()).isEqualTo(5);
    assertThat(cluster.server("rs-1").maxTunnels()).isEqualTo(1);
    assertThat(cluster.state.load(RS1).tunnels()).isEqualTo(2);
  }

  @Test
  void registeringADownOrDrainingServerAnewLeavesItSo() {
    cluster.servers("rs-1");
    cluster.decide(new ServerDrain(RS1, Duration.ofHours(1)));
    cluster.decide(new ServerDown(RS1));

    cluster.decide(server("rs-1", 2, null, null));

    assertThat(cluster.server("rs-1").alive()).isFalse();
    assertThat(cluster.server("rs-1").draining()).isTrue();
    assertThat(cluster.server("rs-1").drainDeadline()).isEqualTo(START.plus(Duration.ofHours(1)));
  }

  @Test
  void higherLimitsLetPendingTunnelsIn() {
    cluster.decide(server("rs-1", 1, 1, null));
    cluster.tunnels("t1", "t2");

    assertThat(cluster.decide(server("rs-1", 1, 2, null)))
        .containsExactly(
            "rs-1 active -> active: SERVER_UPDATED",
            "t2 pending announced -> rs-1 announced: ASSIGNED");
  }

  @Test
  void aClusterHoldsSoManyServersAndNoMore() {
    cluster.servers("rs-1");

    Outcome outcome = cluster.outcome(server("rs-2", 1, null, null), new Limits(1, 10));

    assertRejected(
        outcome,
        RejectionCode.LIMIT_REACHED,
        "expected at most 1 servers in a cluster but rs-2 would be one more; remove some, or use"
            + " another cluster");
  }

  // Down and up

  @Test
  void aDownServersTunnelsMoveAndOnlyThose() {
    cluster.servers("rs-1", "rs-2", "rs-3").tunnels("t1", "t2", "t3", "t4");
    cluster.decide(new TunnelUp(T1, RS1));

    assertThat(cluster.decide(new ServerDown(RS1)))
        .containsExactly(
            "rs-1 active -> down: MARKED_DOWN",
            "t1 rs-1 up -> rs-2 up: SERVER_DOWN",
            "t4 rs-1 announced -> rs-3 announced: SERVER_DOWN");
  }

  @Test
  void whatShareAnAddressMovesTogether() {
    cluster.servers("rs-1", "rs-2", "rs-3");
    cluster.decide(tunnel("t1", 0, "192.0.2.1"));
    cluster.decide(tunnel("t2", 0, "192.0.2.1", "192.0.2.2"));
    cluster.decide(tunnel("t3", 0, "192.0.2.2"));

    assertThat(cluster.decide(new ServerDown(RS1)))
        .containsExactly(
            "rs-1 active -> down: MARKED_DOWN",
            "t1 rs-1 announced -> rs-2 announced: SERVER_DOWN",
            "t2 rs-1 announced -> rs-2 announced: SERVER_DOWN",
            "t3 rs-1 announced -> rs-2 announced: SERVER_DOWN");
  }

  @Test
  void withoutAnotherServerTheyArePendingAndComeBack() {
    cluster.servers("rs-1").tunnels("t1");
    cluster.decide(new TunnelUp(T1, RS1));

    assertThat(cluster.decide(new ServerDown(RS1)))
        .containsExactly(
            "rs-1 active -> down: MARKED_DOWN", "t1 rs-1 up -> pending up: SERVER_DOWN");
    assertThat(cluster.decide(new ServerUp(RS1)))
        .containsExactly("rs-1 down -> active: MARKED_UP", "t1 pending up -> rs-1 up: ASSIGNED");
  }

  @Test
  void aGroupMovesToWhereItFitsOrIsPendingAsAWhole() {
    cluster.decide(server("rs-1", 1, null, null));
    cluster.decide(tunnel("t1", 0, "192.0.2.1"));
    cluster.decide(tunnel("t2", 0, "192.0.2.1"));
    cluster.tunnels("t3");
    cluster.decide(server("rs-2", 1, 1, null));

    assertThat(cluster.decide(new ServerDown(RS1)))
        .containsExactly(
            "rs-1 active -> down: MARKED_DOWN",
            "t1 rs-1 announced -> pending announced: SERVER_DOWN",
            "t2 rs-1 announced -> pending announced: SERVER_DOWN",
            "t3 rs-1 announced -> rs-2 announced: SERVER_DOWN");
  }

  @Test
  void aPinEndsWithItsServer() {
    cluster.servers("rs-1", "rs-2").tunnels("t1");
    cluster.decide(new TunnelPin(T1, RS1));

    assertThat(cluster.decide(new ServerDown(RS1)))
        .containsExactly(
            "rs-1 active -> down: MARKED_DOWN",
            "t1 rs-1 announced pinned -> rs-2 announced: SERVER_DOWN");
    assertThat(cluster.decide(new ServerUp(RS1))).containsExactly("rs-1 down -> active: MARKED_UP");
  }

  @Test
  void turnsBeginAnewWhenAServerComesOrGoes() {
    cluster.servers("rs-1", "rs-2").tunnels("t1", "t2", "t3");
    assertThat(cluster.state.cursor().turns()).containsEntry(RS1, 2L).containsEntry(RS2, 1L);

    cluster.decide(new ServerDrain(RS2, null));

    assertThat(cluster.state.cursor().turns()).containsEntry(RS1, 1L).hasSize(1);
    cluster.decide(server("rs-1", 3, null, null));
    assertThat(cluster.state.cursor().turns()).isEmpty();
    cluster.tunnels("t4");
    cluster.decide(new ServerDown(RS2));
    assertThat(cluster.state.cursor().turns()).containsEntry(RS1, 1L);
  }

  // Drain, flush, activate

  @Test
  void aDrainMovesWhatIsNotUp() {
    cluster.servers("rs-1", "rs-2").tunnels("t1", "t2", "t3");
    cluster.decide(new TunnelUp(T1, RS1));

    assertThat(cluster.decide(new ServerDrain(RS1, null)))
        .containsExactly(
            "rs-1 active -> draining: DRAINING", "t3 rs-1 announced -> rs-2 announced: DRAINED");
    assertThat(cluster.decide(tunnel("t4"))).containsExactly("t4 none -> rs-2 announced: ASSIGNED");
  }

  @Test
  void aGroupWithAnUpTunnelStaysThroughADrain() {
    cluster.servers("rs-1", "rs-2");
    cluster.decide(tunnel("t1", 0, "192.0.2.1"));
    cluster.decide(tunnel("t2", 0, "192.0.2.1"));
    cluster.decide(new TunnelUp(T1, RS1));

    assertThat(cluster.decide(new ServerDrain(RS1, null)))
        .containsExactly("rs-1 active -> draining: DRAINING");
  }

  @Test
  void withoutAnotherServerTheyStayThroughADrainAndAFlush() {
    cluster.servers("rs-1").tunnels("t1");

    assertThat(cluster.decide(new ServerDrain(RS1, null)))
        .containsExactly("rs-1 active -> draining: DRAINING");
    assertRejected(
        cluster.reject(new ServerFlush(RS1)),
        RejectionCode.NO_CHANGE,
        "expected a change but server rs-1 drains already and has no tunnel that can move; nothing"
            + " to do");
  }

  @Test
  void aDrainsDeadlineIsItsOwnOrTheClusters() {
    cluster.servers("rs-1", "rs-2", "rs-3");
    cluster.decide(new ServerDrain(RS1, null));
    assertThat(cluster.server("rs-1").drainDeadline()).isNull();

    cluster.decide(new ClusterConfigure(null, null, null, null, Duration.ofHours(2)));
    cluster.decide(new ServerDrain(RS2, null));
    assertThat(cluster.server("rs-2").drainDeadline()).isEqualTo(START.plus(Duration.ofHours(2)));

    cluster.decide(new ServerDrain(new ServerId("rs-3"), Duration.ZERO));
    assertThat(cluster.server("rs-3").drainDeadline()).isNull();
  }

  @Test
  void aRepeatedDrainIsNoChangeUnlessItsDeadlineIsAnother() {
    cluster.servers("rs-1");
    cluster.decide(new ServerDrain(RS1, Duration.ofHours(1)));

    String message = "expected a change but server rs-1 drains already; nothing to do";
    assertRejected(cluster.reject(new ServerDrain(RS1, null)), RejectionCode.NO_CHANGE, message);
    assertRejected(
        cluster.reject(new ServerDrain(RS1, Duration.ofHours(1))),
        RejectionCode.NO_CHANGE,
        message);
    assertThat(cluster.decide(new ServerDrain(RS1, Duration.ofHours(3))))
        .containsExactly("rs-1 draining -> draining: DRAINING");
    assertThat(cluster.server("rs-1").drainDeadline()).isEqualTo(START.plus(Duration.ofHours(3)));
  }

  @Test
  void aFlushMovesWhatIsUpToo() {
    cluster.servers("rs-1", "rs-2").tunnels("t1", "t2", "t3");
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.decide(new TunnelPin(T3, RS1));

    assertThat(cluster.decide(new ServerFlush(RS1)))
        .containsExactly(
            "rs-1 active -> draining: DRAINING",
            "t1 rs-1 up -> rs-2 up: FLUSHED",
            "t3 rs-1 announced pinned -> rs-2 announced: FLUSHED");
  }

  @Test
  void aDrainingServerCanBeFlushed() {
    cluster.servers("rs-1", "rs-2").tunnels("t1");
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.decide(new ServerDrain(RS1, null));

    assertThat(cluster.decide(new ServerFlush(RS1)))
        .containsExactly("t1 rs-1 up -> rs-2 up: FLUSHED");
  }

  @Test
  void anActivatedServerTakesTunnelsAgain() {
    cluster.servers("rs-1");
    cluster.decide(new ServerDrain(RS1, Duration.ofHours(1)));
    cluster.tunnels("t1");
    assertThat(cluster.placeOf("t1")).isEqualTo("pending");

    assertThat(cluster.decide(new ServerActivate(RS1)))
        .containsExactly(
            "rs-1 draining -> active: ACTIVATED",
            "t1 pending announced -> rs-1 announced: ASSIGNED");
    assertThat(cluster.server("rs-1").drainDeadline()).isNull();
    assertThat(cluster.pass(Duration.ofHours(1)))
        .containsExactly("t1 rs-1 announced -> none: ANNOUNCE_TIMED_OUT");
  }

  // Remove

  @Test
  void anEmptyServerIsRemoved() {
    cluster.servers("rs-1");

    assertThat(cluster.decide(new ServerRemove(RS1, false)))
        .containsExactly("rs-1 active -> none: REMOVED");
    assertThat(cluster.state.servers()).isEmpty();
  }

  @Test
  void aServerWithTunnelsIsInUse() {
    cluster.servers("rs-1").tunnels("t1", "t2");

    assertRejected(
        cluster.reject(new ServerRemove(RS1, false)),
        RejectionCode.SERVER_IN_USE,
        "expected server rs-1 without tunnels but it has 2; flush it first, or remove it with"
            + " flush");
  }

  @Test
  void aServerRemovedWithFlushLosesItsTunnelsFirst() {
    cluster.servers("rs-1", "rs-2").tunnels("t1", "t2", "t3");
    cluster.decide(new TunnelUp(T1, RS1));

    assertThat(cluster.decide(new ServerRemove(RS1, true)))
        .containsExactly(
            "t1 rs-1 up -> rs-2 up: SERVER_REMOVED",
            "t3 rs-1 announced -> rs-2 announced: SERVER_REMOVED",
            "rs-1 active -> none: REMOVED");
    assertThat(cluster.decide(new ServerRemove(RS2, true)))
        .containsExactly(
            "t1 rs-2 up -> pending up: SERVER_REMOVED",
            "t2 rs-2 announced -> pending announced: SERVER_REMOVED",
            "t3 rs-2 announced -> pending announced: SERVER_REMOVED",
            "rs-2 active -> none: REMOVED");
  }

  // Rejections

  static List<ServerEvent> eventsOnAKnownServer() {
    return List.of(
        new ServerUp(RS1),
        new ServerDown(RS1),
        new ServerDrain(RS1, null),
        new ServerFlush(RS1),
        new ServerActivate(RS1),
        new ServerRemove(RS1, true));
  }

  @ParameterizedTest
  @MethodSource("eventsOnAKnownServer")
  void aServerMustBeRegistered(ServerEvent event) {
    assertRejected(
        cluster.reject(event),
        RejectionCode.UNKNOWN_SERVER,
        "expected a registered server but rs-1 is not known; register it first");
  }

  @Test
  void whatIsSoAlreadyIsNoChange() {
    cluster.servers("rs-1");

    assertNoChange(
        new ServerRegister(RS1, IpAddress.parse("10.255.0.1"), null),
        "server rs-1 is registered so already");
    assertNoChange(new ServerUp(RS1), "server rs-1 is up already");
    assertNoChange(new ServerActivate(RS1), "server rs-1 does not drain");
    cluster.decide(new ServerDown(RS1));
    assertNoChange(new ServerDown(RS1), "server rs-1 is down already");
  }

  // The cluster

  @Test
  void settingsThatAreNotNamedStay() {
    assertThat(
            cluster.decide(
                new ClusterConfigure(
                    Policy.LEAST_TUNNELS,
                    List.of(IpAddress.parse("203.0.113.1")),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(3))))
        .containsExactly("config none -> LEAST_TUNNELS: CONFIGURED");
    assertThat(cluster.decide(new ClusterConfigure(null, null, null, null, Duration.ZERO)))
        .containsExactly("config LEAST_TUNNELS -> LEAST_TUNNELS: CONFIGURED");

    assertThat(cluster.state.config().linger()).isEqualTo(Duration.ofMinutes(1));
    assertThat(cluster.state.config().announceTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(cluster.state.config().drainDeadline()).isNull();
    assertThat(cluster.state.config().virtualAddresses())
        .containsExactly(IpAddress.parse("203.0.113.1"));
    assertThat(cluster.state.config().epoch()).isEqualTo(2);
  }

  @Test
  void settingsInForceAlreadyAreNoChange() {
    String message = "expected a change but cluster c1 has these settings already; nothing to do";
    assertRejected(
        cluster.reject(new ClusterConfigure(Policy.ROUND_ROBIN, null, null, null, null)),
        RejectionCode.NO_CHANGE,
        message);
    assertRejected(
        cluster.reject(new ClusterConfigure(null, null, null, null, Duration.ZERO)),
        RejectionCode.NO_CHANGE,
        message);
  }

  @Test
  void deadlinesStayAsTheyWereRecorded() {
    cluster.servers("rs-1").tunnels("t1");

    assertThat(cluster.decide(new ClusterConfigure(null, null, null, Duration.ofMinutes(1), null)))
        .hasSize(1);

    assertThat(cluster.assignment("t1").deadline()).isEqualTo(START.plus(Duration.ofMinutes(10)));
  }

  @Test
  void anUpTunnelIsUpWhereverItMoved() {
    cluster.servers("rs-1", "rs-2").tunnels("t1", "t2");
    cluster.decide(new TunnelUp(T2, RS2));
    cluster.decide(new ServerDown(RS2));

    assertThat(cluster.reject(new TunnelUp(T2, RS1)).code()).isEqualTo(RejectionCode.NO_CHANGE);
  }

  private void assertNoChange(ServerEvent event, String soAlready) {
    assertRejected(
        cluster.reject(event),
        RejectionCode.NO_CHANGE,
        "expected a change but " + soAlready + "; nothing to do");
  }

  private static void assertRejected(Outcome outcome, RejectionCode code, String message) {
    assertThat(outcome).isEqualTo(new Outcome.Rejected(code, message));
  }
}
