package org.pointsman.assigner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.assigner.engine.Scenario.server;
import static org.pointsman.assigner.engine.Scenario.tunnel;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelUp;

final class RebalanceTest {
  private static final ServerId RS1 = new ServerId("rs-1");
  private static final ClusterRebalance ALL = new ClusterRebalance(1000, true);
  private static final ClusterRebalance NOT_UP = new ClusterRebalance(1000, false);

  private final Scenario cluster = new Scenario();

  @BeforeEach
  void oneServerHasEverything() {
    cluster.servers("rs-1").tunnels("t1", "t2", "t3", "t4");
  }

  @Test
  void movesUntilEachServerIsWithinOneOfItsShare() {
    cluster.servers("rs-2");

    assertThat(cluster.decide(NOT_UP))
        .containsExactly("t1 rs-1 announced -> rs-2 announced: REBALANCED");
    assertRejected(cluster.reject(NOT_UP));
  }

  @Test
  void theShareIsByWeight() {
    cluster.decide(server("rs-2", 7, null, null));

    assertThat(cluster.decide(NOT_UP)).hasSize(3);
    assertThat(cluster.state.load(RS1).tunnels()).isEqualTo(1);
  }

  @Test
  void movesThoseThatWereNeverUpFirstThenThoseThatLinger() {
    up("t1", "t2");
    cluster.decide(new TunnelDown(new TunnelId("t2"), null));
    cluster.decide(server("rs-2", 1000, null, null));

    assertThat(cluster.decide(ALL))
        .containsExactly(
            "t3 rs-1 announced -> rs-2 announced: REBALANCED",
            "t4 rs-1 announced -> rs-2 announced: REBALANCED",
            "t2 rs-1 lingering -> rs-2 lingering: REBALANCED");
  }

  @Test
  void movesThoseThatAreUpOnlyIfTold() {
    up("t1", "t2", "t3", "t4");
    cluster.servers("rs-2");

    assertRejected(cluster.reject(NOT_UP));
    assertThat(cluster.decide(ALL)).containsExactly("t1 rs-1 up -> rs-2 up: REBALANCED");
  }

  @Test
  void movesNoMoreThanTold() {
    cluster.tunnels("t5", "t6", "t7", "t8").servers("rs-2");

    assertThat(cluster.decide(new ClusterRebalance(2, false))).hasSize(2);
    assertThat(cluster.decide(new ClusterRebalance(2, false))).hasSize(1);
  }

  @Test
  void pinnedTunnelsStay() {
    cluster.decide(new TunnelPin(new TunnelId("t1"), RS1));
    cluster.servers("rs-2");

    assertThat(cluster.decide(NOT_UP))
        .containsExactly("t2 rs-1 announced -> rs-2 announced: REBALANCED");
  }

  @Test
  void groupsMoveAsAWholeOrNotAtAll() {
    cluster.decide(tunnel("t5", 0, "192.0.2.1"));
    cluster.decide(tunnel("t6", 0, "192.0.2.1"));
    cluster.servers("rs-2");

    assertThat(cluster.decide(new ClusterRebalance(2, false)))
        .as("t1, t5 and t6 are too many")
        .containsExactly(
            "t2 rs-1 announced -> rs-2 announced: REBALANCED",
            "t3 rs-1 announced -> rs-2 announced: REBALANCED");
  }

  @Test
  void aGroupThatWouldOnlyTurnTheTablesStays() {
    cluster.decide(tunnel("t2", 0, "192.0.2.1"));
    cluster.decide(tunnel("t3", 0, "192.0.2.1"));
    cluster.decide(tunnel("t4", 0, "192.0.2.1"));
    cluster.servers("rs-2");

    assertRejected(cluster.reject(ALL));
  }

  @Test
  void limitsHold() {
    cluster.tunnels("t5", "t6");
    cluster.decide(server("rs-2", 1, 1, null));

    assertThat(cluster.decide(ALL)).hasSize(1);
    assertRejected(cluster.reject(ALL));
  }

  @Test
  void roomThatItMakesIsUsed() {
    cluster.decide(server("rs-1", 1, 4, 100L));
    cluster.decide(server("rs-2", 1, null, 1L));
    cluster.decide(tunnel("t5", 50, "192.0.2.5"));
    assertThat(cluster.placeOf("t5")).isEqualTo("pending");

    assertThat(cluster.decide(ALL))
        .containsExactly(
            "t1 rs-1 announced -> rs-2 announced: REBALANCED",
            "t5 pending announced -> rs-1 announced: ASSIGNED");
  }

  private void up(String... tunnels) {
    List.of(tunnels).forEach(name -> cluster.decide(new TunnelUp(new TunnelId(name), RS1)));
  }

  private static void assertRejected(Outcome outcome) {
    assertThat(outcome)
        .isEqualTo(
            new Outcome.Rejected(
                RejectionCode.NO_CHANGE,
                "expected a change but no tunnel that may move would bring a server closer than one"
                    + " to its share; nothing to do"));
  }
}
