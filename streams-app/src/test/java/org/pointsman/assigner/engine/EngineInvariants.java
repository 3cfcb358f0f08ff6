package org.pointsman.assigner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;

/**
 * What must hold whatever happens. {@link EngineSimulation} and {@link EngineChainProperties} check
 * it after every step.
 */
final class EngineInvariants {
  private static final Set<DecisionReason> MAY_MOVE_AN_UP_TUNNEL =
      EnumSet.of(
          DecisionReason.SERVER_DOWN,
          DecisionReason.FLUSHED,
          DecisionReason.PINNED,
          DecisionReason.SERVER_REMOVED,
          DecisionReason.DRAIN_DEADLINE,
          DecisionReason.REBALANCED);

  /** By name, so that a failure says which. */
  static final Map<String, BiConsumer<EngineTrial, EngineTrial.Step>> ALL =
      Map.ofEntries(
          entry(
              "every assigned tunnel is on one server that is registered and not down",
              (_, step) ->
                  everyAssignedTunnelIsOnOneServerThatIsRegisteredAndNotDown(step.after())),
          entry(
              "co-located tunnels are together",
              (_, step) -> coLocatedTunnelsAreTogether(step.after())),
          entry("every subnet is one tunnel's", (_, step) -> everySubnetIsOneTunnels(step.after())),
          entry(
              "server counts equal the tunnels",
              (_, step) -> serverCountsEqualTheTunnels(step.after())),
          entry(
              "only tunnels with a server are pinned",
              (_, step) -> onlyPinnedTunnelsWithAServerArePinned(step.after())),
          entry(
              "deadlines are those of the entities",
              (_, step) -> deadlinesAreThoseOfTheEntities(step.after())),
          entry(
              "no tunnel waits that a server could take",
              (trial, step) -> noTunnelWaitsThatAServerCouldTake(trial.state, step.after())),
          entry(
              "up tunnels move only for good reason",
              (_, step) -> upTunnelsMoveOnlyForGoodReason(step.event(), step.decisions())),
          entry(
              "pinned tunnels move only if they must or are pinned",
              (_, step) -> pinnedTunnelsMoveOnlyIfTheyMustOrArePinned(step.decisions())),
          entry(
              "losing one server moves only its tunnels",
              (_, step) ->
                  losingOneServerMovesOnlyItsTunnels(
                      step.event(), step.before(), step.decisions())),
          entry(
              "servers that were given tunnels are within their limits",
              (_, step) ->
                  serversThatWereGivenTunnelsAreWithinTheirLimits(step.after(), step.decisions())),
          entry(
              "every decision changes something",
              (_, step) -> everyDecisionChangesSomething(step.decisions())),
          entry(
              "epochs increase by one",
              (_, step) -> epochsIncreaseByOne(step.before(), step.decisions())),
          entry(
              "the fold of the decisions equals the state",
              (trial, step) -> foldOfTheDecisionsEqualsTheState(trial.fold, step.after())),
          entry(
              "when time has passed nothing is due any more",
              (trial, step) -> nothingIsDueAnyMore(trial, step)));

  private EngineInvariants() {}

  /** All of them after one step. */
  static void check(EngineTrial trial, EngineTrial.Step step) {
    ALL.values().forEach(invariant -> invariant.accept(trial, step));
  }

  private static Map.Entry<String, BiConsumer<EngineTrial, EngineTrial.Step>> entry(
      String name, BiConsumer<EngineTrial, EngineTrial.Step> invariant) {
    return Map.entry(name, invariant);
  }

  static void everyAssignedTunnelIsOnOneServerThatIsRegisteredAndNotDown(Snapshot now) {
    Map<ServerId, RealServer> servers = new TreeMap<>();
    now.servers().forEach(server -> servers.put(server.server(), server));
    for (Assignment tunnel : now.assignments()) {
      if (tunnel.server() != null) {
        RealServer server = servers.get(tunnel.server());
        assertThat(server != null && server.alive())
            .as("%s, the server of %s, is there and not down", server, tunnel)
            .isTrue();
      }
    }
  }

