package org.pointsman.assigner.audit.command;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.audit.Place;
import org.pointsman.cli.CliException;
import org.pointsman.cli.Connection;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.model.LogRecord;
import org.pointsman.topics.TopicCreator;

/**
 * The topics of a deployment, read from their beginning to an end that was asked for before.
 * Decodes on all cores, hands over in order.
 */
final class TopicLog implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration ASK = Duration.ofSeconds(30);

  /** A transaction is ended by the broker long before. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int RECORDS_AT_ONCE = 5_000;
  private static final int BYTES_AT_ONCE = 16 << 20;

  private final Connection connection;
  private final RecordDeserializer values;
  private final Admin admin;

  TopicLog(Connection connection) {
    this.connection = connection;
    this.admin = Admin.create(connection.kafkaProperties());
    this.values = connection.deserializer();
  }

  /**
   * A record.
   *
   * @param time the record's, milliseconds since 1970
   * @param isBrokersTime true if the broker set it
   * @param value null for a tombstone, or if there is a problem
   * @param problem why the value cannot be read, or null if it can
   */
  record Line(
      Place place,
      long time,
      boolean isBrokersTime,
      @Nullable String key,
      @Nullable LogRecord value,
      @Nullable String problem) {

    /** As its producer set it; -1 if the broker did. */
    long producersTime() {
      return isBrokersTime ? -1 : time;
    }
  }

  Connection connection() {
    return connection;
  }

  /**
   * How many partitions every topic has.
   *
   * @throws CliException if one is missing, or has another number
   */
  int partitions() {
    Map<String, Integer> there =
        new TreeMap<>(new TopicCreator(admin, connection.topics()).partitions());
    for (String topic : connection.topics().names()) {
      if (!there.containsKey(topic)) {
        throw new CliException(
            "expected topic %s at %s but it is not there; check --bootstrap-servers and --topic-prefix"
                .formatted(topic, connection.bootstrapServers()));
      }
    }
    if (there.values().stream().distinct().count() != 1) {
      throw new CliException(
          "expected as many partitions in every topic but got %s; restore the topics"
              .formatted(there));
    }
    return there.values().iterator().next();
  }

  /** The first offsets that are still there. */
  Map<TopicPartition, Long> begins(String topic, int partitions) {
    return offsets(topic, partitions, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
  }

  /** The ends of what is committed now. */
  Map<TopicPartition, Long> committedEnds(String topic, int partitions) {
    return offsets(topic, partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
  }

  /** The ends of what has been written until now, of transactions under way too. */
  Map<TopicPartition, Long> ends(String topic, int partitions) {
    return offsets(topic, partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
  }

  private Map<TopicPartition, Long> offsets(
      String topic, int partitions, OffsetSpec which, IsolationLevel isolation) {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    IntStream.range(0, partitions)
        .forEach(partition -> asked.put(new TopicPartition(topic, partition), which));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    try {
      admin
          .listOffsets(asked, new ListOffsetsOptions(isolation))
          .all()
          .get()
          .forEach((partition, info) -> offsets.put(partition, info.offset()));
      return offsets;
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof KafkaException kafka
          ? kafka
          : new KafkaException(failed.getCause());
    } catch (InterruptedException interrupted) {
      throw new InterruptException(interrupted);
    }
  }

  /**
   * Reads what is committed up to {@code ends}; waits for transactions that are under way there.
   *
   * @param lines hears each record, in order within its partition; false to hear no more
   */
  void read(Map<TopicPartition, Long> ends, Predicate<? super Line> lines) {
    try (KafkaConsumer<String, byte[]> consumer = consumer(ends.keySet())) {
      consumer.seekToBeginning(ends.keySet());
      long progressed = System.nanoTime();
      while (!isAt(consumer, ends)) {
        List<Line> batch = poll(consumer, ends);
        if (!batch.isEmpty()) {
          progressed = System.nanoTime();
        } else if (System.nanoTime() - progressed > PATIENCE.toNanos()) {
          throw new CliException(
              "expected the transactions under way to end within %d s but they do not; try again"
                  .formatted(PATIENCE.toSeconds()));
        }
        for (Line line : batch) {
          if (!lines.test(line)) {
            return;
          }
        }
      }
    }
  }

  private List<Line> poll(KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
      if (record.offset()
          < ends.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L)) {
        records.add(record);
      }
    }
    return records.parallelStream().map(this::decode).toList();
  }

  private static boolean isAt(
      KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey(), ASK) >= end.getValue());
  }

  /** The record at this offset, if it is still there. */
  List<Line> at(Collection<Place> places) {
    List<Line> found = new ArrayList<>();
    for (Place place : places) {
      TopicPartition partition = new TopicPartition(place.topic(), place.partition());
      try (KafkaConsumer<String, byte[]> consumer = consumer(List.of(partition))) {
        long end = consumer.endOffsets(List.of(partition), ASK).getOrDefault(partition, 0L);
        consumer.seek(partition, place.offset());
        while (consumer.position(partition, ASK) <= place.offset() && place.offset() < end) {
          for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
            if (record.offset() == place.offset()) {
              found.add(decode(record));
            }
          }
        }
      }
    }
    return found;
  }

  /** A reader of one partition that is asked for rising offsets; the caller closes it. */
  Cursor cursor(TopicPartition partition, long end) {
    return new Cursor(consumer(List.of(partition)), partition, end);
  }

  /** Goes through a partition as it is asked for offsets. */
  final class Cursor implements AutoCloseable {
    private final KafkaConsumer<String, byte[]> consumer;
    private final Map<TopicPartition, Long> ends;
    private final Deque<Line> ahead = new ArrayDeque<>();

    private Cursor(KafkaConsumer<String, byte[]> consumer, TopicPartition partition, long end) {
      this.consumer = consumer;
      this.ends = Map.of(partition, end);
      consumer.seekToBeginning(List.of(partition));
    }

    /** The record at the offset, or null if there is none, or if a later one was asked for. */
    @Nullable Line at(long offset) {
      while (true) {
        while (!ahead.isEmpty() && ahead.getFirst().place().offset() < offset) {
          ahead.removeFirst();
        }
        if (!ahead.isEmpty()) {
          return ahead.getFirst().place().offset() == offset ? ahead.getFirst() : null;
        }
        if (isAt(consumer, ends)) {
          return null;
        }
        ahead.addAll(poll(consumer, ends));
      }
    }

    @Override
    public void close() {
      consumer.close();
    }
  }

  private Line decode(ConsumerRecord<String, byte[]> record) {
    LogRecord value = null;
    String problem = null;
    try {
      value = record.value() == null ? null : values.deserialize(record.topic(), record.value());
    } catch (RecordFormatException damaged) {
      problem = String.valueOf(damaged.getMessage());
    }
    return new Line(
        new Place(record.topic(), record.partition(), record.offset()),
        record.timestamp(),
        record.timestampType() == TimestampType.LOG_APPEND_TIME,
        record.key(),
        value,
        problem);
  }

  private KafkaConsumer<String, byte[]> consumer(Collection<TopicPartition> partitions) {
    Map<String, Object> properties = new HashMap<>(connection.kafkaProperties());
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS_AT_ONCE);
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, BYTES_AT_ONCE);
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    consumer.assign(partitions);
    return consumer;
  }

  @Override
  public void close() {
    values.close();
    admin.close();
  }
}
