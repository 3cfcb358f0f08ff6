package org.pointsman.quickstart;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.cli.Connection;
import org.pointsman.director.Director;
import org.pointsman.director.DirectorSettings;
import org.pointsman.director.feed.FeedListener;
import org.pointsman.model.ClusterId;
import org.pointsman.model.DirectorStatus.TableStatus;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;
import org.pointsman.quickstart.embedded.EmbeddedServers;
import org.pointsman.topics.TopicCreator;
import org.pointsman.topics.Topics;

/**
 * A director is killed; the next steers by what it kept before Kafka answers, and then catches up.
 *
 * <p>{@code -Dsnapshot.tunnels=300000} measures with more tunnels.
 */
@ExtendWith(EmbeddedServers.Extension.class)
class DirectorSnapshotIT {
  private static final ClusterId CLUSTER = new ClusterId("kept");
  private static final String PREFIX = "snapshot.";
  private static final int TUNNELS = Integer.getInteger("snapshot.tunnels", 20_000);
  private static final int RELEASED = TUNNELS / 100;
  private static final int MOVED = TUNNELS - 2;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final ServerId FIRST = new ServerId("rs-1");
  private static final ServerId SECOND = new ServerId("rs-2");

  private final Connection connection;
  private final AssignmentsWriter writer;

  @TempDir private Path directory;

  DirectorSnapshotIT(EmbeddedServers servers) {
    connection =
        Connection.to(servers.bootstrapServers(), servers.registryUrl(), new Topics(PREFIX));
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      new TopicCreator(admin, connection.topics()).create(1, Optional.of((short) 1));
    }
    writer = new AssignmentsWriter(connection, CLUSTER, 0);
  }

  @BeforeEach
  void writeTunnels() {
    writer.begin();
    writer.server(FIRST.value());
    writer.server(SECOND.value());
    for (int i = 0; i < TUNNELS; i++) {
      writer.tunnel(i, FIRST.value());
    }
    writer.commit();
  }

  @AfterEach
  void closeWriter() {
    writer.close();
  }

  private Director start(Connection to, Path snapshots) {
    DirectorSettings settings =
        DirectorSettings.builder(Side.OUTER)
            .name("outer")
            .cluster(CLUSTER)
            .localAddresses(List.of())
            .maxTunnels(1 << 20)
            .snapshotDirectory(snapshots)
            .build();
    return Director.start(to, settings, FeedListener.NONE);
  }

  /** How long it took until packets of the last tunnel were steered. */
  private static Duration untilItSteers(Director director, long since) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> director.serverOf(AssignmentsWriter.address(TUNNELS - 1)).isPresent());
    return Duration.ofNanos(System.nanoTime() - since);
  }

  private static Duration untilItIsCurrent(Director director, long since)
      throws InterruptedException {
    assertThat(director.awaitReady(PATIENCE)).isTrue();
    return Duration.ofNanos(System.nanoTime() - since);
  }

  @Test
  void theNextSteersBeforeKafkaAnswersAndThenCatchesUp() throws Exception {
    Path snapshots = directory.resolve("snapshots");
    killOneThatHasKept(snapshots);

    Connection nowhere =
        Connection.to("127.0.0.1:1", connection.schemaRegistryUrl(), connection.topics());
    long started = System.nanoTime();
    Duration withoutKafka;
    try (Director director = start(nowhere, snapshots)) {
      withoutKafka = untilItSteers(director, started);
      assertThat(director.serverOf(AssignmentsWriter.address(0))).contains(FIRST);
      assertThat(director.serverOf(AssignmentsWriter.address(MOVED)))
          .as("what came after the last snapshot")
          .contains(SECOND);
      assertThat(director.feed().ready()).isFalse();
    }

    changeWhileAway();
    started = System.nanoTime();
    TableStatus caughtUp;
    Duration steersWith;
    Duration currentWith;
    try (Director director = start(connection, snapshots)) {
      steersWith = untilItSteers(director, started);
      currentWith = untilItIsCurrent(director, started);
      assertThat(director.feed().records()).as("only what came after").isEqualTo(2L * RELEASED);
      assertChanged(director);
      caughtUp = director.status().clusters().getFirst();
    }
    started = System.nanoTime();
    Duration without;
    try (Director director = start(connection, directory.resolve("none yet"))) {
      without = untilItIsCurrent(director, started);
      assertThat(director.feed().records()).isGreaterThan(TUNNELS);
      assertThat(director.status().clusters().getFirst()).isEqualTo(caughtUp);
    }
    System.out.printf(
        "%,d tunnels, ms from the start: without Kafka steers by its snapshot %d; with Kafka steers by its snapshot %d, current %d; without a snapshot steers, and current, %d%n",
        TUNNELS,
        withoutKafka.toMillis(),
        steersWith.toMillis(),
        currentWith.toMillis(),
        without.toMillis());
  }

  private void killOneThatHasKept(Path snapshots) throws IOException, InterruptedException {
    Path log = Path.of("target", "director-snapshot.log");
    List<String> arguments =
        List.of(
            "--side",
            "outer",
            "--name",
            "outer", // the journal is of one name
            "--cluster",
            CLUSTER.value(),
            "--snapshot-dir",
            snapshots.toString(),
            "--max-tunnels",
            Integer.toString(1 << 20));
    try (DirectorProcess director = DirectorProcess.start(connection, PREFIX, log, arguments)) {
      Path snapshot = snapshots.resolve(CLUSTER + ".snapshot");
      Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(snapshot));
      moveAfterTheSnapshot(snapshots);
      director.kill();
    }
  }

  /** Ends when the director has taken the move, half a minute before it would write a snapshot. */
  private void moveAfterTheSnapshot(Path snapshots) {
    writer.begin();
    writer.tunnel(MOVED, SECOND.value());
    writer.commit();
    String key = CLUSTER + "/tunnel/t" + MOVED;
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              try (Stream<Path> files = Files.list(snapshots)) {
                for (Path file : files.toList()) {
                  if (file.toString().endsWith(".journal")
                      && Files.readString(file, ISO_8859_1).contains(key)) {
                    return true;
                  }
                }
                return false;
              }
            });
  }

  private void changeWhileAway() {
    writer.begin();
    for (int i = 0; i < RELEASED; i++) {
      writer.release(i);
      writer.tunnel(RELEASED + i, SECOND.value());
    }
    writer.commit();
  }

  private static void assertChanged(Director director) {
    for (int i = 0; i < RELEASED; i++) {
      assertThat(director.serverOf(AssignmentsWriter.address(i))).isEmpty();
      assertThat(director.serverOf(AssignmentsWriter.address(RELEASED + i))).contains(SECOND);
    }
    assertThat(director.serverOf(AssignmentsWriter.address(2 * RELEASED))).contains(FIRST);
  }
}
