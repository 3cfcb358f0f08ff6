package org.pointsman.nms.follow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.pointsman.cli.Connection;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.model.AssignerStatus;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.Entity;
import org.pointsman.model.LogRecord;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Rejection;
import org.pointsman.topics.Topics;

/**
 * Reads what happens in a cluster from now on: events, decisions and rejections, in the order
 * within each kind. The copy of the assignments that {@link #snapshot} fills in is read after that
 * "now", so nothing falls between.
 *
 * <p>For one thread at a time.
 */
public final class ClusterFollower implements ClusterNews {
  private static final Duration ASK = Duration.ofSeconds(30);

  private final Connection connection;
  private final ClusterId cluster;
  private final Consumer<? super RecordFormatException> bad;
  private final RecordDeserializer values;
  private final KafkaConsumer<String, byte[]> consumer;

  private ClusterFollower(
      Connection connection,
      ClusterId cluster,
      Consumer<? super RecordFormatException> bad,
      RecordDeserializer values,
      KafkaConsumer<String, byte[]> consumer) {
    this.connection = connection;
    this.cluster = cluster;
    this.bad = bad;
    this.values = values;
    this.consumer = consumer;
  }

  /**
   * From now on.
   *
   * @param bad hears of records that cannot be read; they are passed over
   * @throws KafkaException if the brokers do not answer or lack the topics
   */
  public static ClusterFollower open(
      Connection connection, ClusterId cluster, Consumer<? super RecordFormatException> bad) {
    Map<String, Object> properties = new HashMap<>(connection.kafkaProperties());
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    RecordDeserializer values = connection.deserializer();
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    try {
      Topics topics = connection.topics();
      List<TopicPartition> partitions = new ArrayList<>();
      for (String topic : List.of(topics.events(), topics.decisions(), topics.rejections())) {
        int count = consumer.partitionsFor(topic, ASK).size();
        if (count == 0) {
          throw new KafkaException(
              "expected topic %s but the broker has none; make it with 'pointsman topics create'"
                  .formatted(topic));
        }
        partitions.add(new TopicPartition(topic, Topics.partitionOf(cluster, count)));
      }
      consumer.assign(partitions);
      consumer.endOffsets(partitions, ASK).forEach(consumer::seek);
      return new ClusterFollower(connection, cluster, bad, values, consumer);
    } catch (KafkaException failure) {
      consumer.close();
      values.close();
      throw failure;
    }
  }

  @Override
  public FollowedCluster snapshot() {
    Map<String, Entity> entities = new HashMap<>();
    connection
        .reader(values)
        .read(
            connection.topics().assignments(),
            cluster,
            record -> {
              if (record.key() != null && record.value() instanceof Entity entity) {
                entities.put(record.key(), entity);
              } else if (record.key() != null) {
                entities.remove(record.key());
              }
            },
            bad);
    FollowedCluster followed = new FollowedCluster(cluster);
    entities.values().forEach(followed::load);
    return followed;
  }

  @Override
  public List<LogRecord> poll(Duration patience) {
    List<LogRecord> read = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> bytes : consumer.poll(patience)) {
      try {
        LogRecord value = values.deserialize(bytes.topic(), bytes.value());
        if (value != null && isOurs(value)) {
          read.add(value);
        }
      } catch (RecordFormatException damaged) {
        bad.accept(damaged.at(bytes.topic(), bytes.partition(), bytes.offset()));
      }
    }
    return read;
  }

  private boolean isOurs(LogRecord value) {
    return cluster.equals(value.cluster())
        && switch (value) {
          case NetworkEvent _, Decision _, Rejection _ -> true;
          case Entity _, DirectorStatus _, AssignerStatus _ -> false;
        };
  }

  @Override
  public void close() {
    consumer.close();
    values.close();
  }
}
