package org.pointsman.agreement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.pointsman.cli.Connection;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.topics.TopicReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log when the assigner and the directors do not agree, and when they do again, on a
 * thread of its own. Whatever fails is said once and tried again; nothing of it reaches the caller.
 */
public final class AgreementWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AgreementWatch.class);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration ASK = Duration.ofSeconds(10);
  private static final Duration CLOSE = Duration.ofSeconds(2);
  private static final long LOOK_NANOS = Duration.ofSeconds(10).toNanos();

  private final Connection connection;
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);
  private List<String> told = List.of();

  private AgreementWatch(Connection connection) {
    this.connection = connection;
    this.thread = Thread.ofPlatform().daemon().name("agreement").unstarted(this::run);
  }

  public static AgreementWatch start(Connection connection) {
    AgreementWatch watch = new AgreementWatch(connection);
    watch.thread.start();
    return watch;
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      boolean _ = thread.join(CLOSE); // a daemon: it may be waiting for a broker that is away
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!isClosed()) {
      try {
        watch();
      } catch (RuntimeException failure) { // the next try is wanted whatever happens
        tell(List.of("expected to read what directors and assigner tell but: " + failure));
        pause();
      }
    }
  }

  private void watch() {
    Map<String, Object> properties = new HashMap<>(connection.kafkaProperties());
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    Agreement agreement = new Agreement(Agreement.LIVE_FOR, AgreeCommand.DEFAULT_HISTORY);
    try (RecordDeserializer values = connection.deserializer();
        Consumer<String, byte[]> consumer =
            new KafkaConsumer<>(
                properties, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (String topic :
          List.of(connection.topics().assigners(), connection.topics().directors())) {
        consumer
            .partitionsFor(topic, ASK)
            .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long looked = System.nanoTime();
      while (!isClosed()) {
        for (ConsumerRecord<String, byte[]> bytes : consumer.poll(POLL)) {
          take(bytes, values, agreement);
        }
        if (System.nanoTime() - looked >= LOOK_NANOS) {
          looked = System.nanoTime();
          tell(agreement.report(AgreeCommand.DEFAULT_MAX_LAG).problems());
        }
      }
    }
  }

  private static void take(
      ConsumerRecord<String, byte[]> bytes, RecordDeserializer values, Agreement agreement) {
    try {
      AgreeCommand.take(
          new TopicReader.Read(
              bytes.partition(),
              bytes.offset(),
              bytes.timestamp(),
              bytes.key(),
              values.deserialize(bytes.topic(), bytes.value())),
          agreement);
    } catch (RecordFormatException bad) {
      log.warn(
          "passed over: {}", bad.at(bytes.topic(), bytes.partition(), bytes.offset()).getMessage());
    }
  }

  private void tell(List<String> problems) {
    for (String problem : problems) {
      if (!told.contains(problem)) {
        log.warn("{}", problem);
      }
    }
    if (problems.isEmpty() && !told.isEmpty()) {
      log.info("assigner and directors agree again: whoever is at one epoch has one digest");
    }
    told = problems;
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void pause() {
    try {
      boolean _ = closed.await(LOOK_NANOS, TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      closed.countDown();
      Thread.currentThread().interrupt();
    }
  }
}
