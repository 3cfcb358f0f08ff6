package org.pointsman.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.pointsman.assigner.AssignerMain;
import org.pointsman.cli.Connection;

/** An assigner in a process of its own, to be killed at will. */
final class AssignerProcess implements AutoCloseable {
  private final Process process;

  private AssignerProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts one.
   *
   * @param prefix of the topics
   * @param log what it says is added to this file
   */
  static AssignerProcess start(
      Connection connection, String prefix, Path state, int standbyReplicas, Path log)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx512m"));
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(AssignerMain.class.getName());
    command.addAll(List.of("--bootstrap-servers", connection.bootstrapServers()));
    command.addAll(List.of("--schema-registry", connection.schemaRegistryUrl()));
    command.addAll(List.of("--topic-prefix", prefix));
    command.addAll(List.of("--application-id", applicationId(prefix)));
    command.addAll(List.of("--state-dir", state.toString(), "--replication-factor", "1"));
    command.addAll(List.of("--standby-replicas", Integer.toString(standbyReplicas)));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("POINTSMAN_LOG", "DEBUG");
    return new AssignerProcess(builder.start());
  }

  static String applicationId(String prefix) {
    return prefix + "assigner";
  }

  /** SIGKILL: it gets to do nothing more. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** In order, so that what it might still write is there to be read. */
  void stop() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
