package org.pointsman.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A lab that is told to end leaves no namespace, no process and no file, whatever it is about. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
final class LabInterruptIT {
  private static final String NAME = "in" + ProcessHandle.current().pid() % 100_000;

  @TempDir private Path home;

  @AfterEach
  void sweep() throws InterruptedException {
    LabNetwork.remove(NAME);
  }

  @ParameterizedTest
  @CsvSource({
    "demo, INT,  namespaces:",
    "up,   INT,  strongSwan:",
    "demo, TERM, iperf3 from behind",
    "up,   TERM, it stays up",
  })
  void nothingStays(String command, String signal, String when) throws Exception {
    Ground.requirePrograms();
    Process lab = start(command);
    List<ProcessHandle> children = new ArrayList<>();
    try (BufferedReader out = lab.inputReader()) {
      String line = "";
      while (line != null && !line.startsWith(when)) {
        line = out.readLine();
      }
      assertThat(line).as("what 'lab %s' says", command).isNotNull();
      lab.descendants().forEach(children::add);
      Commands.run("kill", "-s", signal, String.valueOf(lab.pid()));
      while (out.readLine() != null) {
        lab.descendants().forEach(children::add);
      }
      lab.waitFor();
    } finally {
      lab.destroyForcibly().waitFor();
    }
    assertThat(LabNetwork.existing(NAME)).isEmpty();
    assertThat(children).noneMatch(ProcessHandle::isAlive);
    try (Stream<Path> files = Files.list(home)) {
      assertThat(files).isEmpty();
    }
  }

  private Process start(String command) throws Exception {
    return new ProcessBuilder(
            "env",
            "--default-signal=INT", // a background job of a shell is deaf to it
            ProcessHandle.current().info().command().orElseThrow(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xmx1g",
            "-Dpointsman.home=" + home,
            "-cp",
            System.getProperty("java.class.path"),
            PointsmanMain.class.getName(),
            "lab",
            command,
            "--name",
            NAME,
            "--peers",
            "2")
        .redirectErrorStream(true)
        .start();
  }
}
