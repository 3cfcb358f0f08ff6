package org.pointsman.assigner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.Entity;
import org.pointsman.model.Event;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerEvent;
import org.pointsman.model.ServerRemove;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;

/**
 * Random events and random time, many times over, with every invariant checked after each step. A
 * failure names the seed and the last steps; {@code -Dsimulation.seed=N} runs that one alone.
 */
final class EngineSimulation {
  private static final int SEEDS = Integer.getInteger("simulation.seeds", 60);
  private static final int STEPS = 400;

  static LongStream seeds() {
    Long one = Long.getLong("simulation.seed");
    return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, SEEDS);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyInvariantHoldsAfterEveryStep(long seed) {
    Run run = new Run(seed);
    for (int step = 0; step < STEPS; step++) {
      try {
        run.step();
      } catch (Throwable failure) {
        throw new AssertionError(
            "seed %d, step %d; last steps:%n%s".formatted(seed, step, run.lastSteps()), failure);
      }
    }
  }

  /** So that no invariant holds only because nothing happens. */
  @Test
  void everyReasonAndEveryRejectionOccurs() {
    Set<DecisionReason> reasons = EnumSet.noneOf(DecisionReason.class);
    Set<RejectionCode> codes = EnumSet.noneOf(RejectionCode.class);
    for (long seed = 1; seed <= 30; seed++) {
      Run run = new Run(seed);
      for (int step = 0; step < STEPS; step++) {
        run.step();
      }
      reasons.addAll(run.reasons);
      codes.addAll(run.codes);
    }

    assertThat(reasons).isEqualTo(EnumSet.allOf(DecisionReason.class));
    assertThat(codes)
        .isEqualTo(
            EnumSet.complementOf(
                EnumSet.of(
                    RejectionCode.UNREADABLE, // these three are the topology's
                    RejectionCode.WRONG_KEY,
                    RejectionCode.WRONG_PARTITION,
                    RejectionCode.LIMIT_REACHED))); // the world is too small for it
  }

  private static final class Run {
    final Set<DecisionReason> reasons = EnumSet.noneOf(DecisionReason.class);
    final Set<RejectionCode> codes = EnumSet.noneOf(RejectionCode.class);
    private final SplittableRandom random;
    private final RandomEvents events;
    private final List<String> log = new ArrayList<>();
    private final Fold fold = new Fold();
    private final ClusterState state = new ClusterState(Scenario.CLUSTER);
    private Instant now = Scenario.START;
    private long offset;

    Run(long seed) {
      random = new SplittableRandom(seed);
      events = new RandomEvents(random);
    }

    String lastSteps() {
      return String.join("\n", log.subList(Math.max(0, log.size() - 12), log.size()));
    }

    void step() {
      now = now.plusMillis(random.nextLong(Duration.ofMinutes(2).toMillis()));
      Snapshot before = Snapshot.of(state);
      ClusterState restored = restored(before);
      check(null, before, tick(restored));

      before = Snapshot.of(state);
      restored = restored(before);
      Event event = events.next(state);
      log.add(event.toString());
      Outcome outcome = decide(state, event);
      assertThat(decide(restored, event)).as("the restored state's outcome").isEqualTo(outcome);
      assertThat(Snapshot.of(state)).as("the state while deciding").isEqualTo(before);
      log.add("  " + describe(outcome));
      offset++;
      switch (outcome) {
        case Outcome.Decided(List<Decision> decisions) -> {
          assertThat(decisions).as("decisions").isNotEmpty();
          apply(decisions, restored);
          check(event, before, decisions);
          aDuplicateIsToldSo(event);
        }
        case Outcome.Rejected rejected -> codes.add(rejected.code());
      }
    }

    /** Lets what is due happen, on the restored state as well. */
    private List<Decision> tick(ClusterState restored) {
      List<Decision> due = Decider.due(state, 0, now);
      assertThat(Decider.due(restored, 0, now)).as("what is due when restored").isEqualTo(due);
      if (!due.isEmpty()) {
        log.add("due " + due.stream().map(Scenario::line).toList());
      }
      apply(due, restored);
      EngineInvariants.nothingIsDueAnyMore(state, now);
      return due;
    }

