package org.pointsman.assigner.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.NetworkEvent;

/** What the engine makes of random events and random time, for the tests of other packages. */
public final class RandomLog {
  /**
   * An event and what became of it.
   *
   * @param offset its place
   * @param time the log's
   * @param rejected null if it was decided
   */
  public record Entry(
      long offset,
      Instant time,
      NetworkEvent event,
      Outcome.@org.jspecify.annotations.Nullable Rejected rejected) {}

  private final ClusterId cluster;
  private final int partition;
  private final SplittableRandom random;
  private final RandomEvents events;
  private final ClusterState state;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Decision> decisions = new ArrayList<>();
  private Instant now = Scenario.START;

  public RandomLog(ClusterId cluster, int partition, long seed) {
    this.cluster = cluster;
    this.partition = partition;
    random = new SplittableRandom(seed);
    events = new RandomEvents(random);
    state = new ClusterState(cluster);
  }

  /** Lets some time pass, and another event come. */
  public RandomLog step() {
    now = now.plusMillis(1 + random.nextLong(Duration.ofMinutes(2).toMillis()));
    apply(Decider.due(state, partition, now));
    long offset = entries.size();
    NetworkEvent event = new NetworkEvent("e" + offset, cluster, now, "random", events.next(state));
    Cause cause = new Cause.ByEvent(partition, offset, event.eventId());
    switch (Decider.decide(state, event, cause, now)) {
      case Outcome.Decided decided -> {
        entries.add(new Entry(offset, now, event, null));
        apply(decided.decisions());
      }
      case Outcome.Rejected rejected -> entries.add(new Entry(offset, now, event, rejected));
    }
    return this;
  }

  public RandomLog steps(int count) {
    for (int i = 0; i < count; i++) {
      step();
    }
    return this;
  }

  private void apply(List<Decision> made) {
    made.forEach(state::apply);
    decisions.addAll(made);
  }

  public List<Entry> entries() {
    return entries;
  }

  public List<Decision> decisions() {
    return decisions;
  }

  public ClusterState state() {
    return state;
  }
}
