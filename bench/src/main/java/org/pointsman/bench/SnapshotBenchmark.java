package org.pointsman.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.pointsman.cli.Connection;
import org.pointsman.director.Director;
import org.pointsman.director.DirectorSettings;
import org.pointsman.director.feed.FeedListener;
import org.pointsman.model.Assignment;
import org.pointsman.model.Entity;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;
import org.pointsman.topics.Topics;

/**
 * From the start of a director's process to the first packet it can steer: from Kafka, and from the
 * snapshot while Kafka is away.
 *
 * <p>Each start is a Java process of its own, as cold as a director's is. Arguments: how many
 * tunnels (1,000,000), and how often (3) each is measured.
 */
public final class SnapshotBenchmark {
  private static final int TUNNELS = 1_000_000;
  private static final int ROUNDS = 3;
  private static final int SERVERS = 16;
  private static final String CHILD = "start";
  private static final String NOWHERE = "127.0.0.1:1";
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

  private SnapshotBenchmark() {}

  public static void main(String... arguments) throws Exception {
    if (arguments.length > 0 && arguments[0].equals(CHILD)) {
      start(arguments);
      return;
    }
    int tunnels = arguments.length > 0 ? Integer.parseInt(arguments[0]) : TUNNELS;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : ROUNDS;
    Path folder = Files.createTempDirectory("pointsman-snapshot");
    Path snapshot = folder.resolve(LocalDeployment.CLUSTER + ".snapshot");
    System.out.printf(
        Locale.ROOT,
        "%,d tunnels, outer side, load average %.1f; milliseconds from the start of the process, medians of %d%n",
        tunnels,
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        rounds);
    try (LocalDeployment deployment = new LocalDeployment()) {
      write(deployment.connection(), tunnels);
      List<Figures> cold = new ArrayList<>();
      for (int i = 0; i < rounds; i++) {
        Files.deleteIfExists(snapshot);
        cold.add(measure(deployment.connection().bootstrapServers(), deployment, folder, tunnels));
      }
      print("from Kafka", cold);
      System.out.printf(
          Locale.ROOT,
          "snapshot: %,d bytes, written in %,d ms while it steers%n",
          Files.size(snapshot),
          median(cold.stream().mapToLong(Figures::written)));
      List<Figures> warm = new ArrayList<>();
      for (int i = 0; i < rounds; i++) {
        warm.add(measure(NOWHERE, deployment, folder, tunnels));
      }
      print("from the snapshot", warm);
    }
    Files.delete(snapshot);
    Files.delete(folder);
  }

  /**
   * What a process has told, in milliseconds.
   *
   * @param steers when it steered
   * @param processor how much processor time it had taken by then
   * @param written how long the snapshot took to be written after that
   */
  private record Figures(long steers, long processor, long written) {}

  private static void print(String what, List<Figures> figures) {
    System.out.printf(
        Locale.ROOT,
        "%-18s steers after %,7d (%,d of processor time)%n",
        what,
        median(figures.stream().mapToLong(Figures::steers)),
        median(figures.stream().mapToLong(Figures::processor)));
  }

  private static long median(LongStream values) {
    long[] sorted = values.sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static void write(Connection connection, int tunnels) {
    Map<String, Object> properties = new HashMap<>(connection.kafkaProperties());
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    try (KafkaProducer<String, Entity> producer =
        new KafkaProducer<>(properties, new StringSerializer(), connection.<Entity>serializer())) {
      for (int i = 1; i <= SERVERS; i++) {
        send(producer, connection, server(i));
      }
      for (int i = 0; i < tunnels; i++) {
        send(producer, connection, tunnel(i));
      }
    }
  }

  private static void send(
      KafkaProducer<String, Entity> producer, Connection connection, Entity entity) {
    var _ =
        producer.send(
            new ProducerRecord<>(
                connection.topics().assignments(), 0, entity.key().toString(), entity));
  }

  private static RealServer server(int number) {
    return new RealServer(
        LocalDeployment.CLUSTER,
        new ServerId("rs-" + number),
        IpAddress.v4((10 << 24) + number),
        new MacAddress(0x0200_5e00_0000L + number),
        1,
        null,
        null,
        true,
        false,
        null,
        number);
  }

  private static Assignment tunnel(int number) {
    return new Assignment(
        LocalDeployment.CLUSTER,
        new TunnelId("tunnel-" + number),
        TunnelState.UP,
        new ServerId("rs-" + (1 + number % SERVERS)),
        List.of(address(number)),
        List.of(new IpPrefix(IpAddress.v4((10 << 24) + (number << 4)), 28)),
        10_000_000,
        false,
        TIME,
        null,
        number + 1,
        number + 1 + SERVERS);
  }

  /** Far apart, as peers' addresses are. */
  private static IpAddress address(int number) {
    return IpAddress.v4(0x4000_0000 + number * 1_009);
  }

  private static Figures measure(
      String bootstrapServers, LocalDeployment deployment, Path folder, int tunnels)
      throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseCompactObjectHeaders", // this and the next as the pointsman script has them
            "-XX:+UseParallelGC",
            "-Xms4g",
            "-Xmx4g",
            "-cp",
            System.getProperty("java.class.path"),
            SnapshotBenchmark.class.getName(),
            CHILD,
            bootstrapServers,
            deployment.connection().schemaRegistryUrl(),
            folder.toString(),
            Integer.toString(tunnels));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader out = process.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith(CHILD)) {
          long[] said =
              Arrays.stream(line.split(" ", -1)).skip(1).mapToLong(Long::parseLong).toArray();
          return new Figures(said[0], said[1], said[2]);
        }
      }
      throw new IllegalStateException("the director ended with " + process.waitFor());
    } finally {
      process.destroyForcibly();
      boolean _ = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /** A director's process: says when it steers, and when its snapshot is written. */
  private static void start(String... arguments) {
    boolean isCold = !arguments[1].equals(NOWHERE);
    int tunnels = Integer.parseInt(arguments[4]);
    DirectorSettings settings =
        DirectorSettings.builder(Side.OUTER)
            .name("bench")
            .cluster(LocalDeployment.CLUSTER)
            .localAddresses(List.of())
            .maxTunnels(1 << 20)
            .snapshotDirectory(Path.of(arguments[3]))
            .build();
    Connection connection =
        Connection.to(arguments[1], arguments[2], new Topics(Topics.DEFAULT_PREFIX));
    Director director = Director.start(connection, settings, FeedListener.NONE);
    await(() -> director.serverOf(address(tunnels - 1)).isPresent());
    long steers = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    long processor =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
            / 1_000_000;
    long since = System.nanoTime();
    if (isCold) {
      await(() -> director.status().snapshotAt() != null);
    }
    long written = (System.nanoTime() - since) / 1_000_000;
    System.out.printf("%s %d %d %d%n", CHILD, steers, processor, written);
    System.out.flush();
    await(() -> false); // until it is killed
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(1_000_000);
    }
  }
}
