package org.pointsman.nms.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StrongswanCommandTest {
  private final FakeDeployment deployment = new FakeDeployment();

  private Run watch(String options) {
    return Run.of(new StrongswanCommand(deployment), "watch " + options);
  }

  @Test
  void anUnknownSocketIsSaid(@TempDir Path folder) {
    Run run = watch("--server rs-1 --vici unix://" + folder.resolve("none"));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualToIgnoringNewLines(
            "expected charon's VICI socket at %s but there is none; is charon running, and is this the socket of its plugins.vici.socket?"
                .formatted(folder.resolve("none")));
    assertThat(deployment.closed).isEqualTo(1);
  }

  @Test
  void aBadAddressIsAUsageError() {
    Run run = watch("--server rs-1 --vici /run/charon.vici");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("expected unix:///run/charon.vici or tcp://HOST:PORT but got");
  }

  @Test
  void badNumbersAreAllNamed() {
    Run run =
        watch("--server rs-1 --takeovers-per-second 5000 --takeover-delay 2h --absent-after 1ms");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("expected 0 to 1,000 takeovers a second but got 5,000")
        .contains("expected a takeover delay of 0 to 1 minute but got PT2H")
        .contains("expected 1 second to 1 day until absent but got PT0.001S");
  }

  @Test
  void theServerMustBeNamed() {
    assertThat(watch("--vici unix:///nowhere").err()).contains("--server");
  }
}
