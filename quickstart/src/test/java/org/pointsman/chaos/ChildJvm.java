package org.pointsman.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A part of Pointsman in a process of its own, to be killed, paused and listened to. */
final class ChildJvm implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Path LOGS = Path.of("target", "chaos");
  private static final AtomicInteger STARTED = new AtomicInteger();
  private static final int TAIL_CHARACTERS = 6_000;

  private final String name;
  private final Process process;
  private final Path log;

  private ChildJvm(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * What to start.
   *
   * @param name for the log's file
   * @param heapMegabytes the most
   * @param environment besides the test's own
   */
  record Program(
      String name,
      Class<?> main,
      int heapMegabytes,
      List<String> arguments,
      Map<String, String> environment) {}

  static ChildJvm start(Program program) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-Xmx" + program.heapMegabytes() + "m");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(ChildMain.class.getName(), program.main().getName()));
    command.addAll(program.arguments());
    try {
      Files.createDirectories(LOGS);
      Path log = LOGS.resolve("%03d-%s.log".formatted(STARTED.incrementAndGet(), program.name()));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
      builder.environment().putAll(program.environment());
      return new ChildJvm(program.name(), builder.start(), log);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** All that it has said so far. */
  String said() {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Waits until it says something like this, and returns the match. */
  Matcher awaitSaid(String regex) {
    Pattern pattern = Pattern.compile(regex);
    Awaitility.await(name + " says " + regex)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> pattern.matcher(said()).find() || !process.isAlive());
    Matcher matcher = pattern.matcher(said());
    assertThat(matcher.find()).as("%s says %s, but said: %s", name, regex, tail()).isTrue();
    return matcher;
  }

  private String tail() {
    String all = said();
    return all.substring(Math.max(0, all.length() - TAIL_CHARACTERS));
  }

  /** Waits until it has ended by itself. */
  int awaitExit() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("%s ends, but said: %s", name, tail())
        .isTrue();
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL: it gets to do nothing more. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM, and waits. Not by {@code destroy}, which closes its standard input as well. */
  void stop() throws IOException, InterruptedException {
    signal("TERM");
    int _ = awaitExit();
  }

  /** SIGSTOP: it is there and does nothing. */
  void pause() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** SIGCONT. */
  void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).inheritIO().start();
    assertThat(kill.waitFor()).as("kill -%s", signal).isZero();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
