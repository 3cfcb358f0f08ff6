package org.pointsman.assigner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.Decision;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelState;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;

final class RebalanceProperties {

  @Property(tries = 200)
  void everyServerEndsWithinOneOfItsShare(
      @ForAll @Size(min = 1, max = 7) List<@IntRange(min = 1, max = 20) Integer> weights,
      @ForAll @IntRange(max = 80) int tunnels,
      @ForAll long seed) {
    Scenario cluster = uneven(weights, tunnels, seed);

    Outcome outcome = cluster.outcome(new ClusterRebalance(10_000, true));

    if (outcome instanceof Outcome.Decided(List<Decision> decisions)) {
      decisions.forEach(cluster.state::apply);
    }
    long sum = weights.stream().mapToLong(weight -> weight).sum();
    for (RealServer server : cluster.state.servers()) {
      long off =
          (cluster.state.load(server.server()).tunnels() * sum)
              - ((long) tunnels * server.weight());
      assertThat(Math.abs(off)).as("%s", server).isLessThanOrEqualTo(sum);
    }
    assertThat(cluster.outcome(new ClusterRebalance(10_000, true)))
        .isInstanceOf(Outcome.Rejected.class);
  }

  @Property(tries = 200)
  void itMovesNoTunnelTwiceNoneTooManyAndNoneThatIsUpUntold(
      @ForAll @Size(min = 1, max = 7) List<@IntRange(min = 1, max = 20) Integer> weights,
      @ForAll @IntRange(max = 80) int tunnels,
      @ForAll @IntRange(min = 1, max = 20) int maxMoves,
      @ForAll long seed) {
    Scenario cluster = uneven(weights, tunnels, seed);

    Outcome outcome = cluster.outcome(new ClusterRebalance(maxMoves, false));

    if (outcome instanceof Outcome.Decided(List<Decision> decisions)) {
      assertThat(decisions).hasSizeLessThanOrEqualTo(maxMoves);
      assertThat(decisions).extracting(Decision::key).doesNotHaveDuplicates();
      assertThat(decisions)
          .noneMatch(
              decision ->
                  decision.before() instanceof Assignment moved && moved.state() == TunnelState.UP);
    }
  }

  /** Tunnels that share nothing, anywhere, some of them up. */
  private static Scenario uneven(List<Integer> weights, int tunnels, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Scenario cluster = new Scenario();
    for (int i = 0; i < weights.size(); i++) {
      cluster.decide(Scenario.server("rs-" + i, weights.get(i), null, null));
    }
    for (int i = 0; i < tunnels; i++) {
      TunnelId tunnel = new TunnelId("t" + i);
      ServerId server = new ServerId("rs-" + random.nextInt(weights.size()));
      cluster.decide(
          new TunnelAnnounce(
              tunnel,
              List.of(IpAddress.v4(i)),
              List.of(IpPrefix.host(IpAddress.v4(0x0a000000 | i))),
              0));
      cluster.decide(new TunnelPin(tunnel, server));
      cluster.decide(new TunnelUnpin(tunnel));
      if (random.nextInt(2) == 0) {
        cluster.decide(new TunnelUp(tunnel, server));
      }
    }
    return cluster;
  }
}
