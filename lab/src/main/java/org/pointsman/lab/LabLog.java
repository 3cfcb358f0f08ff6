package org.pointsman.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.pointsman.assigner.Assigner;
import org.pointsman.assigner.AssignerSettings;
import org.pointsman.cli.CliException;
import org.pointsman.cli.Connection;
import org.pointsman.quickstart.embedded.EmbeddedBroker;
import org.pointsman.quickstart.embedded.EmbeddedRegistry;
import org.pointsman.topics.TopicCreator;
import org.pointsman.topics.Topics;

/** The log and who decides: Kafka, the schema registry and the assigner, in this process. */
final class LabLog implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Deque<Runnable> endings = new ArrayDeque<>();
  private final Connection connection;

  private LabLog(Path home) throws Exception {
    try {
      EmbeddedBroker broker = EmbeddedBroker.start(home.resolve("kafka"), 0);
      endings.push(broker::close);
      EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
      endings.push(registry::close);
      connection =
          Connection.to(
              broker.bootstrapServers(), registry.url(), new Topics(Topics.DEFAULT_PREFIX));
      try (Admin admin = Admin.create(connection.kafkaProperties())) {
        new TopicCreator(admin, connection.topics())
            .create(Topics.DEFAULT_PARTITIONS, Optional.of((short) 1));
      }
      AssignerSettings settings = AssignerSettings.defaults(home.resolve("assigner"));
      Assigner assigner = Assigner.start(connection, settings.withStandbyReplicas(0));
      endings.push(assigner::close);
      if (!assigner.awaitRunning(PATIENCE)) {
        throw new CliException("expected the assigner to run but it does not; see above");
      }
    } catch (Exception failed) {
      close();
      throw failed;
    }
  }

  /**
   * Starts them; on failure nothing is left.
   *
   * @param home a folder for their state
   */
  static LabLog start(Path home) throws Exception {
    return new LabLog(home);
  }

  Connection connection() {
    return connection;
  }

  @Override
  public void close() {
    Uninterrupted.run(
        () -> {
          while (!endings.isEmpty()) {
            endings.pop().run();
          }
        });
  }
}
