package org.pointsman.quickstart.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Other processes that have a broker's directory, to be killed at will. */
final class BrokerProcess {
  private final Process process;
  private final String bootstrapServers;

  private BrokerProcess(Process process, String bootstrapServers) {
    this.process = process;
    this.bootstrapServers = bootstrapServers;
  }

  /** Returns when the broker runs. */
  static BrokerProcess start(Path directory) throws IOException {
    Process process = java("broker", directory);
    return new BrokerProcess(process, firstLine(process));
  }

  /** A process that holds a lock on {@code file} and nothing else. */
  static Process lockFile(Path file) throws IOException {
    Process process = java("lock", file);
    firstLine(process);
    return process;
  }

  long pid() {
    return process.pid();
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  private static Process java(String what, Path path) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(BrokerProcess.class.getName(), what, path.toString()));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static String firstLine(Process process) throws IOException {
    BufferedReader output = process.inputReader(UTF_8);
    String line = output.readLine();
    if (line == null) {
      throw new IOException("the child process ended without a word");
    }
    return line;
  }

  /** Ends when its standard input does, so that it never outlives the test's JVM. */
  public static void main(String[] arguments) throws IOException {
    Path path = Path.of(arguments[1]);
    switch (arguments[0]) {
      case "broker" -> {
        EmbeddedBroker broker = EmbeddedBroker.start(path, 0);
        System.out.println(broker.bootstrapServers());
        System.in.transferTo(System.out);
        broker.close();
      }
      case "lock" -> {
        try (FileChannel channel =
            FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
          System.out.println(channel.lock().isValid());
          System.in.transferTo(System.out);
        }
      }
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }
}
