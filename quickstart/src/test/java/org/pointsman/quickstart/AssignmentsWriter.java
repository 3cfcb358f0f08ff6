package org.pointsman.quickstart;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Connection;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Entity;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;

/** Writes assignments in the assigner's stead: in transactions, as it does. */
final class AssignmentsWriter implements AutoCloseable {
  private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

  private final KafkaProducer<String, Entity> producer;
  private final ClusterId cluster;
  private final String topic;
  private final int partition;
  private long epoch;

  AssignmentsWriter(Connection connection, ClusterId cluster, int partition) {
    Map<String, Object> properties = new HashMap<>(connection.kafkaProperties());
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "writer-" + cluster);
    properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 600_000);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    this.producer =
        new KafkaProducer<>(properties, new StringSerializer(), connection.<Entity>serializer());
    this.cluster = cluster;
    this.topic = connection.topics().assignments();
    this.partition = partition;
    producer.initTransactions();
  }

  void begin() {
    producer.beginTransaction();
  }

  void commit() {
    producer.commitTransaction();
  }

  void abort() {
    producer.abortTransaction();
  }

  /** Sends what was written, so that it stands in the log, whatever becomes of the transaction. */
  void flush() {
    producer.flush();
  }

  void server(String name) {
    epoch++;
    write(
        new RealServer(
            cluster,
            new ServerId(name),
            IpAddress.parse("10.0.0.11"),
            MacAddress.parse("02:00:5e:00:00:11"),
            1,
            null,
            null,
            true,
            false,
            null,
            epoch));
  }

  /** The tunnel of that number is on this server. */
  void tunnel(int number, String server) {
    epoch++;
    write(
        new Assignment(
            cluster,
            tunnel(number),
            TunnelState.UP,
            new ServerId(server),
            List.of(address(number)),
            List.of(IpPrefix.host(IpAddress.v4((10 << 24) + number))),
            0,
            false,
            TIME,
            null,
            number + 1,
            epoch));
  }

  /** The tunnel of that number is gone. */
  void release(int number) {
    epoch++;
    send(cluster + "/tunnel/" + tunnel(number), null);
  }

  private void write(Entity entity) {
    send(entity.key().toString(), entity);
  }

  @SuppressWarnings("NullAway") // null is a tombstone
  private void send(String key, @Nullable Entity value) {
    var _ = producer.send(new ProducerRecord<>(topic, partition, key, value));
  }

  private static TunnelId tunnel(int number) {
    return new TunnelId("t" + number);
  }

  /** The outer address of the tunnel of that number. */
  static IpAddress address(int number) {
    return IpAddress.v4((100 << 24) + number);
  }

  @Override
  public void close() {
    producer.close();
  }
}
