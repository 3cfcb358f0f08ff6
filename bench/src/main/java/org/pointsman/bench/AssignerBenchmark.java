package org.pointsman.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.pointsman.assigner.Assigner;
import org.pointsman.assigner.AssignerSettings;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.cli.Connection;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpFamily;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelWithdraw;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.quickstart.embedded.EmbeddedBroker;
import org.pointsman.quickstart.embedded.EmbeddedRegistry;
import org.pointsman.topics.TopicCreator;
import org.pointsman.topics.Topics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The assigner behind Kafka, exactly once, events a second: catching up, and sustained.
 *
 * <p>Broker, registry, producer, assigner and the reader that counts share this process and its
 * cores. All events are one cluster's: one partition, one task. An event counts when its decision
 * can be read as committed.
 *
 * <p>Catching up: all tunnels are announced while no assigner runs; then it starts, and the clock
 * runs from the first decision that can be read to the last. Sustained: tunnels are withdrawn and
 * announced anew, by a producer that is never more than so many events ahead.
 */
@Command(name = "assigner", mixinStandardHelpOptions = true)
public final class AssignerBenchmark implements Callable<Integer> {
  private static final ClusterId CLUSTER = new ClusterId("bench");
  private static final int SERVERS = 16;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Option(names = "--tunnels", defaultValue = "100000", description = "Default: ${DEFAULT-VALUE}.")
  private int tunnels;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "How long to sustain it. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--ahead",
      defaultValue = "5000",
      description = "How far the producer may be ahead, in events. Default: ${DEFAULT-VALUE}.")
  private int ahead;

  private long sent;

  private AssignerBenchmark() {}

  public static void main(String... arguments) {
    Cli.main(Cli.commandLine(new AssignerBenchmark()), arguments);
  }

  @Override
  public Integer call() throws Exception {
    Path home = Files.createTempDirectory("pointsman-bench");
    try (EmbeddedBroker broker = EmbeddedBroker.start(home.resolve("kafka"), 0);
        EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0)) {
      Topics topics = new Topics(Topics.DEFAULT_PREFIX);
      Connection connection = Connection.to(broker.bootstrapServers(), registry.url(), topics);
      try (Admin admin = Admin.create(connection.kafkaProperties())) {
        new TopicCreator(admin, topics).create(Topics.DEFAULT_PARTITIONS, Optional.of((short) 1));
      }
      try (NmsClient nms = NmsClient.connect(connection, NmsSettings.defaults());
          CommittedDecisions decisions = new CommittedDecisions(connection, CLUSTER)) {
        measure(connection, nms, decisions, home.resolve("assigner"));
      }
    } finally {
      delete(home);
    }
    return Cli.OK;
  }

  private void measure(
      Connection connection, NmsClient nms, CommittedDecisions decisions, Path state)
      throws InterruptedException {
    for (int i = 0; i < SERVERS; i++) {
      send(nms, server(i));
    }
    for (int i = 0; i < tunnels; i++) {
      send(nms, announce(i));
    }
    nms.flush();
    AssignerSettings settings = AssignerSettings.defaults(state).withStandbyReplicas(0);
    try (Assigner assigner = Assigner.start(connection, settings)) {
      if (!assigner.awaitRunning(PATIENCE)) {
        throw new CliException("expected the assigner to run within " + PATIENCE);
      }
      decisions.await(1, PATIENCE);
      print("catching up", decisions.read(), () -> decisions.await(sent, PATIENCE), decisions);
      print("sustained", decisions.read(), () -> sustain(nms, decisions), decisions);
      if (assigner.counts().rejections() > 0) {
        throw new CliException("expected no rejection but got " + assigner.counts());
      }
    }
  }

  private static void print(
      String what, long before, Runnable phase, CommittedDecisions decisions) {
    long start = System.nanoTime();
    phase.run();
    double took = (System.nanoTime() - start) / 1e9;
    long done = decisions.read() - before;
    System.out.printf(
        "%-12s %,9d events in %6.2f s: %,9.0f a second%n", what, done, took, done / took);
  }

  private void sustain(NmsClient nms, CommittedDecisions decisions) {
    long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    for (int i = 0; System.nanoTime() < end; i = (i + 1) % tunnels) {
      send(nms, new TunnelWithdraw(tunnel(i)));
      send(nms, announce(i));
      if (sent - decisions.read() > ahead) {
        decisions.await(sent - ahead, PATIENCE);
      }
    }
    decisions.await(sent, PATIENCE);
  }

  private void send(NmsClient nms, org.pointsman.model.Event event) {
    var _ = nms.send(CLUSTER, event); // what is lost shows: the decisions do not come
    sent++;
  }

  private static TunnelId tunnel(int number) {
    return new TunnelId("tunnel-" + number);
  }

  private static TunnelAnnounce announce(int number) {
    return new TunnelAnnounce(
        tunnel(number),
        List.of(IpAddress.v4(0xc0000000 + number)),
        List.of(
            new IpPrefix(new IpAddress(IpFamily.V4, 0, 0x0a000000L + ((long) number << 4)), 28)),
        1_000_000);
  }

  private static ServerRegister server(int number) {
    return new ServerRegister(
        new ServerId("rs-" + number), IpAddress.v4(0x0aff0000 + number), null, 1, null, null);
  }

  private static void delete(Path home) throws IOException {
    try (Stream<Path> all = Files.walk(home)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
