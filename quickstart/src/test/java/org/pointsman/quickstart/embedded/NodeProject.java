package org.pointsman.quickstart.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A project of {@code src/test/npm}, installed under {@code target}. */
public final class NodeProject {
  private final Path home;

  private NodeProject(Path home) {
    this.home = home;
  }

  /** Skips the test where there is no npm. */
  public static NodeProject install(String name) throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        isOnPath("npm") && isOnPath("node"),
        "expected npm and node on the PATH, but they are missing; do install Debian's packages nodejs and npm to run this test");
    Path source = Path.of("src", "test", "npm", name);
    Path home = Path.of("target", "npm", name).toAbsolutePath();
    Files.createDirectories(home);
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, home.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    NodeProject project = new NodeProject(home);
    // No package here needs its install script, and none gets to run one.
    project.run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    return project;
  }

  /** Runs a command of an installed package; an exit code but 0 is an error that quotes it. */
  public void runInstalled(String command, String... arguments)
      throws IOException, InterruptedException {
    run(home.resolve("node_modules").resolve(".bin").resolve(command).toString(), arguments);
  }

  /** A running program that answers each line of JSON with one. */
  static final class Program implements AutoCloseable {
    private final Process process;
    private final BufferedWriter input;
    private final BufferedReader output;

    private Program(Process process) {
      this.process = process;
      this.input = process.outputWriter(UTF_8);
      this.output = process.inputReader(UTF_8);
    }

    JsonNode ask(JsonNode command) throws IOException {
      input.write(command.toString());
      input.newLine();
      input.flush();
      String line = output.readLine();
      if (line == null) {
        throw new IOException("the program ended at " + command);
      }
      JsonNode answer = RegistryCalls.JSON.readTree(line);
      if (answer.has("error")) {
        throw new IOException(answer.get("error").asText());
      }
      return answer;
    }

    @Override
    public void close() throws IOException {
      input.close();
      try {
        if (process.waitFor(60, TimeUnit.SECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      process.destroyForcibly();
    }
  }

  Program start(String script, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("node", script));
    command.addAll(List.of(arguments));
    return new Program(
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  private void run(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(arguments));
    Path log = home.resolve(Path.of(program).getFileName() + ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    if (process.waitFor() != 0) {
      throw new IOException(
          "expected %s to succeed, but:%n%s"
              .formatted(String.join(" ", command), Files.readString(log)));
    }
  }

  public static boolean isOnPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
