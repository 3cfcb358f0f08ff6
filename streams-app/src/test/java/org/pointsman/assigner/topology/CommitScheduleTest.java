package org.pointsman.assigner.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class CommitScheduleTest {
  private static final int PARTITION = 3;
  private static final int A_FULL_POLL = 1_000;

  private final Backlog backlog = new Backlog();
  private final CommitSchedule schedule = new CommitSchedule(backlog, Duration.ofMillis(5));

  private void poll(long from, int count) {
    TopicPartition partition = new TopicPartition("events", PARTITION);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    LongStream.range(from, from + count)
        .forEach(
            offset ->
                records.add(
                    new ConsumerRecord<>("events", PARTITION, offset, new byte[0], new byte[0])));
    backlog.handedOver(new ConsumerRecords<>(Map.of(partition, records), Map.of()));
  }

  @Test
  void theLastEventAtHandEndsTheTransaction() {
    poll(10, 3);

    assertThat(schedule.isDueAfter(PARTITION, 10, 1_000)).isFalse();
    assertThat(schedule.isDueAfter(PARTITION, 11, 1_000)).isFalse();
    assertThat(schedule.isDueAfter(PARTITION, 12, 1_000)).isTrue();
    assertThat(schedule.isDue(1_100)).as("nothing came since").isFalse();
  }

  @Test
  void oneThatComesTooSoonWaitsForTheInterval() {
    poll(10, 1);
    assertThat(schedule.isDueAfter(PARTITION, 10, 1_000)).isTrue();
    poll(11, 1);

    assertThat(schedule.isDueAfter(PARTITION, 11, 1_004)).isFalse();
    assertThat(schedule.isDue(1_004)).isFalse();
    assertThat(schedule.isDue(1_005)).isTrue();
    assertThat(schedule.isDue(1_010)).isFalse();
  }

  @Test
  void withABacklogTheTransactionGoesOn() {
    poll(0, A_FULL_POLL);

    for (int offset = 0; offset < A_FULL_POLL; offset++) {
      assertThat(schedule.isDueAfter(PARTITION, offset, 1_000 + offset)).isFalse();
    }
    assertThat(schedule.isDue(5_000)).isFalse();

    poll(A_FULL_POLL, 1);
    assertThat(schedule.isDueAfter(PARTITION, A_FULL_POLL, 5_000)).isTrue();
  }

  @Test
  void aClockSetBackHoldsNothingUp() {
    poll(10, 1);
    assertThat(schedule.isDueAfter(PARTITION, 10, 3_600_000)).isTrue();
    poll(11, 1);

    assertThat(schedule.isDueAfter(PARTITION, 11, 1_000)).isTrue();
  }

  @Test
  void whatConsumersHandOverReachesTheOneBacklog() {
    Map<String, Object> properties = new HashMap<>();
    backlog.watch(properties);
    Map<String, Object> ofConsumer = new HashMap<>();
    properties.forEach((key, value) -> ofConsumer.put(key.replace("main.consumer.", ""), value));
    try (Backlog.Polls polls = new Backlog.Polls()) {
      polls.configure(ofConsumer);
      TopicPartition partition = new TopicPartition("events", PARTITION);
      ConsumerRecords<byte[], byte[]> polled =
          new ConsumerRecords<>(
              Map.of(
                  partition,
                  List.of(new ConsumerRecord<>("events", PARTITION, 7, new byte[0], new byte[0]))),
              Map.of());

      assertThat(polls.onConsume(polled)).isSameAs(polled);
    }

    assertThat(backlog.endsAt(PARTITION, 7)).isTrue();
    assertThat(backlog.endsAt(PARTITION, 6)).isFalse();
    assertThat(backlog.endsAt(PARTITION + 1, 7)).isFalse();
  }
}
