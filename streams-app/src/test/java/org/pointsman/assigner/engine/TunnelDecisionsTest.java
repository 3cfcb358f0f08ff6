package org.pointsman.assigner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.assigner.engine.Scenario.START;
import static org.pointsman.assigner.engine.Scenario.server;
import static org.pointsman.assigner.engine.Scenario.tunnel;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerDrain;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelState;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;

final class TunnelDecisionsTest {
  private static final TunnelId T1 = new TunnelId("t1");
  private static final TunnelId T2 = new TunnelId("t2");
  private static final ServerId RS1 = new ServerId("rs-1");
  private static final ServerId RS2 = new ServerId("rs-2");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Scenario cluster = new Scenario();

  // Announce

  @Test
  void aNewTunnelIsAssignedByThePolicy() {
    cluster.servers("rs-1", "rs-2");

    assertThat(cluster.decide(tunnel("t1"))).containsExactly("t1 none -> rs-1 announced: ASSIGNED");
    assertThat(cluster.decide(tunnel("t2"))).containsExactly("t2 none -> rs-2 announced: ASSIGNED");

    assertThat(cluster.assignment("t2").order()).isEqualTo(2);
    assertThat(cluster.assignment("t2").stateSince()).isEqualTo(START);
    assertThat(cluster.assignment("t2").deadline()).isEqualTo(START.plus(Duration.ofMinutes(10)));
  }

  @Test
  void aNewTunnelIsPendingWithoutAServer() {
    assertThat(cluster.decide(tunnel("t1")))
        .containsExactly("t1 none -> pending announced: NO_SERVER");
  }

  @Test
  void aNewTunnelIsPendingWithoutRoom() {
    cluster.decide(server("rs-1", 1, 1, null));
    cluster.tunnels("t1");

    assertThat(cluster.decide(tunnel("t2")))
        .containsExactly("t2 none -> pending announced: NO_CAPACITY");
  }

  @Test
  void theTimeIsCountedToTheMillisecond() {
    cluster.now = START.plusNanos(1_999_999);
    cluster.tunnels("t1");

    assertThat(cluster.assignment("t1").stateSince()).isEqualTo(START.plusMillis(1));
    assertThat(cluster.history.getFirst().time()).isEqualTo(START.plusMillis(1));
  }

  @Test
  void aDeadlineBeyondAllCalendarsIsNone() {
    cluster.decide(
        new ClusterConfigure(null, null, null, Duration.ofSeconds(Long.MAX_VALUE), null));
    cluster.tunnels("t1");

    assertThat(cluster.assignment("t1").deadline()).isNull();
  }

  @Test
  void aKnownTunnelIsUpdatedAndKeepsItsServer() {
    cluster.servers("rs-1", "rs-2").tunnels("t1");
    cluster.now = START.plus(MINUTE);

    assertThat(cluster.decide(tunnel("t1", 5000, "198.51.100.1")))
        .containsExactly("t1 rs-1 announced -> rs-1 announced: UPDATED");

    assertThat(cluster.assignment("t1").outerAddresses())
        .containsExactly(IpAddress.parse("198.51.100.1"));
    assertThat(cluster.assignment("t1").expectedBitsPerSecond()).isEqualTo(5000);
    assertThat(cluster.assignment("t1").stateSince()).isEqualTo(START);
    assertThat(cluster.assignment("t1").deadline()).isEqualTo(START.plus(Duration.ofMinutes(11)));
    assertThat(cluster.state.tunnelsAt(IpAddress.parse("192.0.2.1"))).isEmpty();
    assertThat(cluster.state.load(RS1)).isEqualTo(new Load(1, 5000));
  }

  @Test
  void anUpdateLeavesAnUpTunnelUp() {
    cluster.servers("rs-1").tunnels("t1");
    cluster.decide(new TunnelUp(T1, RS1));

    assertThat(cluster.decide(tunnel("t1", 5000, "192.0.2.1")))
        .containsExactly("t1 rs-1 up -> rs-1 up: UPDATED");
    assertThat(cluster.assignment("t1").deadline()).isNull();
  }

