package org.pointsman.nms.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.nms.cli.Entities.server;
import static org.pointsman.nms.cli.Entities.tunnel;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pointsman.model.Assignment;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.Entity;
import org.pointsman.model.TunnelState;
import org.pointsman.nms.outcome.Outcome;

class DecisionReportTest {
  private static final Assignment ANNOUNCED = tunnel("sunset", TunnelState.ANNOUNCED, "rs-1");
  private static final Assignment UP = tunnel("sunset", TunnelState.UP, "rs-1");
  private static final Assignment PENDING = tunnel("sunset", TunnelState.ANNOUNCED, null);

  private static Decision decision(
      DecisionReason reason, @Nullable Entity before, @Nullable Entity after) {
    Outcome outcome = new FakeDeployment.Place(0, 0).decision(reason, before, after);
    return ((Outcome.Decided) outcome).decision();
  }

  static Stream<Arguments> lines() {
    return Stream.of(
        Arguments.of(
            decision(DecisionReason.ASSIGNED, null, ANNOUNCED), "sunset → rs-1 (ASSIGNED)"),
        Arguments.of(
            decision(DecisionReason.NO_CAPACITY, null, PENDING), "sunset → pending (NO_CAPACITY)"),
        Arguments.of(
            decision(DecisionReason.ASSIGNED, PENDING, ANNOUNCED),
            "sunset: pending → rs-1 (ASSIGNED)"),
        Arguments.of(
            decision(DecisionReason.UPDATED, PENDING, PENDING),
            "sunset: ANNOUNCED, pending (UPDATED)"),
        Arguments.of(
            decision(DecisionReason.TUNNEL_UP, ANNOUNCED, UP), "sunset: UP on rs-1 (TUNNEL_UP)"),
        Arguments.of(
            decision(DecisionReason.WITHDRAWN, UP, null), "sunset: released from rs-1 (WITHDRAWN)"),
        Arguments.of(
            decision(DecisionReason.REGISTERED, null, server("rs-1", true, false)),
            "rs-1: ACTIVE, 10.0.0.11, weight 2 (REGISTERED)"),
        Arguments.of(
            decision(DecisionReason.REMOVED, server("rs-1", true, false), null),
            "rs-1: removed (REMOVED)"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("lines")
  void aDecisionIsALine(Decision decision, String line) {
    assertThat(DecisionText.line(decision)).isEqualTo(line);
  }

  @Test
  void fewAreListedManyAreSummedUp() {
    assertThat(printed(DecisionReport.MOST_LINES).lines()).hasSize(20);
    assertThat(printed(DecisionReport.MOST_LINES + 1))
        .isEqualTo(
            "21 decisions:\n11 tunnels released (WITHDRAWN)\n10 tunnels → rs-1 (ASSIGNED)\n");
  }

  private static String printed(int decisions) {
    DecisionReport report = new DecisionReport();
    IntStream.range(0, decisions)
        .forEach(
            i ->
                report.add(
                    i % 2 == 0
                        ? decision(DecisionReason.WITHDRAWN, UP, null)
                        : decision(DecisionReason.ASSIGNED, null, ANNOUNCED)));
    StringWriter out = new StringWriter();
    report.print(new PrintWriter(out));
    return out.toString();
  }
}
