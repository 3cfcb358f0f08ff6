package org.pointsman.nms.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pointsman.codec.CodecConfig;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.codec.RecordSerializer;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.LogRecord;
import org.pointsman.model.Rejection;
import org.pointsman.model.RejectionCode;
import org.pointsman.registry.InMemorySchemaRegistry;
import org.pointsman.topics.Topics;

class KafkaOutcomesTest {
  private static final Topics TOPICS = new Topics("pointsman.");
  private static final ClusterId NORTH = new ClusterId("north");
  private static final Instant TIME = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration PATIENCE = Duration.ofMillis(1);
  private static final TopicPartition DECISIONS = new TopicPartition("pointsman.decisions", 3);
  private static final TopicPartition REJECTIONS = new TopicPartition("pointsman.rejections", 3);

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final RecordSerializer<LogRecord> serializer =
      new RecordSerializer<>(registry, new CodecConfig(Map.of()));
  private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("none");
  private final List<String> bad = new ArrayList<>();
  private final Map<TopicPartition, Long> ends = new HashMap<>();
  private KafkaOutcomes outcomes;

  @BeforeEach
  void open() {
    Stream.of(DECISIONS, REJECTIONS).forEach(this::partition);
    ends.put(DECISIONS, 100L);
    ends.put(REJECTIONS, 7L);
    consumer.updateEndOffsets(ends);
    outcomes = open(List.of(3));
  }

  private void partition(TopicPartition partition) {
    Node broker = new Node(1, "127.0.0.1", 9092);
    Node[] replicas = {broker};
    consumer.updatePartitions(
        partition.topic(),
        List.of(new PartitionInfo(partition.topic(), 3, broker, replicas, replicas)));
  }

  private KafkaOutcomes open(List<Integer> partitions) {
    return new KafkaOutcomes(
        consumer,
        new RecordDeserializer(registry),
        TOPICS,
        partitions,
        damaged -> bad.add(damaged.getMessage()));
  }

  private void append(TopicPartition partition, byte[] value) {
    long offset = ends.merge(partition, 1L, Long::sum) - 1;
    consumer.addRecord(
        new ConsumerRecord<>(partition.topic(), partition.partition(), offset, "north", value));
    consumer.updateEndOffsets(ends);
  }

  private void append(TopicPartition partition, LogRecord value) {
    append(partition, serializer.serialize(partition.topic(), value));
  }

  private static Decision decision(long epoch, Cause cause) {
    ClusterConfig after =
        new ClusterConfig(
            NORTH,
            ClusterConfig.defaults(NORTH).policy(),
            List.of(),
            Duration.ofMinutes(5),
            Duration.ofMinutes(10),
            null,
            epoch);
    return new Decision(after.key(), epoch, cause, null, after, DecisionReason.CONFIGURED, TIME);
  }

  private static Decision decision(long epoch, long offset) {
    return decision(epoch, new Cause.ByEvent(3, offset, "e" + offset));
  }

  private static Rejection rejection(long offset) {
    return new Rejection(
        NORTH, 3, offset, null, null, 0, RejectionCode.NO_CHANGE, "so already", TIME);
  }

  @Test
  void whatWasThereBeforeDoesNotCome() {
    assertThat(consumer.position(DECISIONS)).isEqualTo(100);
    assertThat(consumer.position(REJECTIONS)).isEqualTo(7);
  }

  @Test
  void decisionsAndRejectionsComeWithTheEventTheyAreAbout() {
    append(DECISIONS, decision(1, 40));
    append(REJECTIONS, rejection(41));

    List<Outcome> read = new ArrayList<>();
    outcomes.readToEnd(read::add);

    assertThat(read)
        .containsExactlyInAnyOrder(
            new Outcome.Decided(3, 40, decision(1, 40)), new Outcome.Rejected(rejection(41)));
  }

  @Test
  void aDecisionOfATimerIsNoEventsOutcome() {
    append(DECISIONS, decision(1, new Cause.ByTimer(3, TIME)));
    append(DECISIONS, decision(2, 40));

    assertThat(outcomes.poll(PATIENCE))
        .containsExactly(new Outcome.Decided(3, 40, decision(2, 40)));
  }

  @Test
  void aRecordThatCannotBeReadIsToldAndPassedOver() {
    append(DECISIONS, new byte[] {9, 9});
    append(DECISIONS, decision(1, 40));

    assertThat(outcomes.poll(PATIENCE)).hasSize(1);
    assertThat(bad).singleElement().asString().startsWith("pointsman.decisions-3@100: expected ");
  }

  @Test
  void allDecisionsOnAnEventAreAwaitedThoughTheyComeOneByOne() {
    consumer.setMaxPollRecords(1);
    append(DECISIONS, decision(1, 39));
    append(DECISIONS, decision(2, 40));
    append(DECISIONS, decision(3, 40));
    append(DECISIONS, decision(4, 40));
    append(DECISIONS, decision(5, 41));

    List<Outcome> read = new ArrayList<>();

    assertThat(outcomes.await(3, 40, Duration.ofMinutes(1), read::add)).isTrue();
    assertThat(read)
        .extracting(outcome -> ((Outcome.Decided) outcome).decision().epoch())
        .containsExactly(2L, 3L, 4L);
  }

  @Test
  void anOutcomeThatDoesNotComeEndsTheWait() {
    append(DECISIONS, decision(1, 40));

    assertThat(outcomes.await(3, 41, Duration.ofMillis(1), outcome -> {})).isFalse();
  }

  @Test
  void aMissingTopicIsNamed() {
    consumer.updatePartitions(REJECTIONS.topic(), List.of());

    assertThatThrownBy(() -> open(List.of(3)))
        .isInstanceOf(UnknownTopicOrPartitionException.class)
        .hasMessage(
            "expected topic pointsman.rejections but the broker has none; make it with 'pointsman"
                + " topics create'");
  }
}
