package org.pointsman.quickstart.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The registry's topic. Whatever is written is read back from it before it counts, so that memory
 * never holds what the log does not.
 *
 * <p>Not safe for use by many threads: its owner holds a lock over every call but {@link #close}.
 */
final class SchemaLog implements AutoCloseable {
  static final String TOPIC = "_schemas";

  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  /**
   * A hundred years: tombstones say which ids are gone, see {@link StoreRecordCodec}, so they stay.
   */
  private static final Duration TOMBSTONES_KEPT = Duration.ofDays(36_525);

  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Duration timeout;
  private final Consumer<StoreRecord> reader;

  private SchemaLog(
      KafkaProducer<byte[], byte[]> producer,
      KafkaConsumer<byte[], byte[]> consumer,
      Duration timeout,
      Consumer<StoreRecord> reader) {
    this.producer = producer;
    this.consumer = consumer;
    this.timeout = timeout;
    this.reader = reader;
  }

  /**
   * Makes the topic where it is missing, and reads all of it.
   *
   * @param timeout for each thing asked of the broker
   * @param reader is given every record, in order, on the thread that calls
   * @throws EmbeddedServerException if no broker answers, or the topic is not a registry's
   */
  static SchemaLog open(String bootstrapServers, Duration timeout, Consumer<StoreRecord> reader) {
    try {
      prepareTopic(bootstrapServers, timeout);
    } catch (KafkaException e) {
      throw noBroker(bootstrapServers, timeout, e);
    }
    SchemaLog log =
        new SchemaLog(
            producer(bootstrapServers, timeout),
            consumer(bootstrapServers, timeout),
            timeout,
            reader);
    boolean opened = false;
    try {
      log.consumer.assign(List.of(PARTITION));
      log.consumer.seekToBeginning(List.of(PARTITION));
      log.catchUp();
      opened = true;
      return log;
    } catch (KafkaException e) {
      throw noBroker(bootstrapServers, timeout, e);
    } finally {
      if (!opened) {
        log.close();
      }
    }
  }

  /**
   * Returns when the records stand in the log and the reader has been given them.
   *
   * @throws RegistryException 50001, 50002 or 42209; then the records may or may not be there, and
   *     the next {@link #catchUp()} tells
   */
  void append(List<StoreRecord> records) {
    try {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (StoreRecord record : records) {
        sent.add(producer.send(StoreRecordCodec.encode(TOPIC, record)));
      }
      for (Future<RecordMetadata> each : sent) {
        await(each);
      }
    } catch (RecordTooLargeException e) {
      throw RegistryException.schemaTooLarge(e);
    } catch (TimeoutException e) {
      throw RegistryException.storeTimeout(
          "expected the broker to confirm the write within %d s, but it did not; do see whether it runs, and try again"
              .formatted(timeout.toSeconds()),
          e);
    } catch (KafkaException e) {
      throw RegistryException.store(
          "expected the broker to take the write, but %s; do try again".formatted(e.getMessage()),
          e);
    }
    catchUpForRequest();
  }

  /**
   * Reads what others have written since. So that an id which another registry gave in the meantime
   * is seen before one is given here.
   */
  void catchUpForRequest() {
    try {
      catchUp();
    } catch (KafkaException e) {
      throw RegistryException.storeTimeout(
          "expected to read %s to its end, but %s; do see whether the broker runs, and try again"
              .formatted(TOPIC, e.getMessage()),
          e);
    } catch (EmbeddedServerException e) {
      throw RegistryException.store(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
    consumer.close();
  }

  private void catchUp() {
    long end = endOffset();
    long deadline = System.nanoTime() + timeout.toNanos();
    while (consumer.position(PARTITION, timeout) < end) {
      if (System.nanoTime() - deadline > 0) {
        throw new TimeoutException("no record came within %d s".formatted(timeout.toSeconds()));
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        read(record);
      }
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    try {
      reader.accept(StoreRecordCodec.decode(record));
    } catch (EmbeddedServerException unreadable) {
      consumer.seek(PARTITION, record.offset()); // stay: what follows may depend on it
      throw unreadable;
    }
  }

  /** Also waits for the broker to host the topic, which it does a moment after it exists. */
  private long endOffset() {
    Long end = consumer.endOffsets(List.of(PARTITION), timeout).get(PARTITION);
    if (end == null) {
      throw new KafkaException("the broker does not know the end of " + PARTITION);
    }
    return end;
  }

  private static void prepareTopic(String bootstrapServers, Duration timeout) {
    int millis = Math.toIntExact(timeout.toMillis());
    Map<String, Object> properties =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis,
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    try (Admin admin = Admin.create(properties)) {
      NewTopic topic =
          new NewTopic(TOPIC, Optional.of(1), Optional.empty())
              .configs(
                  Map.of(
                      TopicConfig.CLEANUP_POLICY_CONFIG,
                      TopicConfig.CLEANUP_POLICY_COMPACT,
                      TopicConfig.DELETE_RETENTION_MS_CONFIG,
                      Long.toString(TOMBSTONES_KEPT.toMillis())));
      try {
        await(admin.createTopics(List.of(topic)).all());
      } catch (TopicExistsException exists) {
        checkTopic(admin);
      }
    }
  }

  /** Without compaction for ever, ids would be lost with age; with partitions, order would be. */
  private static void checkTopic(Admin admin) {
    TopicDescription description =
        await(admin.describeTopics(List.of(TOPIC)).allTopicNames()).get(TOPIC);
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
    Config config = await(admin.describeConfigs(List.of(resource)).all()).get(resource);
    if (description == null || config == null) {
      throw new KafkaException("the broker does not describe " + TOPIC);
    }
    String cleanup = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
    int partitions = description.partitions().size();
    if (partitions != 1 || !TopicConfig.CLEANUP_POLICY_COMPACT.equals(cleanup)) {
      throw new EmbeddedServerException(
          "expected topic %s to have 1 partition and cleanup.policy=compact, but it has %d and %s; do remove the topic if its schemas are not needed"
              .formatted(TOPIC, partitions, cleanup));
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(String servers, Duration timeout) {
    int millis = Math.toIntExact(timeout.toMillis());
    return new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            servers,
            ProducerConfig.CLIENT_ID_CONFIG,
            "pointsman-registry-writer",
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            true,
            ProducerConfig.LINGER_MS_CONFIG,
            0,
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            millis,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
            millis / 3,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            millis),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String servers, Duration timeout) {
    int millis = Math.toIntExact(timeout.toMillis());
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            servers,
            ConsumerConfig.CLIENT_ID_CONFIG,
            "pointsman-registry-reader",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "none",
            // A broker answers one request of a connection at a time: a fetch that waited long for
            // records would hold up the question for the end offset.
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            5,
            ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            millis,
            ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
            millis / 3),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static <T> T await(Future<T> future) {
    try {
      // The clients end every future by their own timeouts; this bound is for their mistakes.
      return future.get(5, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
    } catch (java.util.concurrent.TimeoutException e) {
      throw new TimeoutException(e);
    } catch (InterruptedException e) {
      throw new InterruptException(e); // sets the thread's flag again
    }
  }

  private static EmbeddedServerException noBroker(
      String bootstrapServers, Duration timeout, KafkaException cause) {
    return new EmbeddedServerException(
        "expected a Kafka broker at %s to serve topic %s within %d s, but %s; do start the broker, or correct the address"
            .formatted(bootstrapServers, TOPIC, timeout.toSeconds(), cause.getMessage()),
        cause);
  }
}
