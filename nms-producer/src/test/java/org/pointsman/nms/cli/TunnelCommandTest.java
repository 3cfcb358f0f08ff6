package org.pointsman.nms.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.nms.cli.Entities.tunnel;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelState;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;
import org.pointsman.nms.barrier.Failures;
import org.pointsman.nms.barrier.Steerable;
import org.pointsman.nms.outcome.Outcome;
import org.pointsman.registry.RegistryUnavailableException;

class TunnelCommandTest {
  private static final TunnelId SUNSET = new TunnelId("sunset");
  private static final ServerId RS1 = new ServerId("rs-1");
  private static final String ANNOUNCE = "announce sunset --outer 192.0.2.7 --inner 10.1.2.0/28";

  private final FakeDeployment deployment = new FakeDeployment();

  private Run run(String line) {
    return Run.of(new TunnelCommand(deployment), line);
  }

  static Stream<Arguments> events() {
    List<IpAddress> two = List.of(IpAddress.parse("192.0.2.7"), IpAddress.parse("2001:db8::7"));
    List<IpPrefix> subnets = List.of(IpPrefix.parse("10.1.2.0/28"), IpPrefix.parse("fd00::/64"));
    return Stream.of(
        Arguments.of(
            ANNOUNCE,
            new TunnelAnnounce(SUNSET, List.of(two.getFirst()), List.of(subnets.getFirst()), 0)),
        Arguments.of(
            "announce sunset -o 192.0.2.7,2001:db8::7 -i 10.1.2.0/28 -i fd00::/64 --expected-bps 5000",
            new TunnelAnnounce(SUNSET, two, subnets, 5000)),
        Arguments.of("up sunset --server rs-1", new TunnelUp(SUNSET, RS1)),
        Arguments.of(
            "up sunset -s rs-1 --observed-address 2001:db8::7 --observed-port 4500",
            new TunnelUp(SUNSET, RS1, two.getLast(), 4500)),
        Arguments.of("down sunset --server rs-1", new TunnelDown(SUNSET, RS1)),
        Arguments.of("withdraw sunset", new TunnelWithdraw(SUNSET)),
        Arguments.of("pin sunset --server rs-1", new TunnelPin(SUNSET, RS1)),
        Arguments.of("unpin sunset", new TunnelUnpin(SUNSET)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("events")
  void aCommandSendsItsEvent(String line, Event event) {
    Run run = run(line + " --no-wait --cluster north");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(deployment.producer.history())
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.key()).isEqualTo("north");
              assertThat(record.value().cluster().value()).isEqualTo("north");
              assertThat(record.value().payload()).isEqualTo(event);
            });
  }

  @Test
  void withoutWaitingItSaysWhereTheEventStands() {
    Run run = run("withdraw sunset --no-wait");

    assertThat(run.out())
        .matches("acknowledged: pointsman\\.events-\\d+@0\\R")
        .contains("-" + deployment.producer.history().getFirst().partition() + "@");
    assertThat(deployment.closed).isZero();
  }

  @Test
  void theDecisionIsPrinted() {
    deployment.assigner =
        (event, place) ->
            List.of(
                place.decision(
                    DecisionReason.ASSIGNED,
                    null,
                    tunnel("sunset", TunnelState.ANNOUNCED, "rs-2")));

    Run run = run("unpin sunset");

    assertThat(run).isEqualTo(new Run(0, "sunset → rs-2 (ASSIGNED)\n", ""));
    assertThat(deployment.closed).isEqualTo(1);
  }

  @Test
  void anAnnounceWaitsUntilEveryLiveDirectorHasIt() {
    deployment.barrier =
        CompletableFuture.completedFuture(
            new Steerable(
                new ServerId("rs-2"), DecisionReason.ASSIGNED, 17, 2, Duration.ofMillis(1200)));

    assertThat(run(ANNOUNCE))
        .isEqualTo(
            new Run(
                0,
                "sunset → rs-2 (ASSIGNED), steerable: 2 of 2 live directors after 1,200 ms\n",
                ""));
    assertThat(deployment.announced)
        .containsExactly(
            new TunnelAnnounce(
                SUNSET,
                List.of(IpAddress.parse("192.0.2.7")),
                List.of(IpPrefix.parse("10.1.2.0/28")),
                0));
  }

  @ParameterizedTest
  @MethodSource("announcesThatFail")
  void anAnnounceThatIsNotSteerableFails(RuntimeException failure, int exitCode, String told) {
    deployment.barrier = CompletableFuture.failedFuture(failure);

    assertThat(run(ANNOUNCE)).isEqualTo(new Run(exitCode, "", told));
  }

  static Stream<Arguments> announcesThatFail() {
    return Stream.of(
        Arguments.of(
            Failures.rejected(RejectionCode.SUBNET_CONFLICT, "expected free subnets but no"),
            1,
            "rejected: SUBNET_CONFLICT: expected free subnets but no\n"),
        Arguments.of(Failures.released("it was released"), 1, "it was released\n"),
        Arguments.of(Failures.late("inner@b is behind"), 2, "inner@b is behind\n"));
  }

