package org.pointsman.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.model.AssignerStatus;
import org.pointsman.model.ClusterId;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.DirectorStatus.TableStatus;
import org.pointsman.model.LogRecord;
import org.pointsman.model.RawBytes;
import org.pointsman.model.Side;
import org.pointsman.topics.Topics;
import org.slf4j.LoggerFactory;

/** What is told in the log and by the gauge, as statuses come. */
final class AgreementWatchTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Topics TOPICS = new Topics("test.");
  private static final Duration LOOK = Duration.ofMillis(1);
  private static final byte[] DAMAGED = {-1};

  /** A value is the number of its record here. */
  private final Map<Integer, LogRecord> records = new TreeMap<>();

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
  private final Logger logger = (Logger) LoggerFactory.getLogger(AgreementWatch.class);
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          told.add(event.getFormattedMessage());
        }
      };

  @BeforeEach
  void listen() {
    for (String topic : List.of(TOPICS.assigners(), TOPICS.directors())) {
      Node node = new Node(1, "localhost", 1);
      Node[] nodes = {node};
      consumer.updatePartitions(topic, List.of(new PartitionInfo(topic, 0, node, nodes, nodes)));
      consumer.updateBeginningOffsets(Map.of(new TopicPartition(topic, 0), 0L));
    }
    appender.start();
    logger.addAppender(appender);
    logger.setAdditive(false);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(appender);
    logger.setAdditive(true);
  }

  private AgreementWatch start() {
    return AgreementWatch.start(TOPICS, () -> consumer, this::values, LOOK, meters);
  }

  private Deserializer<LogRecord> values() {
    return (topic, bytes) -> {
      if (bytes[0] == DAMAGED[0]) {
        throw new RecordFormatException("expected a status but got noise");
      }
      return records.get((int) bytes[0]);
    };
  }

  private static TableStatus table(long epoch, int digest) {
    return new TableStatus(
        new ClusterId("default"), epoch, RawBytes.of(new byte[] {(byte) digest}), 1, 1);
  }

  private void assigner(long offset, long epoch, int digest) {
    add(
        TOPICS.assigners(),
        offset,
        "default",
        new AssignerStatus("a@host", table(epoch, digest), 0, 3, START));
  }

  private void director(long offset, long epoch, int digest) {
    TreeMap<Integer, Long> offsets = new TreeMap<>(Map.of(0, epoch));
    add(
        TOPICS.directors(),
        offset,
        "outer",
        new DirectorStatus(
            "outer",
            Side.OUTER,
            "memory",
            offsets,
            List.of(table(epoch, digest)),
            List.of(),
            0,
            0,
            0,
            START,
            null,
            START));
  }

  private void add(String topic, long offset, String key, LogRecord status) {
    int number = records.size();
    records.put(number, status);
    add(topic, offset, key, new byte[] {(byte) number});
  }

  private void add(String topic, long offset, String key, byte[] value) {
    consumer.schedulePollTask(
        () ->
            consumer.addRecord(
                new ConsumerRecord<>(
                    topic,
                    0,
                    offset,
                    START.toEpochMilli(),
                    TimestampType.LOG_APPEND_TIME,
                    0,
                    0,
                    key,
                    value,
                    new RecordHeaders(),
                    java.util.Optional.empty())));
  }

  private String next() throws InterruptedException {
    String line = told.poll(60, TimeUnit.SECONDS);
    assertThat(line).as("a line of the log").isNotNull();
    return String.valueOf(line);
  }

  private void awaitGauge(double value) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (gauge() != value && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(gauge()).isEqualTo(value);
  }

  private double gauge() {
    return meters.get("pointsman.agreement.problems").gauge().value();
  }

  @Test
  void whoAgreesIsNotTalkedOf() {
    assigner(0, 10, 1);
    director(0, 10, 1);
    try (AgreementWatch _ = start()) {
      awaitGauge(0);
      assertThat(told).isEmpty();
    }
  }

  @Test
  void aDifferenceIsToldByBoth() throws Exception {
    assigner(0, 10, 1);
    director(0, 10, 2);
    try (AgreementWatch _ = start()) {
      assertThat(next()).startsWith("expected one digest of cluster default at epoch 10 but");
      awaitGauge(1);
    }
  }

  @Test
  void whoLagsIsToldAndThatItIsThereAgain() throws Exception {
    try (AgreementWatch _ = start()) {
      director(0, 1, 2);
      assigner(0, AgreeCommand.DEFAULT_MAX_LAG + 2, 1);
      assertThat(next()).startsWith("expected outer within 10,000 epochs of the others");
      awaitGauge(1);
      director(1, AgreeCommand.DEFAULT_MAX_LAG + 2, 1);
      assertThat(next()).startsWith("assigner and directors agree again");
      awaitGauge(0);
    }
  }

  @Test
  void aDamagedStatusIsPassedOver() throws Exception {
    try (AgreementWatch _ = start()) {
      add(TOPICS.directors(), 0, "outer", DAMAGED);
      assertThat(next()).startsWith("passed over: ").contains("test.directors-0@0");
      awaitGauge(0);
    }
  }
}
