package org.pointsman.nms.outcome;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.pointsman.cli.Connection;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.model.Cause;
import org.pointsman.model.Decision;
import org.pointsman.model.LogRecord;
import org.pointsman.model.Rejection;
import org.pointsman.topics.Topics;

/**
 * Outcomes as the {@code decisions} and {@code rejections} topics tell them. Reads what is
 * committed only: a decision that the assigner takes back because it is killed is never seen.
 */
public final class KafkaOutcomes implements Outcomes {
  private static final Duration ASK = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(250);

  private final org.apache.kafka.clients.consumer.Consumer<String, byte[]> consumer;
  private final Deserializer<? extends LogRecord> values;
  private final Consumer<? super RecordFormatException> bad;
  private final List<TopicPartition> assigned;

  /**
   * @param partitions the partitions of the clusters whose outcomes to read
   * @param bad hears of records that cannot be read; they are passed over
   */
  KafkaOutcomes(
      org.apache.kafka.clients.consumer.Consumer<String, byte[]> consumer,
      Deserializer<? extends LogRecord> values,
      Topics topics,
      Collection<Integer> partitions,
      Consumer<? super RecordFormatException> bad) {
    this.consumer = consumer;
    this.values = values;
    this.bad = bad;
    List<String> both = List.of(topics.decisions(), topics.rejections());
    both.forEach(this::check);
    this.assigned =
        both.stream()
            .flatMap(topic -> partitions.stream().map(p -> new TopicPartition(topic, p)))
            .toList();
    consumer.assign(assigned);
    consumer.endOffsets(assigned, ASK).forEach(consumer::seek);
  }

  /**
   * From now on: the ends of the partitions are asked for before this returns.
   *
   * @param partitions those of the clusters whose outcomes to read: {@link
   *     org.pointsman.nms.NmsClient#partitionOf}
   * @param bad hears of records that cannot be read; they are passed over
   * @throws KafkaException if the brokers do not answer or lack the topics
   */
  public static Outcomes fromNow(
      Connection connection,
      Collection<Integer> partitions,
      Consumer<? super RecordFormatException> bad) {
    Map<String, Object> properties = new HashMap<>(connection.kafkaProperties());
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    RecordDeserializer values = connection.deserializer();
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    try {
      return new KafkaOutcomes(consumer, values, connection.topics(), partitions, bad);
    } catch (KafkaException failure) {
      consumer.close();
      values.close();
      throw failure;
    }
  }

  private void check(String topic) {
    if (consumer.partitionsFor(topic, ASK).isEmpty()) {
      throw new UnknownTopicOrPartitionException(
          "expected topic %s but the broker has none; make it with 'pointsman topics create'"
              .formatted(topic));
    }
  }

  @Override
  public List<Outcome> poll(Duration patience) {
    List<Outcome> outcomes = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> bytes : consumer.poll(patience)) {
      read(bytes, outcomes::add);
    }
    return outcomes;
  }

  @Override
  public void readToEnd(Consumer<? super Outcome> outcomes) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(assigned, ASK);
    Predicate<TopicPartition> isAtEnd =
        partition -> consumer.position(partition, ASK) >= ends.getOrDefault(partition, 0L);
    while (!assigned.stream().allMatch(isAtEnd)) {
      poll(POLL).forEach(outcomes);
    }
  }

  private void read(ConsumerRecord<String, byte[]> bytes, Consumer<Outcome> outcomes) {
    LogRecord value;
    try {
      value = values.deserialize(bytes.topic(), bytes.value());
    } catch (RecordFormatException damaged) {
      bad.accept(damaged.at(bytes.topic(), bytes.partition(), bytes.offset()));
      return;
    }
    if (value instanceof Decision decision && decision.cause() instanceof Cause.ByEvent by) {
      outcomes.accept(new Outcome.Decided(by.partition(), by.offset(), decision));
    } else if (value instanceof Rejection rejection) {
      outcomes.accept(new Outcome.Rejected(rejection));
    }
  }

  @Override
  public void close() {
    consumer.close();
    values.close();
  }
}
