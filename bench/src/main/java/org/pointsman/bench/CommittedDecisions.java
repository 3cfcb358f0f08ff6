package org.pointsman.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.pointsman.cli.CliException;
import org.pointsman.cli.Connection;
import org.pointsman.model.ClusterId;
import org.pointsman.topics.Topics;

/** Counts the decisions of a cluster that can be read as committed, without decoding them. */
final class CommittedDecisions implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(5);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private long read;

  CommittedDecisions(Connection connection, ClusterId cluster) {
    Map<String, Object> properties = new HashMap<>(connection.kafkaProperties());
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10_000);
    consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    TopicPartition partition =
        new TopicPartition(
            connection.topics().decisions(),
            Topics.partitionOf(cluster, Topics.DEFAULT_PARTITIONS));
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
  }

  /** How many have been read so far. */
  long read() {
    return read;
  }

  /**
   * Reads until there were so many in all.
   *
   * @throws CliException if none comes within this time
   */
  void await(long many, Duration patience) {
    long last = System.nanoTime();
    while (read < many) {
      int more = consumer.poll(POLL).count();
      read += more;
      if (more > 0) {
        last = System.nanoTime();
      } else if (System.nanoTime() - last > patience.toNanos()) {
        throw new CliException(
            "expected %,d decisions but after %,d none came for %s"
                .formatted(many, read, patience));
      }
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
