package org.pointsman.nms.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.nms.cli.Entities.server;
import static org.pointsman.nms.cli.Entities.tunnel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerActivate;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerDrain;
import org.pointsman.model.ServerFlush;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.ServerRemove;
import org.pointsman.model.ServerUp;
import org.pointsman.model.TunnelState;
import org.pointsman.nms.outcome.Outcome;

class ServerCommandTest {
  private static final ServerId RS1 = new ServerId("rs-1");
  private static final IpAddress ADDRESS = IpAddress.parse("10.0.0.11");
  private static final MacAddress MAC = MacAddress.parse("02:00:5e:00:00:11");

  private final FakeDeployment deployment = new FakeDeployment();

  private Run run(String line) {
    return Run.of(new ServerCommand(deployment), line);
  }

  static Stream<Arguments> events() {
    return Stream.of(
        Arguments.of(
            "register rs-1 --address 10.0.0.11 --mac 02:00:5e:00:00:11",
            new ServerRegister(RS1, ADDRESS, MAC)),
        Arguments.of(
            "register rs-1 -a 10.0.0.11 -w 5 --max-tunnels 1000 --max-bps 10000000000",
            new ServerRegister(RS1, ADDRESS, null, 5, 1000, 10_000_000_000L)),
        Arguments.of("up rs-1", new ServerUp(RS1)),
        Arguments.of("down rs-1", new ServerDown(RS1)),
        Arguments.of("drain rs-1", new ServerDrain(RS1, null)),
        Arguments.of("drain rs-1 --deadline 2h", new ServerDrain(RS1, Duration.ofHours(2))),
        Arguments.of("flush rs-1", new ServerFlush(RS1)),
        Arguments.of("activate rs-1", new ServerActivate(RS1)),
        Arguments.of("remove rs-1", new ServerRemove(RS1, false)),
        Arguments.of("remove rs-1 --flush", new ServerRemove(RS1, true)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("events")
  void aCommandSendsItsEvent(String line, Event event) {
    Run run = run(line + " --no-wait");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(deployment.sent()).containsExactly(event);
  }

  @Test
  void aServerThatGoesDownTellsWhereItsTunnelsWent() {
    deployment.assigner =
        (event, place) -> {
          List<Outcome> outcomes = new ArrayList<>();
          outcomes.add(
              place.decision(
                  DecisionReason.MARKED_DOWN,
                  server("rs-1", true, false),
                  server("rs-1", false, false)));
          IntStream.range(0, 1500)
              .forEach(i -> outcomes.add(moved(place, "t" + i, i < 1000 ? "rs-2" : "rs-3")));
          outcomes.add(moved(place, "last", null));
          return outcomes;
        };

    assertThat(run("down rs-1"))
        .isEqualTo(
            new Run(
                0,
                """
                1,502 decisions:
                rs-1: DOWN, 10.0.0.11, weight 2 (MARKED_DOWN)
                1,000 tunnels → rs-2 (SERVER_DOWN)
                500 tunnels → rs-3 (SERVER_DOWN)
                1 tunnel → pending (SERVER_DOWN)
                """,
                ""));
  }

  private static Outcome moved(FakeDeployment.Place place, String tunnel, @Nullable String to) {
    return place.decision(
        DecisionReason.SERVER_DOWN,
        tunnel(tunnel, TunnelState.UP, "rs-1"),
        tunnel(tunnel, TunnelState.UP, to));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "register rs-1",
        "register rs-1 --address 10.0.0.11 --mac 01:00:5e:00:00:11",
        "register rs-1 --address 10.0.0.11 --weight 0",
        "register rs-1 --address 10.0.0.11 --max-tunnels 0",
        "drain rs-1 --deadline yesterday",
        "remove",
      })
  void aBadCommandLineSendsNothing(String line) {
    Run run = run(line);

    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(deployment.sent()).isEmpty();
  }
}
