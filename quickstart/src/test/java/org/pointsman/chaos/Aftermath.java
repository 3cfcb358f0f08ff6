package org.pointsman.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.pointsman.model.Cause;
import org.pointsman.model.Decision;
import org.pointsman.model.Rejection;
import org.pointsman.quickstart.ClusterLog;

/**
 * What must hold after every fault: each acknowledged event has exactly one decision or rejection,
 * {@code audit verify} finds nothing wrong, and {@code agree} holds for the assigner and both
 * directors.
 */
final class Aftermath {
  /** The third word of a line of {@code agree}. */
  private static final Pattern EPOCH = Pattern.compile("^\\S+\\s+\\S+\\s+(\\S+).*$");

  private final Deployment deployment;
  private final ClusterLog log;

  Aftermath(Deployment deployment) {
    this.deployment = deployment;
    this.log = new ClusterLog(deployment.connection(), Deployment.CLUSTER);
  }

  /**
   * Waits for the outcomes and holds everything against each other; prints what was lost.
   *
   * @param fault what befell it, for the printed line
   * @param figures more for the printed line
   */
  void assertNothingLost(String fault, Load load, String figures) {
    SortedMap<Long, String> acknowledged = load.acknowledged();
    awaitOutcomes(acknowledged);
    Map<Long, List<Object>> outcomes = log.outcomes();
    long lost = acknowledged.keySet().stream().filter(o -> !outcomes.containsKey(o)).count();
    long doubled =
        acknowledged.keySet().stream()
            .filter(o -> outcomes.getOrDefault(o, List.of()).size() > 1)
            .count();
    System.out.printf(
        "%s: lost %,d of %,d acknowledged events, %,d of %,d sent were not acknowledged, %,d decided twice; %s%n",
        fault,
        lost,
        acknowledged.size(),
        load.sent() - acknowledged.size(),
        load.sent(),
        doubled,
        figures);
    assertThat(lost).as("acknowledged events without an outcome").isZero();
    assertThat(doubled).as("acknowledged events with more than one outcome").isZero();
    acknowledged.forEach(
        (offset, id) ->
            assertThat(outcomes.getOrDefault(offset, List.of()))
                .extracting(Aftermath::eventId)
                .containsExactly(id));
    assertThat(outcomes.values())
        .as("also what nobody was told of")
        .allSatisfy(each -> assertThat(each).hasSize(1));
    deployment.assertAllAlive();
    assertAudited();
    assertAgreed();
  }

  /** Waits until every acknowledged event has one. */
  void awaitOutcomes(Load load) {
    awaitOutcomes(load.acknowledged());
  }

  private void awaitOutcomes(SortedMap<Long, String> acknowledged) {
    Awaitility.await("an outcome of each of %d events".formatted(acknowledged.size()))
        .atMost(ChildJvm.PATIENCE.multipliedBy(3))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(300))
        .until(() -> log.outcomes().keySet().containsAll(acknowledged.keySet()));
  }

  private static String eventId(Object outcome) {
    return switch (outcome) {
      case Decision decision when decision.cause() instanceof Cause.ByEvent event ->
          event.eventId();
      case Rejection rejection when rejection.event() != null -> rejection.event().eventId();
      default -> throw new AssertionError("expected the outcome of an event but got " + outcome);
    };
  }

  private void assertAudited() {
    Said audit = deployment.run("audit", "verify");
    assertThat(audit.exitCode()).as(audit.text()).isZero();
    assertThat(audit.text()).contains("nothing is wrong").contains(" 0 undecided yet");
  }

  /** The assigner tells once a second or so, so it may take a moment until all are there. */
  void assertAgreed() {
    Awaitility.await("all agree")
        .atMost(ChildJvm.PATIENCE)
        .untilAsserted(
            () -> {
              Said agree = deployment.run("agree");
              assertThat(agree.exitCode()).as(agree.text()).isZero();
              List<String> held =
                  agree
                      .text()
                      .lines()
                      .filter(line -> line.startsWith(Deployment.CLUSTER.value() + " "))
                      .toList();
              assertThat(held).as("the assigner and both directors in %s", agree.text()).hasSize(3);
              assertThat(
                      held.stream().map(line -> EPOCH.matcher(line).replaceFirst("$1")).distinct())
                  .as("one epoch in %s", agree.text())
                  .hasSize(1);
            });
  }
}