  @Test
  void aLingeringTunnelAnnouncedAgainIsAnnounced() {
    cluster.servers("rs-1").tunnels("t1");
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.decide(new TunnelDown(T1, RS1));
    cluster.now = START.plus(MINUTE);

    assertThat(cluster.decide(tunnel("t1")))
        .containsExactly("t1 rs-1 lingering -> rs-1 announced: UPDATED");
    assertThat(cluster.assignment("t1").stateSince()).isEqualTo(START.plus(MINUTE));
    assertThat(cluster.assignment("t1").deadline()).isEqualTo(START.plus(Duration.ofMinutes(11)));
  }

  @Test
  void aRepeatedAnnouncementIsNoChange() {
    cluster.servers("rs-1").tunnels("t1");

    assertRejected(
        cluster.reject(tunnel("t1")),
        RejectionCode.NO_CHANGE,
        "expected a change but tunnel t1 is announced so already; nothing to do");
  }

  @Test
  void anInnerSubnetBelongsToOneTunnel() {
    cluster.servers("rs-1").tunnels("t1");

    assertRejected(
        cluster.reject(announce("t2", "192.0.2.2", "10.0.1.0/24")),
        RejectionCode.SUBNET_CONFLICT,
        "expected inner subnets that no other tunnel has but 10.0.1.0/24 is tunnel t1's; withdraw"
            + " t1 or announce t2 without it");
  }

  @Test
  void nestedInnerSubnetsAreAllowed() {
    cluster.servers("rs-1").tunnels("t1");

    assertThat(cluster.decide(announce("t2", "192.0.2.2", "10.0.1.0/25"))).hasSize(1);
    assertThat(cluster.decide(announce("t3", "192.0.2.3", "10.0.0.0/16"))).hasSize(1);
  }

  @Test
  void aSubnetIsFreeAgainWhenItsTunnelIsReleasedOrAnnouncedWithoutIt() {
    cluster.servers("rs-1").tunnels("t1");
    cluster.decide(announce("t1", "192.0.2.1", "10.9.0.0/24"));
    cluster.decide(announce("t2", "192.0.2.2", "10.0.1.0/24"));
    cluster.decide(new TunnelWithdraw(T2));

    assertThat(cluster.decide(announce("t3", "192.0.2.3", "10.0.1.0/24"))).hasSize(1);
  }

  @Test
  void aClusterHoldsSoManyTunnelsAndNoMore() {
    cluster.tunnels("t1", "t2");

    Outcome outcome = cluster.outcome(tunnel("t3"), new Limits(1, 2));

    assertRejected(
        outcome,
        RejectionCode.LIMIT_REACHED,
        "expected at most 2 tunnels in a cluster but t3 would be one more; withdraw some, or use"
            + " another cluster");
  }

  // Up

  @Test
  void upOnItsServerIsUp() {
    cluster.servers("rs-1").tunnels("t1");
    cluster.now = START.plus(MINUTE);

    assertThat(cluster.decide(new TunnelUp(T1, RS1)))
        .containsExactly("t1 rs-1 announced -> rs-1 up: TUNNEL_UP");
    assertThat(cluster.assignment("t1").stateSince()).isEqualTo(START.plus(MINUTE));
    assertThat(cluster.assignment("t1").deadline()).isNull();
  }

  @Test
  void aLingeringTunnelComesUpAgain() {
    cluster.servers("rs-1").tunnels("t1");
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.decide(new TunnelDown(T1, null));

    assertThat(cluster.decide(new TunnelUp(T1, RS1)))
        .containsExactly("t1 rs-1 lingering -> rs-1 up: TUNNEL_UP");
  }

