package org.pointsman.quickstart.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.pointsman.assigner.Assigner;
import org.pointsman.assigner.AssignerSettings;
import org.pointsman.cli.CliException;
import org.pointsman.cli.Connection;
import org.pointsman.director.Director;
import org.pointsman.director.DirectorSettings;
import org.pointsman.director.feed.FeedListener;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.quickstart.embedded.EmbeddedBroker;
import org.pointsman.quickstart.embedded.EmbeddedRegistry;
import org.pointsman.topics.TopicCreator;
import org.pointsman.topics.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All parts of Pointsman in this process, on loopback: Kafka, a schema registry, the assigner, an
 * outer and an inner director with the memory data plane, and a client of the NMS's.
 */
final class Deployment implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Deployment.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 5;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private volatile boolean ending;
  private final Connection connection;
  private final Admin admin;
  private final Assigner assigner;
  private final Director outer;
  private final Director inner;
  private final NmsClient nms;
  private final TopicPartition assignments;

  private Deployment(
      DemoSettings settings, Map<Side, ? extends FeedListener> listeners, DemoConsole console)
      throws Exception {
    try {
      Path home = settings.home();
      Files.createDirectories(home);
      EmbeddedBroker broker =
          part(
              console,
              "Kafka",
              () -> EmbeddedBroker.start(home.resolve("kafka"), settings.brokerPort()),
              EmbeddedBroker::bootstrapServers);
      EmbeddedRegistry registry =
          part(
              console,
              "schema registry",
              () -> EmbeddedRegistry.start(broker.bootstrapServers(), settings.registryPort()),
              EmbeddedRegistry::url);
      Topics topics = new Topics(Topics.DEFAULT_PREFIX);
      connection = Connection.to(broker.bootstrapServers(), registry.url(), topics);
      admin = part(Admin.create(connection.kafkaProperties()));
      TopicCreator creator = new TopicCreator(admin, topics);
      TopicCreator.Result made =
          console.timed(
              "topics",
              () -> creator.create(Topics.DEFAULT_PARTITIONS, Optional.of((short) 1)),
              result -> result.created().isEmpty() ? "kept" : result.created().size() + " made");
      made.differences().forEach(log::warn);
      assigner = part(console, "assigner", () -> startAssigner(home), _ -> "exactly once");
      outer =
          part(
              console,
              "outer director",
              () ->
                  startDirector(
                      Side.OUTER, DemoSettings.OUTER_DIRECTOR_MAC, listener(listeners, Side.OUTER)),
              Deployment::tableText);
      inner =
          part(
              console,
              "inner director",
              () ->
                  startDirector(
                      Side.INNER, DemoSettings.INNER_DIRECTOR_MAC, listener(listeners, Side.INNER)),
              Deployment::tableText);
      nms =
          part(NmsClient.connect(connection, NmsSettings.defaults().withSource("pointsman-demo")));
      int partition = Topics.partitionOf(DemoSettings.CLUSTER, Topics.DEFAULT_PARTITIONS);
      assignments = new TopicPartition(topics.assignments(), partition);
    } catch (Exception failure) {
      close();
      throw failure;
    }
  }

  /**
   * Starts all of it.
   *
   * @throws CliException if a part does not start
   */
  static Deployment start(
      DemoSettings settings, Map<Side, ? extends FeedListener> listeners, DemoConsole console)
      throws Exception {
    return new Deployment(settings, listeners, console);
  }

  private static FeedListener listener(Map<Side, ? extends FeedListener> listeners, Side side) {
    FeedListener listener = listeners.get(side);
    return listener != null ? listener : FeedListener.NONE;
  }

  private static String tableText(Director director) {
    return "%s data plane, %,d tunnels"
        .formatted(director.plane().name(), director.holdings().tunnels());
  }

  private Assigner startAssigner(Path home) throws InterruptedException {
    AssignerSettings settings =
        AssignerSettings.defaults(home.resolve("assigner")).withStandbyReplicas(0);
    Assigner started = Assigner.start(connection, settings);
    if (!started.awaitRunning(PATIENCE)) {
      started.close();
      throw new CliException(
          "expected the assigner to run within %d s but it does not; see the messages above"
              .formatted(PATIENCE.toSeconds()));
    }
    return started;
  }

  private Director startDirector(Side side, MacAddress mac, FeedListener listener)
      throws InterruptedException {
    DirectorSettings settings =
        DirectorSettings.builder(side)
            .name("demo-" + side.name().toLowerCase(java.util.Locale.ROOT))
            .cluster(DemoSettings.CLUSTER)
            .directorMac(mac)
            .localAddresses(List.of())
            .maxTunnels(1 << 20)
            .build();
    Director started = Director.start(connection, settings, listener);
    if (!started.awaitReady(PATIENCE)) {
      started.close();
      throw new CliException(
          "expected the %s to have its table within %d s but: %s"
              .formatted(
                  settings.name(),
                  PATIENCE.toSeconds(),
                  started.feed().problem().orElse("it has not")));
    }
    return started;
  }

  private <P extends AutoCloseable> P part(P started) {
    parts.push(started);
    return started;
  }

  private <P extends AutoCloseable> P part(
      DemoConsole console,
      String name,
      Callable<P> start,
      java.util.function.Function<? super P, String> tell)
      throws Exception {
    return part(console.timed(name, start, tell));
  }

  Connection connection() {
    return connection;
  }

  Director outer() {
    return outer;
  }

  Director inner() {
    return inner;
  }

  Assigner assigner() {
    return assigner;
  }

  NmsClient nms() {
    return nms;
  }

  /**
   * Waits until both directors stand where the log stands now.
   *
   * @throws CliException if they do not get there in time
   */
  void awaitDirectors() throws InterruptedException {
    long end = end();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (outer.feed().nextOffset() < end || inner.feed().nextOffset() < end) {
      if (System.nanoTime() - deadline > 0) {
        throw new CliException(
            "expected both directors at %s@%d within %d s but outer is at %d and inner at %d"
                .formatted(
                    assignments,
                    end,
                    PATIENCE.toSeconds(),
                    outer.feed().nextOffset(),
                    inner.feed().nextOffset()));
      }
      Thread.sleep(POLL_MILLIS);
    }
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
      throw new KafkaException("expected the end of " + assignments, failed.getCause());
    }
  }

  /** Whether it is being stopped, or is: then whatever still uses it fails, and that is no news. */
  boolean isEnding() {
    return ending;
  }

  /**
   * In the order opposite to that of the start; one that fails does not keep the others up. Who
   * calls it while another thread does waits for that one: a broker that stops before the assigner
   * has ended its transaction may leave one that nobody ends.
   */
  @Override
  public synchronized void close() {
    ending = true;
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception failure) {
        log.warn("while stopping {}", part.getClass().getSimpleName(), failure);
      }
    }
  }

  /** Removes everything that a demo left in its folder, and nothing else. */
  static void forget(Path home) throws IOException {
    for (String part : List.of("kafka", "assigner", "endpoints.properties")) {
      Path path = home.resolve(part);
      if (Files.exists(path)) {
        try (var all = Files.walk(path)) {
          for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
            Files.delete(each);
          }
        }
      }
    }
  }
}