    private void apply(List<Decision> decisions, ClusterState restored) {
      for (Decision decision : decisions) {
        Entity known = fold.entities.get(decision.key());
        assertThat(decision.before()).as("the state before %s", decision).isEqualTo(known);
        reasons.add(decision.reason());
        fold.add(decision);
        state.apply(decision);
        restored.apply(decision);
        EngineInvariants.foldOfTheDecisionsEqualsTheState(fold, Snapshot.of(state));
      }
      assertThat(Snapshot.of(restored)).as("the restored state").isEqualTo(Snapshot.of(state));
    }

    private void check(@Nullable Event event, Snapshot before, List<Decision> decisions) {
      Snapshot after = Snapshot.of(state);
      EngineInvariants.everyAssignedTunnelIsOnOneServerThatIsRegisteredAndNotDown(after);
      EngineInvariants.coLocatedTunnelsAreTogether(after);
      EngineInvariants.everySubnetIsOneTunnels(after);
      EngineInvariants.serverCountsEqualTheTunnels(after);
      EngineInvariants.onlyPinnedTunnelsWithAServerArePinned(after);
      EngineInvariants.deadlinesAreThoseOfTheEntities(after);
      EngineInvariants.noTunnelWaitsThatAServerCouldTake(state, after);
      EngineInvariants.upTunnelsMoveOnlyForGoodReason(event, decisions);
      EngineInvariants.pinnedTunnelsMoveOnlyIfTheyMustOrArePinned(decisions);
      EngineInvariants.losingOneServerMovesOnlyItsTunnels(event, before, decisions);
      EngineInvariants.serversThatWereGivenTunnelsAreWithinTheirLimits(after, decisions);
      EngineInvariants.everyDecisionChangesSomething(decisions);
    }

    /** The state as it would come back from a store, which keeps its own order. */
    private ClusterState restored(Snapshot snapshot) {
      List<Entity> entities = snapshot.entities();
      for (int i = entities.size() - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        Entity swapped = entities.set(other, entities.get(i));
        entities.set(i, swapped);
      }
      ClusterState restored = ClusterState.restore(Scenario.CLUSTER, snapshot.cursor(), entities);
      assertThat(Snapshot.of(restored)).as("the restored state").isEqualTo(snapshot);
      return restored;
    }

    private void aDuplicateIsToldSo(Event event) {
      if (event instanceof ClusterRebalance) {
        return; // it moves so many tunnels at a time: again moves more
      }
      RejectionCode expected =
          switch (event) {
            case TunnelWithdraw _ -> RejectionCode.NOT_ANNOUNCED;
            case ServerRemove _ -> RejectionCode.UNKNOWN_SERVER;
            case TunnelDown down when down.server() != null && hasLeft(down) ->
                RejectionCode.MISPLACED;
            case TunnelAnnounce _, TunnelUp _, TunnelDown _, TunnelPin _, TunnelUnpin _ ->
                RejectionCode.NO_CHANGE;
            case ServerEvent _ -> RejectionCode.NO_CHANGE;
            case ClusterConfigure _, ClusterRebalance _ -> RejectionCode.NO_CHANGE;
          };
      assertThat(decide(state, event))
          .as("%s again", event)
          .isInstanceOfSatisfying(
              Outcome.Rejected.class, again -> assertThat(again.code()).isEqualTo(expected));
    }

    /** A tunnel on a draining server leaves it when it goes down. */
    private boolean hasLeft(TunnelDown down) {
      var tunnel = state.assignment(down.tunnel());
      return tunnel != null && !Objects.equals(tunnel.server(), down.server());
    }

    private Outcome decide(ClusterState on, Event event) {
      NetworkEvent envelope =
          new NetworkEvent("e" + offset, Scenario.CLUSTER, now, "simulation", event);
      Cause cause = new Cause.ByEvent(0, offset, envelope.eventId());
      return Decider.decide(on, envelope, cause, now);
    }

    private static String describe(Outcome outcome) {
      return switch (outcome) {
        case Outcome.Rejected rejected -> rejected.toString();
        case Outcome.Decided(List<Decision> decisions) ->
            decisions.stream().map(Scenario::line).toList().toString();
      };
    }
  }
}
