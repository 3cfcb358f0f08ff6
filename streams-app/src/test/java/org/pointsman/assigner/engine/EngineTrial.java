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
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
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
 * A cluster on trial: it is told events and given time, and each step is also done by a state that
 * was restored just before it, as after a restart. What the steps must leave true stands in {@link
 * EngineInvariants}.
 */
final class EngineTrial {

  /**
   * What one step did.
   *
   * @param event what the cluster was told, or null if time passed
   * @param decisions what was decided, none if the event was rejected
   */
  record Step(@Nullable Event event, Snapshot before, Snapshot after, List<Decision> decisions) {}

  final ClusterState state = new ClusterState(Scenario.CLUSTER);
  final Fold fold = new Fold();
  final List<Decision> history = new ArrayList<>();
  final Set<DecisionReason> reasons = EnumSet.noneOf(DecisionReason.class);
  final Set<RejectionCode> codes = EnumSet.noneOf(RejectionCode.class);

  private final SplittableRandom random;
  private final List<String> log = new ArrayList<>();
  private final TreeMap<Long, NetworkEvent> events = new TreeMap<>(); // by offset
  private Instant now = Scenario.START;
  private long offset;

  /**
   * A new cluster.
   *
   * @param random the order in which stores return what they hold
   */
  EngineTrial(SplittableRandom random) {
    this.random = random;
  }

  String lastSteps() {
    return String.join("\n", log.subList(Math.max(0, log.size() - 12), log.size()));
  }

  Instant now() {
    return now;
  }

  /** Lets that much time pass, and what is due then happen. */
  Step pass(Duration time) {
    now = now.plus(time);
    Snapshot before = Snapshot.of(state);
    ClusterState restored = restored(before);
    List<Decision> due = Decider.due(state, 0, now);
    assertThat(Decider.due(restored, 0, now)).as("what is due when restored").isEqualTo(due);
    if (!due.isEmpty()) {
      log.add("due " + due.stream().map(Scenario::line).toList());
    }
    apply(due, restored);
    return new Step(null, before, Snapshot.of(state), due);
  }

  /** Tells it the event, and if that changed something, tells it again. */
  Step tell(Event event) {
    Snapshot before = Snapshot.of(state);
    ClusterState restored = restored(before);
    log.add(event.toString());
    NetworkEvent envelope =
        new NetworkEvent("e" + offset, Scenario.CLUSTER, now, "simulation", event);
    events.put(offset, envelope);
    Outcome outcome = decide(state, offset, now);
    assertThat(decide(restored, offset, now)).as("the restored state's outcome").isEqualTo(outcome);
    assertThat(Snapshot.of(state)).as("the state while deciding").isEqualTo(before);
    log.add("  " + describe(outcome));
    List<Decision> decisions =
        switch (outcome) {
          case Outcome.Decided decided -> decided.decisions();
          case Outcome.Rejected rejected -> {
            codes.add(rejected.code());
            yield List.of();
          }
        };
    if (outcome instanceof Outcome.Decided) {
      assertThat(decisions).as("decisions").isNotEmpty();
      apply(decisions, restored);
      aDuplicateIsToldSo(event);
    }
    offset++;
    return new Step(event, before, Snapshot.of(state), decisions);
  }

  /**
   * Decides everything once more from the start, by the log and the times at which deadlines were
   * noticed, and compares with what was recorded.
   */
  void theLogLeadsToTheSameDecisionsAgain() {
    ClusterState again = new ClusterState(Scenario.CLUSTER);
    int next = 0;
    while (next < history.size()) {
      Decision recorded = history.get(next);
      List<Decision> decisions =
          switch (recorded.cause()) {
            case Cause.ByTimer _ -> Decider.due(again, 0, recorded.time());
            case Cause.ByEvent event ->
                ((Outcome.Decided) decide(again, event.offset(), recorded.time())).decisions();
          };
      assertThat(decisions)
          .as("what %s led to", recorded.cause())
          .isNotEmpty()
          .isEqualTo(history.subList(next, Math.min(history.size(), next + decisions.size())));
      decisions.forEach(again::apply);
      next += decisions.size();
    }
    assertThat(Snapshot.of(again)).isEqualTo(Snapshot.of(state));
  }

  private void apply(List<Decision> decisions, ClusterState restored) {
    for (Decision decision : decisions) {
      Entity known = fold.entities.get(decision.key());
      assertThat(decision.before()).as("the state before %s", decision).isEqualTo(known);
      reasons.add(decision.reason());
      history.add(decision);
      fold.add(decision);
      state.apply(decision);
      restored.apply(decision);
      EngineInvariants.foldOfTheDecisionsEqualsTheState(fold, Snapshot.of(state));
    }
    assertThat(Snapshot.of(restored)).as("the restored state").isEqualTo(Snapshot.of(state));
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
    assertThat(decide(state, offset, now))
        .as("%s again", event)
        .isInstanceOfSatisfying(
            Outcome.Rejected.class, again -> assertThat(again.code()).isEqualTo(expected));
  }

  /** A tunnel on a draining server leaves it when it goes down. */
  private boolean hasLeft(TunnelDown down) {
    var tunnel = state.assignment(down.tunnel());
    return tunnel != null && !Objects.equals(tunnel.server(), down.server());
  }

  private Outcome decide(ClusterState on, long at, Instant time) {
    NetworkEvent event = Objects.requireNonNull(events.get(at));
    return Decider.decide(on, event, new Cause.ByEvent(0, at, event.eventId()), time);
  }

  private static String describe(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Rejected rejected -> rejected.toString();
      case Outcome.Decided(List<Decision> decisions) ->
          decisions.stream().map(Scenario::line).toList().toString();
    };
  }
}
