package org.pointsman.director;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.pointsman.cli.Connection;
import org.pointsman.director.feed.TopicFacts;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.LogRecord;
import org.pointsman.topics.Topics;

/**
 * What a director needs of Kafka and the schema registry.
 *
 * @param consumers makes a consumer of assignments
 * @param values reads their values; closed with the director
 * @param producers makes a producer of statuses
 * @param inquiry asks about the assignments topic
 */
record KafkaLinks(
    Topics topics,
    Supplier<? extends Consumer<byte[], byte[]>> consumers,
    Deserializer<? extends LogRecord> values,
    Supplier<? extends Producer<String, DirectorStatus>> producers,
    TopicFacts.Inquiry inquiry) {

  /** How long the broker may keep an answer back in which there is nothing. */
  private static final int FETCH_MAX_WAIT_MILLIS = 50;

  /** A status that cannot be sent within this time is old: a newer one follows. */
  private static final int STATUS_TIMEOUT_MILLIS = 5_000;

  /**
   * Asks nobody yet.
   *
   * @throws ConfigException if Kafka's clients do not take the connection's settings
   */
  static KafkaLinks of(Connection connection, String director) {
    Map<String, Object> consumer = consumer(connection, director);
    Map<String, Object> producer = producer(connection, director);
    ConsumerConfig _ = new ConsumerConfig(consumer);
    ProducerConfig _ = new ProducerConfig(producer);
    return new KafkaLinks(
        connection.topics(),
        () -> new KafkaConsumer<>(consumer),
        connection.deserializer(),
        () ->
            new KafkaProducer<>(
                producer, new StringSerializer(), connection.<DirectorStatus>serializer()),
        new TopicInquiry(connection.kafkaProperties()));
  }

  private static Map<String, Object> consumer(Connection connection, String director) {
    Map<String, Object> properties = new HashMap<>(connection.kafkaProperties());
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    properties.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "pointsman-" + director);
    properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_MAX_WAIT_MILLIS);
    return properties;
  }

  private static Map<String, Object> producer(Connection connection, String director) {
    Map<String, Object> properties = new HashMap<>(connection.kafkaProperties());
    properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    properties.put(ProducerConfig.CLIENT_ID_CONFIG, "pointsman-" + director + "-status");
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, STATUS_TIMEOUT_MILLIS);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, STATUS_TIMEOUT_MILLIS);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, STATUS_TIMEOUT_MILLIS);
    return properties;
  }
}
