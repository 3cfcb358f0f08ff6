package org.pointsman.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.AssignerMain;
import org.pointsman.cli.Connection;
import org.pointsman.director.DirectorMain;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Side;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.nms.inventory.InventoryGenerator;
import org.pointsman.nms.inventory.InventoryLine;
import org.pointsman.topics.TopicCreator;
import org.pointsman.topics.Topics;

/**
 * Topics of their own on the servers, and an assigner and two directors of one cluster, each in a
 * process of its own.
 */
final class Deployment implements AutoCloseable {
  static final ClusterId CLUSTER = new ClusterId("chaos");

  private final Connection connection;
  private final String prefix;
  private final Path directory;
  private final Map<String, String> environment;
  private final Map<Side, ChildJvm> directors = new EnumMap<>(Side.class);
  private final Iterator<TunnelAnnounce> tunnels =
      new InventoryGenerator(CLUSTER, 1)
          .generate(InventoryGenerator.MAX_TUNNELS)
          .map(InventoryLine::announce)
          .iterator();
  private @Nullable ChildJvm assigner;

  /**
   * Makes the topics, and starts nothing yet.
   *
   * @param prefix of the topics
   * @param directory for the state of all
   * @param environment of the processes, besides the test's own
   */
  Deployment(Servers servers, String prefix, Path directory, Map<String, String> environment) {
    this.connection =
        Connection.to(servers.bootstrapServers(), servers.registryUrl(), new Topics(prefix));
    this.prefix = prefix;
    this.directory = directory;
    this.environment = environment;
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      new TopicCreator(admin, connection.topics()).create(1, Optional.of((short) 1));
    }
  }

  Connection connection() {
    return connection;
  }

  /** Each once, for all loads. */
  Iterator<TunnelAnnounce> tunnels() {
    return tunnels;
  }

  /** Holds all that assigner and directors keep. */
  Path directory() {
    return directory;
  }

  /** Where a director keeps its snapshots. */
  Path snapshots(Side side) {
    return directory.resolve("snapshots-" + name(side));
  }

  /** Starts all, and returns when all work. */
  void startAll() {
    startAssigner();
    for (Side side : Side.values()) {
      startDirector(side);
    }
    awaitAssigner();
    for (Side side : Side.values()) {
      awaitReady(side);
    }
  }

  ChildJvm startAssigner() {
    ChildJvm started =
        start(
            "assigner",
            AssignerMain.class,
            List.of(
                "--application-id",
                prefix + "assigner",
                "--state-dir",
                directory.resolve("state").toString(),
                "--replication-factor",
                "1",
                "--standby-replicas",
                "0"));
    assigner = started;
    return started;
  }

  void awaitAssigner() {
    var _ = assigner().awaitSaid(": running");
  }

  ChildJvm startDirector(Side side) {
    ChildJvm started = startDirector(side, name(side), CLUSTER, snapshots(side));
    directors.put(side, started);
    return started;
  }

  /** One more, that the caller closes. */
  ChildJvm startDirector(Side side, String name, ClusterId cluster, Path snapshots) {
    return start(
        "director-" + name,
        DirectorMain.class,
        List.of(
            "--side",
            name(side),
            "--name",
            name,
            "--cluster",
            cluster.value(),
            "--local-address",
            "127.0.0.1",
            "--snapshot-dir",
            snapshots.toString(),
            "--max-tunnels",
            Integer.toString(1 << 18)));
  }

  void awaitReady(Side side) {
    var _ = director(side).awaitSaid(" is ready: ");
  }

  private ChildJvm start(String name, Class<?> main, List<String> more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--bootstrap-servers", connection.bootstrapServers()));
    arguments.addAll(List.of("--schema-registry", connection.schemaRegistryUrl()));
    arguments.addAll(List.of("--topic-prefix", prefix));
    arguments.addAll(more);
    return ChildJvm.start(new ChildJvm.Program(name, main, 256, arguments, environment));
  }

  ChildJvm assigner() {
    return Objects.requireNonNull(assigner);
  }

  ChildJvm director(Side side) {
    return Objects.requireNonNull(directors.get(side));
  }

  private static String name(Side side) {
    return side.name().toLowerCase(Locale.ROOT);
  }

  /** Runs a command against this deployment, and returns what it said and its exit code. */
  Said run(String... command) {
    return Said.of(connection, prefix, List.of(command));
  }

  /** Nobody has ended by itself. */
  void assertAllAlive() {
    assertThat(assigner().isAlive()).as("the assigner runs").isTrue();
    directors.forEach(
        (side, director) -> assertThat(director.isAlive()).as("%s runs", side).isTrue());
  }

  @Override
  public void close() {
    directors.values().forEach(ChildJvm::close);
    if (assigner != null) {
      assigner.close();
    }
  }
}