  static void coLocatedTunnelsAreTogether(Snapshot now) {
    Map<IpAddress, Assignment> firstAt = new TreeMap<>();
    for (Assignment tunnel : now.assignments()) {
      for (IpAddress address : tunnel.outerAddresses()) {
        Assignment first = firstAt.putIfAbsent(address, tunnel);
        if (first != null) {
          assertThat(tunnel.server())
              .as("%s and %s share %s", first, tunnel, address)
              .isEqualTo(first.server());
        }
      }
    }
  }

  static void everySubnetIsOneTunnels(Snapshot now) {
    Map<IpPrefix, TunnelId> owners = new TreeMap<>();
    for (Assignment tunnel : now.assignments()) {
      for (IpPrefix subnet : tunnel.innerSubnets()) {
        assertThat(owners.put(subnet, tunnel.tunnel())).as("the owner of %s", subnet).isNull();
      }
    }
  }

  static void serverCountsEqualTheTunnels(Snapshot now) {
    now.tunnelsOf()
        .forEach(
            (server, tunnels) -> {
              List<TunnelId> expected =
                  now.assignments().stream()
                      .filter(tunnel -> server.equals(tunnel.server()))
                      .sorted(CoLocation.ANNOUNCE_ORDER)
                      .map(Assignment::tunnel)
                      .toList();
              assertThat(tunnels).as("the tunnels of %s", server).isEqualTo(expected);
              assertThat(load(now, server).tunnels())
                  .as("the load of %s", server)
                  .isEqualTo(expected.size());
            });
  }

  static void onlyPinnedTunnelsWithAServerArePinned(Snapshot now) {
    assertThat(now.assignments())
        .as("pinned and pending")
        .noneMatch(tunnel -> tunnel.pinned() && tunnel.isPending());
  }

  static void deadlinesAreThoseOfTheEntities(Snapshot now) {
    TreeSet<Deadline> expected = new TreeSet<>();
    for (Assignment tunnel : now.assignments()) {
      if (tunnel.deadline() != null) {
        assertThat(tunnel.state()).as("the state of %s", tunnel).isNotEqualTo(TunnelState.UP);
        expected.add(new Deadline(tunnel.deadline(), tunnel.key()));
      }
    }
    for (RealServer server : now.servers()) {
      if (server.drainDeadline() != null) {
        assertThat(server.draining()).as("%s, which has a deadline", server).isTrue();
        expected.add(new Deadline(server.drainDeadline(), server.key()));
      }
    }
    assertThat(now.deadlines()).containsExactlyElementsOf(expected);
  }

  /** It also says that a group is pending as a whole, and only if it fits nowhere as a whole. */
  static void noTunnelWaitsThatAServerCouldTake(ClusterState state, Snapshot now) {
    for (TunnelId pending : now.pending()) {
      List<Assignment> group =
          CoLocation.groupOf(state, now.assignments().get(indexOf(now, pending)));
      Demand demand = Demand.of(group);
      for (Slot slot : state.book().slots()) {
        assertThat(slot.isEligible() && slot.fits(demand))
            .as("room on %s for %s", slot.id, group)
            .isFalse();
      }
    }
  }

  static void upTunnelsMoveOnlyForGoodReason(@Nullable Event event, List<Decision> decisions) {
    for (Decision decision : decisions) {
      if (decision.before() instanceof Assignment before
          && decision.after() instanceof Assignment after
          && before.state() == TunnelState.UP
          && before.server() != null
          && !before.server().equals(after.server())) {
        assertThat(MAY_MOVE_AN_UP_TUNNEL).as("%s", decision).contains(decision.reason());
        if (decision.reason() == DecisionReason.REBALANCED) {
          assertThat(event instanceof ClusterRebalance rebalance && rebalance.includeUp())
              .as("%s may move what is up", event)
              .isTrue();
        }
      }
    }
  }

