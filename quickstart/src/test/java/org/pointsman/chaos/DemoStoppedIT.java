package org.pointsman.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.quickstart.PointsmanCommand;

/** The demo as a user runs it, who ends it with Ctrl-C before it is done and starts it again. */
final class DemoStoppedIT {
  @TempDir private Path home;

  @Test
  void aDemoStoppedInTheMiddleOfTheImportEndsQuietlyAndTheNextOneEndsWell()
      throws IOException, InterruptedException {
    try (ChildJvm first = demo()) {
      first.awaitSaid("tunnels are announced");
      first.stop();
      assertThat(first.said()).doesNotContain("expected").doesNotContain("all is well");
    }
    try (ChildJvm second = demo()) {
      assertThat(second.awaitExit()).as(second.said()).isZero();
      assertThat(second.said()).contains("3,000 of 3,000 tunnels").contains("all is well");
    }
  }

  private ChildJvm demo() {
    List<String> arguments =
        List.of("demo", "--exit", "--tunnels", "3000", "--home", home.toString());
    return ChildJvm.start(
        new ChildJvm.Program("demo", PointsmanCommand.class, 1024, arguments, Map.of()));
  }
}
