package org.pointsman.nms.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.Policy;

class ClusterCommandTest {
  private static final IpAddress VIP = IpAddress.parse("192.0.2.1");
  private static final IpAddress VIP6 = IpAddress.parse("2001:db8::1");

  private final FakeDeployment deployment = new FakeDeployment();

  private Run run(String line) {
    return Run.of(new ClusterCommand(deployment, null), line);
  }

  static Stream<Arguments> events() {
    return Stream.of(
        Arguments.of(
            "configure --policy least_tunnels",
            new ClusterConfigure(Policy.LEAST_TUNNELS, null, null, null, null)),
        Arguments.of(
            "configure --vip 192.0.2.1 --vip 2001:db8::1",
            new ClusterConfigure(null, List.of(VIP, VIP6), null, null, null)),
        Arguments.of(
            "configure --no-vips", new ClusterConfigure(null, List.of(), null, null, null)),
        Arguments.of(
            "configure --linger 5m --announce-timeout 10m --drain-deadline 0s",
            new ClusterConfigure(
                null, null, Duration.ofMinutes(5), Duration.ofMinutes(10), Duration.ZERO)),
        Arguments.of("rebalance", new ClusterRebalance(100, false)),
        Arguments.of("rebalance --max-moves 7 --include-up", new ClusterRebalance(7, true)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("events")
  void aCommandSendsItsEvent(String line, Event event) {
    Run run = run(line + " --no-wait");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(deployment.sent()).containsExactly(event);
  }

  @Test
  void theNewSettingsArePrinted() {
    deployment.assigner =
        (event, place) ->
            List.of(
                place.decision(
                    DecisionReason.CONFIGURED,
                    null,
                    new ClusterConfig(
                        Entities.DEFAULT,
                        Policy.LEAST_TUNNELS,
                        List.of(VIP, VIP6),
                        Duration.ofSeconds(90),
                        Duration.ofMinutes(10),
                        Duration.ofHours(1),
                        1)));

    assertThat(run("configure --policy LEAST_TUNNELS").out())
        .isEqualTo(
            "cluster default: LEAST_TUNNELS, virtual addresses 192.0.2.1, 2001:db8::1, linger 90s,"
                + " announce timeout 10m, drain deadline 1h (CONFIGURED)\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "configure | expected a setting to change but got none",
        "configure --cluster north | expected a setting to change but got none",
        "configure --vip 192.0.2.1 --no-vips | expected --vip or --no-vips but got both",
        "configure --policy fairest | expected one of [ROUND_ROBIN,",
        "rebalance --max-moves 0 | expected a number of moves of 1 or more",
      })
  void aBadCommandLineSendsNothing(String line, String message) {
    Run run = run(line);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(message);
    assertThat(deployment.sent()).isEmpty();
  }
}
