package org.pointsman.assigner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.assigner.engine.Scenario.START;
import static org.pointsman.assigner.engine.Scenario.server;
import static org.pointsman.assigner.engine.Scenario.tunnel;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.Decision;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerDrain;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelUp;

final class TimersTest {
  private static final TunnelId T1 = new TunnelId("t1");
  private static final TunnelId T2 = new TunnelId("t2");
  private static final ServerId RS1 = new ServerId("rs-1");
  private static final Duration TIMEOUT = Duration.ofMinutes(10);
  private static final Duration MILLI = Duration.ofMillis(1);

  private final Scenario cluster = new Scenario();

  @Test
  void anAnnouncedTunnelThatNeverCameUpIsReleased() {
    cluster.servers("rs-1").tunnels("t1");

    assertThat(cluster.pass(TIMEOUT.minus(MILLI))).isEmpty();
    assertThat(cluster.pass(MILLI))
        .containsExactly("t1 rs-1 announced -> none: ANNOUNCE_TIMED_OUT");
    assertThat(cluster.pass(TIMEOUT)).isEmpty();
  }

  @Test
  void theDeadlineIsTheCause() {
    cluster.servers("rs-1").tunnels("t1");

    cluster.pass(TIMEOUT.plusSeconds(7));

    Decision release = cluster.history.getLast();
    assertThat(release.cause()).isEqualTo(new Cause.ByTimer(3, START.plus(TIMEOUT)));
    assertThat(release.time()).isEqualTo(START.plus(TIMEOUT).plusSeconds(7));
  }

  @Test
  void aPendingTunnelTimesOutToo() {
    cluster.tunnels("t1");

    assertThat(cluster.pass(TIMEOUT))
        .containsExactly("t1 pending announced -> none: ANNOUNCE_TIMED_OUT");
  }

  @Test
  void aTunnelThatCameUpStays() {
    cluster.servers("rs-1").tunnels("t1");
    cluster.decide(new TunnelUp(T1, RS1));

    assertThat(cluster.pass(TIMEOUT)).isEmpty();
  }

  @Test
  void aTunnelThatLingeredIsReleased() {
    cluster.servers("rs-1").tunnels("t1");
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.pass(TIMEOUT);
    cluster.decide(new TunnelDown(T1, RS1));

    assertThat(cluster.pass(Duration.ofMinutes(5).minus(MILLI))).isEmpty();
    assertThat(cluster.pass(MILLI)).containsExactly("t1 rs-1 lingering -> none: LINGER_ENDED");
  }

  @Test
  void withoutLingerATunnelIsReleasedWithTheNextTick() {
    cluster.decide(new ClusterConfigure(null, null, Duration.ZERO, null, null));
    cluster.servers("rs-1").tunnels("t1");
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.decide(new TunnelDown(T1, RS1));

    assertThat(cluster.pass(Duration.ZERO))
        .containsExactly("t1 rs-1 lingering -> none: LINGER_ENDED");
  }

  @Test
  void deadlinesComeInOrder() {
    cluster.servers("rs-1");
    cluster.now = START.plusSeconds(2);
    cluster.tunnels("t1");
    cluster.now = START.plusSeconds(1);
    cluster.tunnels("t3", "t2");

    assertThat(cluster.pass(TIMEOUT.plusSeconds(1)))
        .containsExactly(
            "t2 rs-1 announced -> none: ANNOUNCE_TIMED_OUT",
            "t3 rs-1 announced -> none: ANNOUNCE_TIMED_OUT",
            "t1 rs-1 announced -> none: ANNOUNCE_TIMED_OUT");
  }

  @Test
  void aReleaseGivesPendingTunnelsAChance() {
    cluster.decide(server("rs-1", 1, 1, null));
    cluster.tunnels("t1");
    cluster.now = START.plusSeconds(1);
    cluster.tunnels("t2");

    assertThat(cluster.pass(TIMEOUT.minusSeconds(1)))
        .containsExactly(
            "t1 rs-1 announced -> none: ANNOUNCE_TIMED_OUT",
            "t2 pending announced -> rs-1 announced: ASSIGNED");
    assertThat(cluster.history.getLast().cause())
        .isEqualTo(new Cause.ByTimer(3, START.plus(TIMEOUT)));
  }

  @Test
  void aPendingTunnelWhoseTimeIsUpGetsNoServer() {
    cluster.decide(server("rs-1", 1, 1, null));
    cluster.tunnels("t1", "t2");
    cluster.now = START.plusSeconds(1);
    cluster.tunnels("t3");

    assertThat(cluster.pass(TIMEOUT.minusSeconds(1)))
        .containsExactly(
            "t1 rs-1 announced -> none: ANNOUNCE_TIMED_OUT",
            "t2 pending announced -> none: ANNOUNCE_TIMED_OUT",
            "t3 pending announced -> rs-1 announced: ASSIGNED");
  }

  @Test
  void aDrainsDeadlineEmptiesTheServer() {
    cluster.servers("rs-1", "rs-2").tunnels("t1");
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.decide(tunnel("t2", 0, "192.0.2.1"));
    cluster.decide(new TunnelPin(T2, RS1));
    cluster.decide(new TunnelUp(T2, RS1));
    cluster.decide(new ServerDrain(RS1, Duration.ofHours(1)));

    assertThat(cluster.pass(Duration.ofHours(1)))
        .containsExactly(
            "rs-1 draining -> draining: DRAIN_DEADLINE",
            "t1 rs-1 up -> rs-2 up: DRAIN_DEADLINE",
            "t2 rs-1 up pinned -> rs-2 up: DRAIN_DEADLINE");
    assertThat(cluster.server("rs-1").drainDeadline()).isNull();
  }

  @Test
  void withoutAnotherServerADrainsDeadlineOnlyPasses() {
    cluster.servers("rs-1").tunnels("t1");
    cluster.decide(new TunnelUp(T1, RS1));
    cluster.decide(new ServerDrain(RS1, Duration.ofHours(1)));

    assertThat(cluster.pass(Duration.ofHours(1)))
        .containsExactly("rs-1 draining -> draining: DRAIN_DEADLINE");
    assertThat(cluster.pass(Duration.ofHours(1))).isEmpty();
  }

  @Test
  void aDrainsDeadlineOfADownServerOnlyPasses() {
    cluster.servers("rs-1", "rs-2").tunnels("t1");
    cluster.decide(new ServerDrain(RS1, Duration.ofMinutes(1)));
    cluster.decide(new ServerDown(RS1));

    assertThat(cluster.pass(Duration.ofMinutes(1)))
        .containsExactly("rs-1 down -> down: DRAIN_DEADLINE");
  }
}
