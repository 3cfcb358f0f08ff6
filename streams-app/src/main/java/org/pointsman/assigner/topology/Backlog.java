package org.pointsman.assigner.topology;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Whether more events lie ready behind the one that is worked on. Kafka Streams does not tell its
 * processors; its consumers hear it, so each notes what it hands over.
 */
public final class Backlog {
  /** So many records a poll takes at most; one that takes fewer took all there were. */
  private static final int MAX_POLL_RECORDS = 1_000;

  private static final String SELF = "pointsman.backlog";

  /** Of each partition, the last offset handed over by a poll that left none behind. */
  private final Map<Integer, Long> lastOffsets = new ConcurrentHashMap<>();

  /** Has the consumers of events note here what they hand over. */
  public void watch(Map<String, Object> streamsProperties) {
    streamsProperties.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG),
        List.of(Polls.class.getName()));
    streamsProperties.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), MAX_POLL_RECORDS);
    streamsProperties.put(StreamsConfig.mainConsumerPrefix(SELF), this);
  }

  /** Whether nothing lay ready behind this event when it was handed over. */
  boolean endsAt(int partition, long offset) {
    Long last = lastOffsets.get(partition);
    return last != null && offset >= last;
  }

  void handedOver(ConsumerRecords<?, ?> polled) {
    boolean isAll = polled.count() < MAX_POLL_RECORDS;
    for (TopicPartition partition : polled.partitions()) {
      if (isAll) {
        List<? extends ConsumerRecord<?, ?>> records = polled.records(partition);
        lastOffsets.put(partition.partition(), records.getLast().offset());
      } else {
        lastOffsets.remove(partition.partition());
      }
    }
  }

  /** Made by Kafka, by its name, once for each consumer. */
  public static final class Polls implements ConsumerInterceptor<byte[], byte[]> {
    private Backlog backlog = new Backlog();

    @Override
    public void configure(Map<String, ?> configs) {
      backlog = (Backlog) Objects.requireNonNull(configs.get(SELF), SELF);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> polled) {
      backlog.handedOver(polled);
      return polled;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}
  }
}
