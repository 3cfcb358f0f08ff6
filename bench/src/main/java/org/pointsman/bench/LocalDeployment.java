package org.pointsman.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.pointsman.assigner.Assigner;
import org.pointsman.assigner.AssignerSettings;
import org.pointsman.cli.Connection;
import org.pointsman.director.Director;
import org.pointsman.director.DirectorSettings;
import org.pointsman.director.feed.FeedListener;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.Side;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.quickstart.embedded.EmbeddedBroker;
import org.pointsman.quickstart.embedded.EmbeddedRegistry;
import org.pointsman.topics.TopicCreator;
import org.pointsman.topics.TopicSchemas;
import org.pointsman.topics.Topics;

/**
 * Kafka and a schema registry in this process and in a folder of its own, with an assigner and
 * directors to be started and stopped at will. All on loopback, with one cluster.
 */
final class LocalDeployment implements AutoCloseable {
  static final ClusterId CLUSTER = new ClusterId("default");
  static final Duration PATIENCE = Duration.ofMinutes(15);

  private static final int SERVERS = 3;
  private static final int PAUSE_MILLIS = 2;

  private final Path folder;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Connection connection;
  private final Admin admin;
  private final NmsClient nms;
  private final TopicPartition assignments;
  private int assigners;

  LocalDeployment() throws IOException {
    folder = Files.createTempDirectory("pointsman-bench");
    EmbeddedBroker broker = part(EmbeddedBroker.start(folder.resolve("kafka"), 0));
    EmbeddedRegistry registry = part(EmbeddedRegistry.start(broker.bootstrapServers(), 0));
    Topics topics = new Topics(Topics.DEFAULT_PREFIX);
    connection = Connection.to(broker.bootstrapServers(), registry.url(), topics);
    admin = part(Admin.create(connection.kafkaProperties()));
    TopicCreator.Result _ = new TopicCreator(admin, topics).create(1, Optional.of((short) 1));
    try (var schemas = connection.registry()) {
      Map<String, Integer> _ = TopicSchemas.register(schemas, topics);
    }
    nms = part(NmsClient.connect(connection, NmsSettings.defaults()));
    assignments = new TopicPartition(topics.assignments(), 0);
  }

  Connection connection() {
    return connection;
  }

  NmsClient nms() {
    return nms;
  }

  /** Registers three real servers. */
  void registerServers() {
    for (int i = 1; i <= SERVERS; i++) {
      nms.registerServer(
              CLUSTER,
              new ServerRegister(
                  new ServerId("rs-" + i), IpAddress.parse("10.255.0." + i), /* mac= */ null))
          .join();
    }
  }

  /**
   * Starts an assigner and waits until it works.
   *
   * @param anew with no files of an earlier one
   */
  Assigner startAssigner(Duration commitInterval, boolean anew) throws InterruptedException {
    assigners += anew ? 1 : 0;
    AssignerSettings settings =
        new AssignerSettings(
            AssignerSettings.DEFAULT_APPLICATION_ID,
            folder.resolve("assigner-" + assigners),
            /* threads= */ 1,
            /* standbyReplicas= */ 0,
            /* replicationFactor= */ 1,
            commitInterval);
    Assigner assigner = part(Assigner.start(connection, settings));
    if (!assigner.awaitRunning(PATIENCE)) {
      throw new IllegalStateException("expected the assigner to run but it does not");
    }
    return assigner;
  }

  /** Starts a director with the memory data plane and waits until its table stands. */
  Director startDirector(Side side, int maxTunnels) throws InterruptedException {
    DirectorSettings settings =
        DirectorSettings.builder(side)
            .name("bench-" + side)
            .cluster(CLUSTER)
            .localAddresses(List.of())
            .maxTunnels(maxTunnels)
            .build();
    Director director = part(Director.start(connection, settings, FeedListener.NONE));
    if (!director.awaitReady(PATIENCE)) {
      throw new IllegalStateException("expected the director to be ready but it is not");
    }
    return director;
  }

  /** Closes a part before the others. */
  void stop(AutoCloseable part) throws Exception {
    parts.remove(part);
    part.close();
  }

  /** Waits until the assigner has dealt with so many events. */
  static void await(Assigner assigner, long events) throws InterruptedException {
    while (assigner.counts().events() < events) {
      pause();
    }
  }

  /** Waits until the directors stand where the log stands now. */
  void awaitApplied(Director... directors) throws InterruptedException {
    long end = end();
    for (Director director : directors) {
      while (director.feed().nextOffset() < end) {
        pause();
      }
    }
  }

  private static void pause() throws InterruptedException {
    Thread.sleep(PAUSE_MILLIS);
  }

  private long end() throws InterruptedException {
    try {
      return admin
          .listOffsets(
              Map.of(assignments, OffsetSpec.latest()),
              new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
          .partitionResult(assignments)
          .get()
          .offset();
    } catch (ExecutionException failed) {
      throw new IllegalStateException("expected the end of " + assignments, failed.getCause());
    }
  }

  private <P extends AutoCloseable> P part(P started) {
    parts.push(started);
    return started;
  }

  /** Ends all parts and removes the folder. */
  @Override
  public void close() throws IOException {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception failure) {
        throw new IllegalStateException("expected " + part + " to end but it did not", failure);
      }
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