  @Test
  void upIsRejected() {
    cluster.servers("rs-1", "rs-2").tunnels("t1");

    assertRejected(
        cluster.reject(new TunnelUp(T2, RS1)),
        RejectionCode.NOT_ANNOUNCED,
        "expected an announced tunnel but t2 is not known; announce it first");
    assertRejected(
        cluster.reject(new TunnelUp(T1, new ServerId("rs-9"))),
        RejectionCode.UNKNOWN_SERVER,
        "expected a registered server but rs-9 is not known; register it first");
    assertRejected(
        cluster.reject(new TunnelUp(T1, RS2)),
        RejectionCode.MISPLACED,
        "expected tunnel t1 on rs-1, where it is assigned, but rs-2 reports it; bring it down"
            + " there");
    cluster.decide(new TunnelUp(T1, RS1));
    assertRejected(
        cluster.reject(new TunnelUp(T1, RS1)),
        RejectionCode.NO_CHANGE,
        "expected a change but tunnel t1 is up on rs-1 already; nothing to do");
  }

  @Test
  void upOfAPendingTunnelIsMisplaced() {
    cluster.servers("rs-1").tunnels("t1");
    cluster.decide(new ServerDown(RS1));

    assertRejected(
        cluster.reject(new TunnelUp(T1, RS1)),
        RejectionCode.MISPLACED,
        "expected no server to have tunnel t1, which is pending, but rs-1 reports it; bring it"
            + " down there");
  }

  // Down

  @Test
  void downLingers() {
    cluster.servers("rs-1").tunnels("t1");
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.now = START.plus(MINUTE);

    assertThat(cluster.decide(new TunnelDown(T1, RS1)))
        .containsExactly("t1 rs-1 up -> rs-1 lingering: TUNNEL_DOWN");
    assertThat(cluster.assignment("t1").deadline()).isEqualTo(START.plus(Duration.ofMinutes(6)));
  }

  @Test
  void downWithoutAServerIsTheAssignedOnes() {
    cluster.servers("rs-1").tunnels("t1");
    cluster.decide(new TunnelUp(T1, RS1));

    assertThat(cluster.decide(new TunnelDown(T1, null))).hasSize(1);
  }

  @Test
  void downIsRejected() {
    cluster.servers("rs-1", "rs-2").tunnels("t1");

    assertRejected(
        cluster.reject(new TunnelDown(T2, null)),
        RejectionCode.NOT_ANNOUNCED,
        "expected an announced tunnel but t2 is not known; announce it first");
    assertRejected(
        cluster.reject(new TunnelDown(T1, RS1)),
        RejectionCode.NO_CHANGE,
        "expected a change but tunnel t1 is not up; nothing to do");
    cluster.decide(new TunnelUp(T1, RS1));
    assertRejected(
        cluster.reject(new TunnelDown(T1, RS2)),
        RejectionCode.MISPLACED,
        "expected tunnel t1 on rs-1, where it is assigned, but rs-2 reports it; bring it down"
            + " there");
  }

  @Test
  void downOnADrainingServerLetsTheGroupLeave() {
    cluster.servers("rs-1", "rs-2");
    cluster.decide(tunnel("t1", 0, "192.0.2.1"));
    cluster.decide(tunnel("t2", 0, "192.0.2.1"));
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.decide(new TunnelUp(T2, RS1));
    cluster.decide(new ServerDrain(RS1, null));

    assertThat(cluster.decide(new TunnelDown(T1, RS1)))
        .containsExactly("t1 rs-1 up -> rs-1 lingering: TUNNEL_DOWN");
    assertThat(cluster.decide(new TunnelDown(T2, RS1)))
        .containsExactly(
            "t2 rs-1 up -> rs-1 lingering: TUNNEL_DOWN",
            "t1 rs-1 lingering -> rs-2 lingering: DRAINED",
            "t2 rs-1 lingering -> rs-2 lingering: DRAINED");
  }

  // Withdraw

  @Test
  void withdrawReleases() {
    cluster.servers("rs-1").tunnels("t1");
    cluster.decide(new TunnelUp(T1, RS1));

    assertThat(cluster.decide(new TunnelWithdraw(T1)))
        .containsExactly("t1 rs-1 up -> none: WITHDRAWN");
    assertRejected(
        cluster.reject(new TunnelWithdraw(T1)),
        RejectionCode.NOT_ANNOUNCED,
        "expected an announced tunnel but t1 is not known; announce it first");
  }

