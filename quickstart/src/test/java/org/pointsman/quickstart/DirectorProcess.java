package org.pointsman.quickstart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pointsman.cli.Connection;
import org.pointsman.director.DirectorMain;

/** A director in a process of its own, to be killed at will. */
final class DirectorProcess implements AutoCloseable {
  private final Process process;

  private DirectorProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts one with the memory data plane.
   *
   * @param arguments besides those of the connection
   * @param log what it says is added to this file
   */
  static DirectorProcess start(
      Connection connection, String prefix, Path log, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx768m"));
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(DirectorMain.class.getName());
    command.addAll(List.of("--bootstrap-servers", connection.bootstrapServers()));
    command.addAll(List.of("--schema-registry", connection.schemaRegistryUrl()));
    command.addAll(List.of("--topic-prefix", prefix));
    command.addAll(arguments);
    return new DirectorProcess(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start());
  }

  /** SIGKILL: it gets to do nothing more. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
