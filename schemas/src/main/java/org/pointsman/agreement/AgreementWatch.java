package org.pointsman.agreement;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.pointsman.cli.Connection;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.model.LogRecord;
import org.pointsman.topics.TopicReader;
import org.pointsman.topics.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when the assigner and the directors do not agree, and when they do again: in the log, and by
 * a gauge. On a thread of its own; whatever fails is said once and tried again, and nothing of it
 * reaches the caller.
 */
public final class AgreementWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AgreementWatch.class);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration ASK = Duration.ofSeconds(10);
  private static final Duration CLOSE = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofSeconds(10);

  private final Topics topics;
  private final Supplier<? extends Consumer<String, byte[]>> consumers;
  private final Supplier<? extends Deserializer<? extends LogRecord>> values;
  private final Duration look;
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile List<String> told = List.of();
  private volatile boolean hasLooked;

  private AgreementWatch(
      Topics topics,
      Supplier<? extends Consumer<String, byte[]>> consumers,
      Supplier<? extends Deserializer<? extends LogRecord>> values,
      Duration look) {
    this.topics = topics;
    this.consumers = consumers;
    this.values = values;
    this.look = look;
    this.thread = Thread.ofPlatform().daemon().name("agreement").unstarted(this::run);
  }

  /**
   * Starts one.
   *
   * @param meters where the gauge {@code pointsman.agreement.problems} goes: how many sentences
   *     {@code pointsman agree} would say; NaN before the first look
   */
  public static AgreementWatch start(Connection connection, MeterRegistry meters) {
    Map<String, Object> properties = new HashMap<>(connection.kafkaProperties());
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return start(
        connection.topics(),
        () ->
            new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer()),
        connection::deserializer,
        LOOK,
        meters);
  }

  /**
   * As {@link #start(Connection, MeterRegistry)}, over the caller's own.
   *
   * @param look how often what was read is compared
   */
  static AgreementWatch start(
      Topics topics,
      Supplier<? extends Consumer<String, byte[]>> consumers,
      Supplier<? extends Deserializer<? extends LogRecord>> values,
      Duration look,
      MeterRegistry meters) {
    AgreementWatch watch = new AgreementWatch(topics, consumers, values, look);
    Gauge _ =
        Gauge.builder("pointsman.agreement.problems", watch, AgreementWatch::problems)
            .description(
                "Differences of digests, and members that lag; 0 if assigner and directors agree.")
            .register(meters);
    watch.thread.start();
    return watch;
  }

  private double problems() {
    return hasLooked ? told.size() : Double.NaN;
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
    Agreement agreement = new Agreement(Agreement.LIVE_FOR, AgreeCommand.DEFAULT_HISTORY);
    try (Deserializer<? extends LogRecord> reader = values.get();
        Consumer<String, byte[]> consumer = consumers.get()) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (String topic : List.of(topics.assigners(), topics.directors())) {
        consumer
            .partitionsFor(topic, ASK)
            .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long looked = System.nanoTime();
      while (!isClosed()) {
        for (ConsumerRecord<String, byte[]> bytes : consumer.poll(POLL)) {
          take(bytes, reader, agreement);
        }
        if (System.nanoTime() - looked >= look.toNanos()) {
          looked = System.nanoTime();
          tell(agreement.report(AgreeCommand.DEFAULT_MAX_LAG).problems());
        }
      }
    }
  }

  private static void take(
      ConsumerRecord<String, byte[]> bytes,
      Deserializer<? extends LogRecord> values,
      Agreement agreement) {
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
    hasLooked = true;
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void pause() {
    try {
      boolean _ = closed.await(look.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      closed.countDown();
      Thread.currentThread().interrupt();
    }
  }
}
