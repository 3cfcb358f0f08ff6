package org.pointsman.assigner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.pointsman.cli.Cli;
import org.pointsman.model.InvalidValueException;
import picocli.CommandLine;

class AssignerSettingsTest {
  @Test
  void allFaultsAreToldAtOnce() {
    assertThatThrownBy(
            () -> new AssignerSettings("a b", Path.of("x"), 0, 11, 0, Duration.ofMinutes(1)))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("an application id of 1 to 100 letters")
        .hasMessageContaining("expected threads of 1 to 64 but got 0")
        .hasMessageContaining("expected standby replicas of 0 to 10 but got 11")
        .hasMessageContaining("expected a replication factor of 1 to 99 but got 0")
        .hasMessageContaining("expected a commit interval of 1 ms to 10 s but got PT1M");
  }

  @Test
  void theCommandRefusesWhatCannotBe() {
    StringWriter err = new StringWriter();
    CommandLine line = Cli.commandLine(new AssignerCommand());
    line.setErr(new PrintWriter(err, true));
    assertThat(line.execute("--commit-interval", "soon")).isEqualTo(Cli.USAGE);
    assertThat(err.toString()).contains("expected a duration such as 90s");
    assertThat(line.execute("--threads", "100")).isEqualTo(Cli.USAGE);
    assertThat(err.toString()).contains("expected threads of 1 to 64 but got 100");
  }
}
