package org.pointsman.assigner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.RejectionCode;

/**
 * Random events and random time, many times over, with every invariant checked after each step. A
 * failure names the seed and the last steps; {@code -Dsimulation.seed=N} runs that one alone.
 */
final class EngineSimulation {
  private static final int SEEDS = Integer.getInteger("simulation.seeds", 60);
  private static final int STEPS = Integer.getInteger("simulation.steps", 400);
  private static final Set<DecisionReason> EVERY_REASON = EnumSet.allOf(DecisionReason.class);

  static LongStream seeds() {
    Long one = Long.getLong("simulation.seed");
    return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, SEEDS);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyInvariantHoldsAfterEveryStep(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    EngineTrial trial = new EngineTrial(random.split());
    RandomEvents events = new RandomEvents(random.split());
    for (int step = 0; step < STEPS; step++) {
      try {
        EngineInvariants.check(trial, trial.pass(someTime(random)));
        EngineInvariants.check(trial, trial.tell(events.next(trial.state)));
      } catch (Throwable failure) {
        throw new AssertionError(
            "seed %d, step %d; last steps:%n%s".formatted(seed, step, trial.lastSteps()), failure);
      }
    }
    trial.theLogLeadsToTheSameDecisionsAgain();
  }

  /** So that no invariant holds only because nothing happens. */
  @Test
  @Tag("slow")
  void everyReasonAndEveryRejectionOccurs() {
    Set<DecisionReason> reasons = EnumSet.noneOf(DecisionReason.class);
    Set<RejectionCode> codes = EnumSet.noneOf(RejectionCode.class);
    Set<RejectionCode> expected =
        EnumSet.complementOf(
            EnumSet.of(
                RejectionCode.UNREADABLE, // these three are the topology's
                RejectionCode.WRONG_KEY,
                RejectionCode.WRONG_PARTITION,
                RejectionCode.LIMIT_REACHED)); // the world is too small for it
    for (long seed = 1;
        seed <= 30 && !(reasons.containsAll(EVERY_REASON) && codes.containsAll(expected));
        seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      EngineTrial trial = new EngineTrial(random.split());
      RandomEvents events = new RandomEvents(random.split());
      for (int step = 0; step < STEPS; step++) {
        trial.pass(someTime(random));
        trial.tell(events.next(trial.state));
      }
      reasons.addAll(trial.reasons);
      codes.addAll(trial.codes);
    }

    assertThat(reasons).isEqualTo(EVERY_REASON);
    assertThat(codes).isEqualTo(expected);
  }

  private static Duration someTime(SplittableRandom random) {
    return Duration.ofMillis(random.nextLong(Duration.ofSeconds(20).toMillis()));
  }
}
