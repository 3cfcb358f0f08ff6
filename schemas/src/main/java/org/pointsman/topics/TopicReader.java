package org.pointsman.topics;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.model.ClusterId;
import org.pointsman.model.LogRecord;

/** Reads a topic as it stands now: from its beginning to the end that it had when asked. */
public final class TopicReader {
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration ASK = Duration.ofSeconds(30);

  private final Map<String, Object> consumerProperties;
  private final Deserializer<? extends LogRecord> values;

  /**
   * @param consumerProperties the connection
   * @param values reads a value, or throws a {@link RecordFormatException}
   */
  public TopicReader(
      Map<String, Object> consumerProperties, Deserializer<? extends LogRecord> values) {
    this.consumerProperties = new HashMap<>(consumerProperties);
    this.consumerProperties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    this.consumerProperties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    this.consumerProperties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    this.values = values;
  }

  /**
   * A record of the topic.
   *
   * @param value null for a tombstone
   * @param timestamp the log's, milliseconds since 1970
   */
  public record Read(
      int partition,
      long offset,
      long timestamp,
      @Nullable String key,
      @Nullable LogRecord value) {}

  /**
   * Reads one partition, or all.
   *
   * @param partition null for all
   * @param records hears each record, in order within its partition
   * @param bad hears a sentence about each that cannot be read
   * @throws KafkaException if the brokers do not answer or have no such topic
   */
  public void read(
      String topic,
      @Nullable Integer partition,
      Consumer<? super Read> records,
      Consumer<? super RecordFormatException> bad) {
    read(topic, (candidate, _) -> partition == null || candidate == partition, records, bad);
  }

  /**
   * Reads the partition that holds everything of {@code cluster}, and of the clusters that share
   * it.
   *
   * @param records hears each record, in order
   * @param bad hears a sentence about each that cannot be read
   * @throws KafkaException if the brokers do not answer or have no such topic
   */
  public void read(
      String topic,
      ClusterId cluster,
      Consumer<? super Read> records,
      Consumer<? super RecordFormatException> bad) {
    read(
        topic, (candidate, count) -> candidate == Topics.partitionOf(cluster, count), records, bad);
  }

  /** Tells whether to read a partition, of as many as there are. */
  private interface Choice {
    boolean takes(int partition, int count);
  }

  private void read(
      String topic,
      Choice choice,
      Consumer<? super Read> records,
      Consumer<? super RecordFormatException> bad) {
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            consumerProperties, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> all = partitions(consumer, topic);
      List<TopicPartition> partitions =
          all.stream().filter(p -> choice.takes(p.partition(), all.size())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, ASK);
      while (!isAt(consumer, ends)) {
        for (ConsumerRecord<String, byte[]> bytes : consumer.poll(POLL)) {
          Long end = ends.get(new TopicPartition(bytes.topic(), bytes.partition()));
          if (end != null && bytes.offset() < end) {
            read(bytes, records, bad);
          }
        }
      }
    }
  }

  private static List<TopicPartition> partitions(
      KafkaConsumer<String, byte[]> consumer, String topic) {
    List<PartitionInfo> infos = consumer.partitionsFor(topic, ASK);
    if (infos == null || infos.isEmpty()) {
      throw new UnknownTopicOrPartitionException(
          "expected topic %s but the broker has none; make it with 'pointsman topics create'"
              .formatted(topic));
    }
    return infos.stream().map(info -> new TopicPartition(topic, info.partition())).toList();
  }

  private static boolean isAt(
      KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey(), ASK) >= end.getValue());
  }

  private void read(
      ConsumerRecord<String, byte[]> bytes,
      Consumer<? super Read> records,
      Consumer<? super RecordFormatException> bad) {
    LogRecord value;
    try {
      value = bytes.value() == null ? null : values.deserialize(bytes.topic(), bytes.value());
    } catch (RecordFormatException damaged) {
      bad.accept(damaged.at(bytes.topic(), bytes.partition(), bytes.offset()));
      return;
    }
    records.accept(
        new Read(bytes.partition(), bytes.offset(), bytes.timestamp(), bytes.key(), value));
  }
}