  @Test
  void whatIsWithdrawnMakesRoom() {
    cluster.decide(server("rs-1", 1, 1, null));
    cluster.tunnels("t1", "t2", "t3");

    assertThat(cluster.decide(new TunnelWithdraw(T1)))
        .containsExactly(
            "t1 rs-1 announced -> none: WITHDRAWN",
            "t2 pending announced -> rs-1 announced: ASSIGNED");
  }

  @Test
  void withdrawingTheLastUpTunnelOfAGroupLetsItLeaveADrainingServer() {
    cluster.servers("rs-1", "rs-2");
    cluster.decide(tunnel("t1", 0, "192.0.2.1"));
    cluster.decide(tunnel("t2", 0, "192.0.2.1"));
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.decide(new ServerDrain(RS1, null));

    assertThat(cluster.decide(new TunnelWithdraw(T1)))
        .containsExactly(
            "t1 rs-1 up -> none: WITHDRAWN", "t2 rs-1 announced -> rs-2 announced: DRAINED");
  }

  @Test
  void aWithdrawnTunnelThatIsAnnouncedAgainIsANewOne() {
    cluster.servers("rs-1").tunnels("t1", "t2");
    cluster.decide(new TunnelWithdraw(T1));
    cluster.tunnels("t1");

    assertThat(cluster.assignment("t1").order()).isEqualTo(3);
  }

  // Pin and unpin

  @Test
  void aPinMovesTheTunnelAndWhatSharesItsAddresses() {
    cluster.servers("rs-1", "rs-2");
    cluster.decide(tunnel("t1", 0, "192.0.2.1"));
    cluster.decide(tunnel("t2", 0, "192.0.2.1"));
    cluster.decide(new TunnelUp(T2, RS1));

    assertThat(cluster.decide(new TunnelPin(T1, RS2)))
        .containsExactly(
            "t2 rs-1 up -> rs-2 up: PINNED", "t1 rs-1 announced -> rs-2 announced pinned: PINNED");
  }

  @Test
  void aPinToItsOwnServerOnlyPins() {
    cluster.servers("rs-1").tunnels("t1");

    assertThat(cluster.decide(new TunnelPin(T1, RS1)))
        .containsExactly("t1 rs-1 announced -> rs-1 announced pinned: PINNED");
  }

  @Test
  void aPinIsNobodysTurn() {
    cluster.servers("rs-1", "rs-2").tunnels("t1");
    cluster.decide(new TunnelPin(T1, RS2));

    assertThat(cluster.state.cursor().turns()).containsOnly(Map.entry(RS1, 1L));
  }

  @Test
  void aPinMakesRoomWhereTheTunnelWas() {
    cluster.decide(server("rs-1", 1, 1, null));
    cluster.decide(server("rs-2", 1, null, 100L));
    cluster.decide(tunnel("t1", 10, "192.0.2.1"));
    cluster.decide(tunnel("t2", 1000, "192.0.2.2")); // too much for rs-2
    assertThat(cluster.placeOf("t2")).isEqualTo("pending");

    assertThat(cluster.decide(new TunnelPin(T1, RS2)))
        .containsExactly(
            "t1 rs-1 announced -> rs-2 announced pinned: PINNED",
            "t2 pending announced -> rs-1 announced: ASSIGNED");
  }

