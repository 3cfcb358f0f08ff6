package org.pointsman.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.engine.ClusterState;
import org.pointsman.assigner.engine.Decider;
import org.pointsman.assigner.engine.Outcome;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.Decision;
import org.pointsman.model.Entity;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;
import org.pointsman.nms.cli.RebalancePlanner;

/** What the dry run foretells from the entities alone is what the assigner then does. */
final class EnginePlannerProperties {
  private static final ClusterId CLUSTER = new ClusterId("c1");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final ClusterState state = new ClusterState(CLUSTER);

  @Property(tries = 100)
  void thePlanIsWhatThenHappens(
      @ForAll @IntRange(min = 1, max = 5) int servers,
      @ForAll @IntRange(max = 40) int tunnels,
      @ForAll @IntRange(min = 1, max = 30) int maxMoves,
      @ForAll boolean includeUp,
      @ForAll long seed) {
    fill(servers, tunnels, new SplittableRandom(seed));
    List<Entity> entities = new ArrayList<>(state.assignments());
    entities.addAll(state.servers());
    ClusterRebalance rebalance = new ClusterRebalance(maxMoves, includeUp);

    RebalancePlanner.Plan plan =
        new EnginePlanner(Clock.fixed(NOW, ZoneOffset.UTC)).plan(CLUSTER, entities, rebalance);

    switch (decide(rebalance)) {
      case Outcome.Decided(List<Decision> decisions) ->
          assertThat(moves(((RebalancePlanner.Plan.Changes) plan).decisions()))
              .isEqualTo(moves(decisions));
      case Outcome.Rejected rejected ->
          assertThat(plan).isEqualTo(new RebalancePlanner.Plan.Nothing(rejected.message()));
    }
  }

  private static List<String> moves(List<Decision> decisions) {
    return decisions.stream()
        .map(
            decision ->
                decision.key()
                    + " "
                    + server(decision.before())
                    + " "
                    + server(decision.after())
                    + " "
                    + decision.reason())
        .toList();
  }

  private static @Nullable ServerId server(@Nullable Entity tunnel) {
    return tunnel instanceof Assignment assignment ? assignment.server() : null;
  }

  /** Tunnels here and there, some up, some pinned; the last server is new and empty. */
  private void fill(int servers, int tunnels, SplittableRandom random) {
    register(0, random);
    for (int i = 0; i < tunnels; i++) {
      if (random.nextInt(8) == 0 && state.serverCount() < servers) {
        register(state.serverCount(), random);
      }
      TunnelId tunnel = new TunnelId("t" + i);
      apply(
          new TunnelAnnounce(
              tunnel,
              List.of(IpAddress.v4(0xc0000200 + random.nextInt(64))),
              List.of(IpPrefix.host(IpAddress.v4(0x0a000000 + i))),
              0));
      Assignment assigned = state.assignment(tunnel);
      if (assigned != null && assigned.server() != null) {
        if (random.nextInt(3) == 0) {
          apply(new TunnelUp(tunnel, assigned.server()));
        }
        if (random.nextInt(6) == 0) {
          apply(new TunnelPin(tunnel, assigned.server()));
          apply(new TunnelUnpin(tunnel));
        }
      }
    }
    register(servers, random);
  }

  private void register(int number, SplittableRandom random) {
    apply(
        new ServerRegister(
            new ServerId("rs-" + number),
            IpAddress.v4(0x0aff0000 + number),
            null,
            1 + random.nextInt(3),
            null,
            null));
    assertThat(state.servers()).extracting(RealServer::server).isNotEmpty();
  }

  private void apply(Event event) {
    if (decide(event) instanceof Outcome.Decided(List<Decision> decisions)) {
      decisions.forEach(state::apply);
    }
  }

  private Outcome decide(Event event) {
    return Decider.decide(
        state,
        new NetworkEvent("e", CLUSTER, NOW, "test", event),
        new Cause.ByEvent(0, 0, "e"),
        NOW);
  }
}