  @Test
  void allDecisionsOnTheEventArePrintedAndNoOthers() {
    deployment.assigner =
        (event, place) -> {
          FakeDeployment.Place before =
              new FakeDeployment.Place(place.partition(), place.offset() + 1);
          FakeDeployment.Place elsewhere =
              new FakeDeployment.Place(place.partition() + 1, place.offset());
          return List.of(
              moved(before, "other"),
              moved(place, "sunset"),
              moved(elsewhere, "else"),
              moved(place, "sunrise"),
              moved(before, "another"));
        };

    Run run = run("pin sunset --server rs-2");

    assertThat(run.out())
        .isEqualTo("sunset: rs-1 → rs-2 (PINNED)\nsunrise: rs-1 → rs-2 (PINNED)\n");
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void manyDecisionsAreSummedUp() {
    deployment.assigner =
        (event, place) -> IntStream.range(0, 21).mapToObj(i -> moved(place, "t" + i)).toList();

    assertThat(run("pin t0 --server rs-2").out())
        .isEqualTo("21 decisions:\n21 tunnels → rs-2 (PINNED)\n");
  }

  private static Outcome moved(FakeDeployment.Place place, String tunnel) {
    return place.decision(
        DecisionReason.PINNED,
        tunnel(tunnel, TunnelState.UP, "rs-1"),
        tunnel(tunnel, TunnelState.UP, "rs-2"));
  }

  @Test
  void aRejectionIsPrintedAndFails() {
    deployment.assigner =
        (event, place) ->
            List.of(
                place.rejection(
                    event,
                    RejectionCode.SUBNET_CONFLICT,
                    "expected free subnets but 10.1.2.0/28 is sunrise's; withdraw that first"));

    assertThat(run("pin sunset --server rs-1"))
        .isEqualTo(
            new Run(
                1,
                "",
                "rejected: SUBNET_CONFLICT: expected free subnets but 10.1.2.0/28 is sunrise's;"
                    + " withdraw that first\n"));
  }

  @Test
  void anEventThatIsNotDecidedInTimeFails() {
    Run run = run("withdraw sunset --timeout 1ms");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .matches(
            "the event is acknowledged \\(pointsman\\.events-\\d+@0\\) but was not decided within"
                + " 1ms; is the assigner running\\?\\R");
  }

  @Test
  void anOutcomeThatCannotBeReadIsNotMistakenForAnEventThatFailed() {
    deployment.unreadable = new RegistryUnavailableException("the registry is away", null);

    Run run = run("withdraw sunset");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("the event is acknowledged (pointsman.events-")
        .endsWith("but what became of it cannot be read: the registry is away\n");
  }

  @Test
  void anEventThatIsNotAcknowledgedFails() {
    deployment.producer.sendException = new TopicAuthorizationException("no");

    Run run = run("withdraw sunset");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "expected leave to write to topic pointsman.events at the broker but the broker refused:"
                + " no\n");
  }

  @Test
  void anEventThatPerhapsStandsInTheLogIsSaidToBe() {
    deployment.producer.sendException = new TimeoutException("late");

    assertThat(run("withdraw sunset --no-wait").err())
        .endsWith("(the log may have the event nevertheless; to send it again does no harm)\n");
  }

  @ParameterizedTest
  @CsvSource({"up,UP on rs-2 (TUNNEL_UP)", "down,UP on rs-2 (TUNNEL_UP)"})
  void withoutAServerTheAssignedOneReports(String verb, String printed) {
    deployment.entities.add(tunnel("sunset", TunnelState.ANNOUNCED, "rs-2"));
    deployment.assigner =
        (event, place) ->
            List.of(
                place.decision(
                    DecisionReason.TUNNEL_UP,
                    tunnel("sunset", TunnelState.ANNOUNCED, "rs-2"),
                    tunnel("sunset", TunnelState.UP, "rs-2")));

    Run run = run(verb + " sunset");

    assertThat(run)
        .isEqualTo(
            new Run(
                0,
                "sunset: " + printed + "\n",
                "sunset is assigned to rs-2: sent as that server's report\n"));
    assertThat(deployment.sent())
        .singleElement()
        .isIn(
            new TunnelUp(SUNSET, new ServerId("rs-2")),
            new TunnelDown(SUNSET, new ServerId("rs-2")));
  }

  @Test
  void aTunnelThatIsNotThereHasNoServerToReportIt() {
    Run run = run("up sunset");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "expected tunnel sunset in cluster default but it is not there; announce it first, or"
                + " check --cluster\n");
    assertThat(deployment.sent()).isEmpty();
  }

  @Test
  void aPendingTunnelHasNoServerToReportIt() {
    deployment.entities.add(tunnel("sunset", TunnelState.ANNOUNCED, null));

    Run run = run("down sunset");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("expected tunnel sunset to have a server but it is pending;");
    assertThat(deployment.sent()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "announce sunset --outer 192.0.2.7 | Missing required option: '--inner",
        "announce sunset --outer here --inner 10.1.2.0/28 | expected",
        "announce sunset --outer 192.0.2.7 --inner 10.1.2.1/28 | expected",
        "announce sunset -o 192.0.2.7 -i 10.1.2.0/28 --expected-bps -1 | expected 0 or more",
        "announce sun/set --outer 192.0.2.7 --inner 10.1.2.0/28 | expected a tunnel name",
        "pin sunset | Missing required option: '--server",
        "up sunset -s rs-1 --observed-port 0 | expected a UDP port of 1 to 65535",
        "withdraw sunset --cluster no/such | expected a cluster name",
        "withdraw sunset --timeout soon | expected a duration",
        "withdraw | Missing required parameter: 'TUNNEL'",
        "vanish sunset | Unmatched argument",
      })
  void aBadCommandLineSendsNothing(String line, String message) {
    Run run = run(line);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(message);
    assertThat(deployment.sent()).isEmpty();
  }

  @Test
  void badRecordsAreTold() {
    deployment.badRecords.add("pointsman.decisions-3@7: expected a whole Decision but it is cut");

    assertThat(run("withdraw sunset --timeout 1ms").err())
        .startsWith(
            "passed over: pointsman.decisions-3@7: expected a whole Decision but it is cut\n");
  }
}