  @Test
  void pinIsRejected() {
    cluster.decide(server("rs-1", 1, null, null));
    cluster.decide(server("rs-2", 1, 1, 1000L));
    cluster.tunnels("t1", "t2", "t3");
    assertThat(cluster.placeOf("t2")).isEqualTo("rs-2");

    assertRejected(
        cluster.reject(new TunnelPin(new TunnelId("t9"), RS1)),
        RejectionCode.NOT_ANNOUNCED,
        "expected an announced tunnel but t9 is not known; announce it first");
    assertRejected(
        cluster.reject(new TunnelPin(T1, new ServerId("rs-9"))),
        RejectionCode.UNKNOWN_SERVER,
        "expected a registered server but rs-9 is not known; register it first");
    assertRejected(
        cluster.reject(new TunnelPin(T1, RS2)),
        RejectionCode.NO_CAPACITY,
        "expected room on rs-2 for tunnel t1 and those that share its outer addresses (1 tunnel, 0"
            + " bit/s) but it has 1 tunnel, 0 bit/s of 1 tunnel, 1000 bit/s; raise its limits or"
            + " make room");
    cluster.decide(new TunnelPin(T1, RS1));
    assertRejected(
        cluster.reject(new TunnelPin(T1, RS1)),
        RejectionCode.NO_CHANGE,
        "expected a change but tunnel t1 is pinned to rs-1 already; nothing to do");
    cluster.decide(new ServerDrain(RS2, null));
    assertRejected(
        cluster.reject(new TunnelPin(T1, RS2)),
        RejectionCode.SERVER_UNAVAILABLE,
        "expected a server that takes tunnels but rs-2 drains; activate it first");
    cluster.decide(new ServerDown(RS2));
    assertRejected(
        cluster.reject(new TunnelPin(T1, RS2)),
        RejectionCode.SERVER_UNAVAILABLE,
        "expected a server that takes tunnels but rs-2 is down; wait until it is up, or pin"
            + " elsewhere");
  }

  @Test
  void unpinLetsGo() {
    cluster.servers("rs-1").tunnels("t1");
    cluster.decide(new TunnelPin(T1, RS1));

    assertThat(cluster.decide(new TunnelUnpin(T1)))
        .containsExactly("t1 rs-1 announced pinned -> rs-1 announced: UNPINNED");
    assertRejected(
        cluster.reject(new TunnelUnpin(T1)),
        RejectionCode.NO_CHANGE,
        "expected a change but tunnel t1 is not pinned; nothing to do");
    assertRejected(
        cluster.reject(new TunnelUnpin(T2)),
        RejectionCode.NOT_ANNOUNCED,
        "expected an announced tunnel but t2 is not known; announce it first");
  }

  @Test
  void anUnpinnedTunnelLeavesADrainingServer() {
    cluster.servers("rs-1", "rs-2").tunnels("t1");
    cluster.decide(new TunnelPin(T1, RS1));
    assertThat(cluster.decide(new ServerDrain(RS1, null)))
        .containsExactly("rs-1 active -> draining: DRAINING");

    assertThat(cluster.decide(new TunnelUnpin(T1)))
        .containsExactly(
            "t1 rs-1 announced pinned -> rs-1 announced: UNPINNED",
            "t1 rs-1 announced -> rs-2 announced: DRAINED");
  }

  @Test
  void everyStateIsReached() {
    cluster.servers("rs-1").tunnels("t1");
    assertThat(cluster.assignment("t1").state()).isEqualTo(TunnelState.ANNOUNCED);
    cluster.decide(new TunnelUp(T1, RS1));
    assertThat(cluster.assignment("t1").state()).isEqualTo(TunnelState.UP);
    cluster.decide(new TunnelDown(T1, RS1));
    assertThat(cluster.assignment("t1").state()).isEqualTo(TunnelState.LINGERING);
    assertThat(cluster.pass(Duration.ofMinutes(5)))
        .containsExactly("t1 rs-1 lingering -> none: LINGER_ENDED");
  }

  private static TunnelAnnounce announce(String name, String outerAddress, String innerSubnet) {
    return new TunnelAnnounce(
        new TunnelId(name),
        List.of(IpAddress.parse(outerAddress)),
        List.of(IpPrefix.parse(innerSubnet)),
        0);
  }

  private static void assertRejected(Outcome outcome, RejectionCode code, String message) {
    assertThat(outcome).isEqualTo(new Outcome.Rejected(code, message));
  }
}