  static void pinnedTunnelsMoveOnlyIfTheyMustOrArePinned(List<Decision> decisions) {
    for (Decision decision : decisions) {
      if (decision.before() instanceof Assignment before
          && decision.after() instanceof Assignment after
          && before.pinned()
          && before.server() != null
          && !before.server().equals(after.server())) {
        assertThat(decision.reason()).as("%s", decision).isIn(MAY_MOVE_AN_UP_TUNNEL);
        assertThat(decision.reason()).isNotEqualTo(DecisionReason.REBALANCED);
        assertThat(after.pinned() && decision.reason() != DecisionReason.PINNED).isFalse();
      }
    }
  }

  static void losingOneServerMovesOnlyItsTunnels(
      @Nullable Event event, Snapshot before, List<Decision> decisions) {
    if (event instanceof ServerDown down && !decisions.isEmpty()) {
      Set<TunnelId> moved = new HashSet<>();
      for (Decision decision : decisions) {
        if (decision.before() instanceof Assignment tunnel) {
          assertThat(tunnel.server()).as("%s", decision).isEqualTo(down.server());
          assertThat(moved.add(tunnel.tunnel())).as("%s a second time", decision).isTrue();
        }
      }
      assertThat(moved)
          .isEqualTo(new HashSet<>(before.tunnelsOf().getOrDefault(down.server(), List.of())));
    }
  }

  /** A limit may be lowered below the load, and a tunnel may grow; but nothing is put on top. */
  static void serversThatWereGivenTunnelsAreWithinTheirLimits(
      Snapshot now, List<Decision> decisions) {
    Set<ServerId> given = new TreeSet<>();
    for (Decision decision : decisions) {
      if (decision.after() instanceof Assignment after && after.server() != null) {
        boolean isNew =
            !(decision.before() instanceof Assignment before)
                || !after.server().equals(before.server());
        if (isNew) {
          given.add(after.server());
        }
      }
    }
    for (RealServer server : now.servers()) {
      if (given.contains(server.server())) {
        Load load = load(now, server.server());
        if (server.maxTunnels() != null) {
          assertThat(load.tunnels()).as("%s", server).isLessThanOrEqualTo(server.maxTunnels());
        }
        if (server.maxBitsPerSecond() != null) {
          assertThat(load.bitsPerSecond())
              .as("%s", server)
              .isLessThanOrEqualTo(server.maxBitsPerSecond());
        }
      }
    }
  }

  static void everyDecisionChangesSomething(List<Decision> decisions) {
    for (Decision decision : decisions) {
      if (decision.before() instanceof Assignment before
          && decision.after() instanceof Assignment after) {
        assertThat(Change.epoch(after, before.epoch())).as("%s", decision).isNotEqualTo(before);
      }
      if (decision.before() instanceof RealServer before
          && decision.after() instanceof RealServer after) {
        assertThat(Change.epoch(after, before.epoch())).as("%s", decision).isNotEqualTo(before);
      }
    }
  }

  static void foldOfTheDecisionsEqualsTheState(Fold fold, Snapshot now) {
    assertThat(now.cursor()).isEqualTo(fold.cursor());
    assertThat(now.config()).isEqualTo(fold.config());
    List<Object> entities = new ArrayList<>(now.entities());
    assertThat(entities).containsExactlyInAnyOrderElementsOf(fold.entities.values());
    assertThat(now.tunnelCount()).isEqualTo(now.assignments().size());
    assertThat(now.serverCount()).isEqualTo(now.servers().size());
  }

  static void epochsIncreaseByOne(Snapshot before, List<Decision> decisions) {
    long epoch = before.cursor().epoch();
    for (Decision decision : decisions) {
      epoch++;
      assertThat(decision.epoch()).as("the epoch of %s", decision).isEqualTo(epoch);
    }
  }

  static void nothingIsDueAnyMore(EngineTrial trial, EngineTrial.Step step) {
    if (step.event() == null) {
      assertThat(trial.state.deadlinesUntil(trial.now())).isEmpty();
    }
  }

  private static Load load(Snapshot now, ServerId server) {
    return now.loads().getOrDefault(server, new Load(0, 0));
  }

  private static int indexOf(Snapshot now, TunnelId tunnel) {
    return Collections.binarySearch(
        now.assignments().stream().map(Assignment::tunnel).toList(), tunnel);
  }
}
