package org.pointsman.assigner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pointsman.assigner.engine.Scenario.server;
import static org.pointsman.assigner.engine.Scenario.tunnel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.Policy;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerUp;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelWithdraw;

/** The worked examples of the policies. */
final class PolicyTest {
  private final Scenario cluster = new Scenario();

  @Test
  void roundRobinGivesTurnsByWeightAndSmoothly() {
    cluster.decide(server("a", 2, null, null));
    cluster.decide(server("b", 1, null, null));
    cluster.decide(server("c", 1, null, null));

    assertThat(placesOf(8)).containsExactly("a", "b", "a", "c", "a", "b", "a", "c");
  }

  @Test
  void roundRobinSkipsTheFull() {
    cluster.decide(server("a", 1, 1, null));
    cluster.decide(server("b", 1, null, null));
    cluster.decide(server("c", 1, null, null));

    assertThat(placesOf(7)).containsExactly("a", "b", "c", "b", "c", "b", "c");
  }

  @Test
  void roundRobinBeginsWithTheFirstAgainWhenAServerJoins() {
    cluster.servers("a", "b").tunnels("t1");
    cluster.servers("c").tunnels("t2");

    assertThat(cluster.placeOf("t1")).isEqualTo("a");
    assertThat(cluster.placeOf("t2")).isEqualTo("a");
  }

  @Test
  void anotherPolicyGoesByItsOwnMeasureAtOnce() {
    cluster.servers("a", "b").tunnels("t1", "t2", "t3"); // a, b, a
    cluster.decide(new TunnelWithdraw(new TunnelId("t1")));
    cluster.decide(new TunnelWithdraw(new TunnelId("t3")));

    cluster.policy(Policy.LEAST_TUNNELS).tunnels("t4"); // though it is the turn of b

    assertThat(cluster.placeOf("t4")).isEqualTo("a");
  }

  @Test
  void leastTunnelsMakesUpForTunnelsThatEnded() {
    cluster.policy(Policy.LEAST_TUNNELS).servers("a", "b");
    placesOf(6); // a, b, a, b, a, b
    cluster.decide(new TunnelWithdraw(new TunnelId("t2")));
    cluster.decide(new TunnelWithdraw(new TunnelId("t4")));

    cluster.tunnels("t7", "t8", "t9");

    assertThat(List.of(cluster.placeOf("t7"), cluster.placeOf("t8"), cluster.placeOf("t9")))
        .containsExactly("b", "b", "a");
  }

  @Test
  void leastTunnelsPassesOverAServerThatHasItsShare() {
    cluster.policy(Policy.LEAST_TUNNELS);
    cluster.decide(server("a", 2, null, null));
    placesOf(3);
    cluster.decide(server("b", 1, null, null));

    cluster.tunnels("t4", "t5");

    assertThat(cluster.placeOf("t4")).isEqualTo("b");
    assertThat(cluster.placeOf("t5")).isEqualTo("a");
  }

  @Test
  void leastTrafficCountsTheNewTunnelIn() {
    cluster.policy(Policy.LEAST_TRAFFIC);
    cluster.decide(server("a", 2, null, null));
    cluster.decide(tunnel("t1", 900, "192.0.2.1"));
    cluster.decide(server("b", 1, null, null));
    cluster.decide(tunnel("t2", 400, "192.0.2.2"));
    assertThat(cluster.placeOf("t2")).isEqualTo("b");

    cluster.decide(tunnel("t3", 200, "192.0.2.3"));

    assertThat(cluster.placeOf("t3")).isEqualTo("a");
  }

  @Test
  void leastTrafficSpreadsTunnelsWithoutTrafficToo() {
    cluster.policy(Policy.LEAST_TRAFFIC).servers("a", "b", "c");

    assertThat(placesOf(6)).containsExactly("a", "b", "c", "a", "b", "c");
  }

  @Test
  void trafficBeyondALongIsStillCountedRight() {
    cluster.policy(Policy.LEAST_TRAFFIC);
    cluster.decide(server("a", 1, null, Long.MAX_VALUE - 1));
    cluster.decide(server("b", 1, null, null));
    for (int i = 1; i <= 4; i++) {
      cluster.decide(tunnel("t" + i, Long.MAX_VALUE, "192.0.2." + i));
      assertThat(cluster.placeOf("t" + i)).isEqualTo("b");
    }
    ServerId b = new ServerId("b");
    assertThat(cluster.state.load(b)).isEqualTo(new Load(4, Long.MAX_VALUE));

    for (int i = 1; i <= 3; i++) {
      cluster.decide(new TunnelWithdraw(new TunnelId("t" + i)));
    }
    cluster.decide(tunnel("t4", 5, "192.0.2.4"));

    assertThat(cluster.state.load(b)).isEqualTo(new Load(1, 5));
  }

  /** Computed by another program from the description. A change of the hash would move tunnels. */
  @Test
  void theRendezvousHashIsFixedForEver() {
    assertThat(Rendezvous.hash("t1", "rs-1")).isEqualTo(0xd0ef1427ef07178bL);
    assertThat(Rendezvous.hash("branch-0042.example", "gw:b+2")).isEqualTo(0x8696970779f2ef0aL);
    assertThat(Rendezvous.score("t1", "rs-1", 3)).isEqualTo(14.766722390735795, within(1e-12));
  }

  @Test
  void rendezvousSharesByWeight() {
    cluster.policy(Policy.RENDEZVOUS);
    cluster.decide(server("a", 1, null, null));
    cluster.decide(server("b", 2, null, null));
    cluster.decide(server("c", 5, null, null));

    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < 8000; i++) {
      counts.merge(announceNumbered(i), 1, Integer::sum);
    }

    // The standard deviations are 30, 39 and 43.
    assertThat(counts.get("a")).isBetween(1000 - 120, 1000 + 120);
    assertThat(counts.get("b")).isBetween(2000 - 156, 2000 + 156);
    assertThat(counts.get("c")).isBetween(5000 - 172, 5000 + 172);
  }

  @Test
  void rendezvousGoesBackToWhereATunnelWasBefore() {
    cluster.policy(Policy.RENDEZVOUS).servers("a", "b", "c");
    List<String> before = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      before.add(announceNumbered(i));
    }
    cluster.decide(new ServerDown(new ServerId("b")));
    cluster.decide(new ServerUp(new ServerId("b")));
    for (int i = 0; i < 60; i++) {
      cluster.decide(new TunnelWithdraw(new TunnelId("t" + i)));
    }

    for (int i = 0; i < 60; i++) {
      assertThat(announceNumbered(i)).isEqualTo(before.get(i));
    }
  }

  private List<String> placesOf(int tunnels) {
    List<String> places = new ArrayList<>();
    for (int i = 1; i <= tunnels; i++) {
      cluster.tunnels("t" + i);
      places.add(cluster.placeOf("t" + i));
    }
    return places;
  }

  private String announceNumbered(int number) {
    cluster.decide(
        new TunnelAnnounce(
            new TunnelId("t" + number),
            List.of(IpAddress.v4(0x0b000000 | number)),
            List.of(IpPrefix.host(IpAddress.v4(0x0a000000 | number))),
            0));
    return cluster.placeOf("t" + number);
  }
}
