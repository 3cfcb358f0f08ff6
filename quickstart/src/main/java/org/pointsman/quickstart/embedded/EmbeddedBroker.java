package org.pointsman.quickstart.embedded;

import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's own server in this process: one node that is broker and KRaft controller, on loopback.
 *
 * <p>Everything is in the data directory, and stays there for the next start. The ports are not:
 * they may change from start to start, so ask {@link #bootstrapServers()}. That is safe, because
 * the controller's address is in the configuration alone: a static quorum of one writes the ids of
 * its voters into the log, and no addresses.
 *
 * <p>Nothing is deleted by age or size unless a topic asks for it, and no topic is created by being
 * named.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final int NODE_ID = 1;
  private static final int START_ATTEMPTS = 5;
  private static final String CONTROLLER = "CONTROLLER";
  private static final String BROKER = "PLAINTEXT";

  private final BrokerDirectory directory;
  private final KafkaRaftServer server;
  private final String clusterId;
  private final int port;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedBroker(
      BrokerDirectory directory, KafkaRaftServer server, String clusterId, int port) {
    this.directory = directory;
    this.server = server;
    this.clusterId = clusterId;
    this.port = port;
  }

  /**
   * Returns when clients can connect. A first start takes one or two seconds.
   *
   * @param dataDirectory created where it is missing
   * @param preferredPort the port for clients if it is free, else any free one; 0 for any
   * @throws EmbeddedServerException if another broker runs on the directory, or the directory
   *     cannot be written, is damaged, or holds something else
   */
  public static EmbeddedBroker start(Path dataDirectory, int preferredPort) {
    BrokerDirectory directory = BrokerDirectory.open(dataDirectory);
    boolean started = false;
    try {
      String clusterId = directory.clusterId(NODE_ID).orElseGet(() -> format(directory.path()));
      EmbeddedBroker broker = start(directory, clusterId, preferredPort);
      started = true;
      return broker;
    } finally {
      if (!started) {
        directory.close();
      }
    }
  }

  /** What clients put into {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return LoopbackPorts.HOST + ":" + port;
  }

  /** The same at every start on one directory. */
  public String clusterId() {
    return clusterId;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      stop(server);
      directory.close();
    }
  }

  private static EmbeddedBroker start(
      BrokerDirectory directory, String clusterId, int preferredPort) {
    int port = LoopbackPorts.preferably(preferredPort);
    for (int attempt = 1; ; attempt++) {
      KafkaRaftServer server = null;
      try {
        server = new KafkaRaftServer(config(directory.path(), port), Time.SYSTEM);
        server.startup();
        return new EmbeddedBroker(directory, server, clusterId, port);
      } catch (Exception e) { // Scala throws checked exceptions without declaring them
        if (server != null) {
          stop(server);
        }
        if (!isPortTaken(e) || attempt == START_ATTEMPTS) {
          throw new EmbeddedServerException(
              "expected Kafka to start on %s, but it did not (%s); do see its errors above; if the data is damaged, removing the directory starts anew without its topics"
                  .formatted(directory.path(), e),
              e);
        }
        LOG.debug("a port was taken between the choice and the start; trying others", e);
        port = LoopbackPorts.any();
      }
    }
  }

  private static String format(Path path) {
    String clusterId = Uuid.randomUuid().toString();
    try {
      new Formatter()
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setClusterId(clusterId)
          .setNodeId(NODE_ID)
          .setDirectories(List.of(path.toString()))
          .setMetadataLogDirectory(path.toString())
          .setControllerListenerName(CONTROLLER)
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
          .run();
    } catch (Exception e) {
      throw new EmbeddedServerException(
          "expected to format %s for a broker, but could not (%s); do choose another directory"
              .formatted(path, e),
          e);
    }
    return clusterId;
  }

  private static KafkaConfig config(Path path, int port) {
    int controllerPort = LoopbackPorts.any();
    String host = LoopbackPorts.HOST;
    Properties p = new Properties();
    p.put("process.roles", "broker,controller");
    p.put("node.id", String.valueOf(NODE_ID));
    p.put("controller.quorum.voters", NODE_ID + "@" + host + ":" + controllerPort);
    p.put(
        "listeners",
        BROKER
            + "://"
            + host
            + ":"
            + port
            + ","
            + CONTROLLER
            + "://"
            + host
            + ":"
            + controllerPort);
    p.put("advertised.listeners", BROKER + "://" + host + ":" + port);
    p.put("listener.security.protocol.map", BROKER + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
    p.put("controller.listener.names", CONTROLLER);
    p.put("inter.broker.listener.name", BROKER);
    p.put("log.dirs", path.toString());

    // One node: every replica there is, is here. A group's partition is the hash of its name modulo
    // offsets.topic.num.partitions, so that number must never change for a directory in use.
    p.put("default.replication.factor", "1");
    p.put("min.insync.replicas", "1");
    p.put("offsets.topic.replication.factor", "1");
    p.put("offsets.topic.num.partitions", "4");
    p.put("transaction.state.log.replication.factor", "1");
    p.put("transaction.state.log.min.isr", "1");
    p.put("transaction.state.log.num.partitions", "4");
    p.put("share.coordinator.state.topic.replication.factor", "1");
    p.put("share.coordinator.state.topic.min.isr", "1");
    p.put("share.coordinator.state.topic.num.partitions", "1");

    // A transaction that follows another at once waits for the other's end, and asks after so long.
    p.put("add.partitions.to.txn.retry.backoff.ms", "1");
    p.put("group.initial.rebalance.delay.ms", "0");
    p.put("group.min.session.timeout.ms", "1000"); // lets assigners take over sooner
    p.put("auto.create.topics.enable", "false");
    p.put("log.retention.ms", "-1");
    p.put("log.retention.bytes", "-1");
    // The default of 128 MB is for compacting large brokers, and is taken at the start.
    p.put("log.cleaner.dedupe.buffer.size", String.valueOf(4 << 20));
    return new KafkaConfig(p);
  }

  private static boolean isPortTaken(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof BindException
          || String.valueOf(t.getMessage()).contains("Address already in use")) {
        return true;
      }
      if (Arrays.stream(t.getSuppressed()).anyMatch(EmbeddedBroker::isPortTaken)) {
        return true;
      }
    }
    return false;
  }

  private static void stop(KafkaRaftServer server) {
    server.shutdown();
    server.awaitShutdown();
  }
}
