package org.pointsman.bench;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.audit.command.AuditCommand;
import org.pointsman.assigner.engine.ClusterState;
import org.pointsman.assigner.engine.Decider;
import org.pointsman.assigner.engine.Outcome;
import org.pointsman.cli.Cli;
import org.pointsman.cli.Connection;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.LogRecord;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;
import org.pointsman.model.TunnelUp;
import org.pointsman.quickstart.embedded.EmbeddedBroker;
import org.pointsman.quickstart.embedded.EmbeddedRegistry;
import org.pointsman.topics.TopicCreator;
import org.pointsman.topics.Topics;
import picocli.CommandLine;

/**
 * Audit: decisions verified a second by {@code audit verify}, of a record that the engine made of
 * 100,000 tunnels. The broker runs in the same process and on the same cores. Takes the number of
 * decisions (1,000,000), then options of {@code verify}.
 */
public final class AuditBenchmark {
  private static final ClusterId CLUSTER = new ClusterId("bench");
  private static final int TUNNELS = 100_000;
  private static final int SERVERS = 10;
  private static final int BATCH = 2_000;

  private final Topics topics;
  private final int partition;
  private final KafkaProducer<String, LogRecord> nms;
  private final KafkaProducer<String, LogRecord> assigner;
  private final ClusterState state = new ClusterState(CLUSTER);
  private long made;

  private AuditBenchmark(Connection connection) {
    topics = connection.topics();
    partition = Topics.partitionOf(CLUSTER, Topics.DEFAULT_PARTITIONS);
    nms = producer(connection, null);
    assigner = producer(connection, "bench");
    assigner.initTransactions();
  }

  private static KafkaProducer<String, LogRecord> producer(
      Connection connection, @Nullable String transactionalId) {
    Map<String, Object> properties = new HashMap<>(connection.kafkaProperties());
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    if (transactionalId != null) {
      properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    }
    return new KafkaProducer<>(properties, new StringSerializer(), connection.serializer());
  }

  /** Starts a broker, fills the topics, verifies them. */
  public static void main(String[] arguments) throws Exception {
    long decisions = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1_000_000;
    Path folder = Files.createTempDirectory("audit-benchmark");
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0);
        EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0)) {
      Connection connection =
          Connection.to(
              broker.bootstrapServers(), registry.url(), new Topics(Topics.DEFAULT_PREFIX));
      try (Admin admin = Admin.create(connection.kafkaProperties())) {
        TopicCreator.Result _ =
            new TopicCreator(admin, connection.topics())
                .create(Topics.DEFAULT_PARTITIONS, Optional.of((short) 1));
      }
      long began = System.nanoTime();
      new AuditBenchmark(connection).fill(decisions);
      System.out.printf("filled in %.1f s%n", (System.nanoTime() - began) / 1e9);
      List<String> command = new ArrayList<>(List.of("verify"));
      command.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
      command.addAll(List.of("--schema-registry", registry.url()));
      command.addAll(List.of(arguments).subList(Math.min(1, arguments.length), arguments.length));
      int exitCode =
          Cli.configure(new CommandLine(new AuditCommand()))
              .setOut(new PrintWriter(System.out, true, System.out.charset()))
              .execute(command.toArray(String[]::new));
      System.out.println("exit code " + exitCode);
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private void fill(long decisions) throws Exception {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < SERVERS; i++) {
      events.add(
          new ServerRegister(
              new ServerId("rs-" + i), IpAddress.v4(0x0a000001 + i), /* mac= */ null));
    }
    for (int i = 0; i < TUNNELS && made < decisions; i++) {
      events.add(
          new TunnelAnnounce(
              tunnel(i),
              List.of(IpAddress.v4(0x64400000 + i)),
              List.of(IpPrefix.containing(IpAddress.v4(0x0b000000 + (i << 4)), 28)),
              1_000_000));
      if (events.size() >= BATCH) {
        decide(events);
      }
    }
    decide(events);
    for (int i = 0; made < decisions; i = (i + 1) % TUNNELS) {
      Assignment known = state.assignment(tunnel(i));
      if (known != null && known.server() != null) {
        events.add(
            known.state() == TunnelState.UP
                ? new TunnelDown(tunnel(i), known.server())
                : new TunnelUp(tunnel(i), known.server()));
      }
      if (events.size() >= BATCH) {
        decide(events);
      }
    }
    nms.close();
    assigner.close();
  }

  private static TunnelId tunnel(int number) {
    return new TunnelId("tunnel-%06d".formatted(number));
  }

  /** As the assigner does, in a transaction. */
  private void decide(List<Event> events) throws Exception {
    List<NetworkEvent> sent = new ArrayList<>();
    List<Future<RecordMetadata>> places = new ArrayList<>();
    for (Event event : events) {
      NetworkEvent envelope =
          new NetworkEvent("e" + made + "-" + sent.size(), CLUSTER, Instant.now(), "bench", event);
      sent.add(envelope);
      places.add(
          nms.send(new ProducerRecord<>(topics.events(), partition, CLUSTER.value(), envelope)));
    }
    assigner.beginTransaction();
    for (int i = 0; i < sent.size(); i++) {
      RecordMetadata place = places.get(i).get();
      Cause cause = new Cause.ByEvent(partition, place.offset(), sent.get(i).eventId());
      Instant time = Instant.ofEpochMilli(place.timestamp());
      if (Decider.decide(state, sent.get(i), cause, time)
          instanceof Outcome.Decided(List<Decision> decisions)) {
        decisions.forEach(this::write);
      }
    }
    assigner.commitTransaction();
    events.clear();
  }

  @SuppressWarnings("NullAway") // a null value is a tombstone
  private void write(Decision decision) {
    state.apply(decision);
    made++;
    String key = decision.key().toString();
    long time = decision.time().toEpochMilli();
    Future<RecordMetadata> _ =
        assigner.send(new ProducerRecord<>(topics.decisions(), partition, time, key, decision));
    Future<RecordMetadata> _ =
        assigner.send(
            new ProducerRecord<>(topics.assignments(), partition, time, key, decision.after()));
  }
}
