package org.pointsman.director;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.pointsman.codec.CodecConfig;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.codec.RecordSerializer;
import org.pointsman.director.feed.TopicFacts;
import org.pointsman.director.table.Entities;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.Entity;
import org.pointsman.registry.InMemorySchemaRegistry;
import org.pointsman.topics.Topics;

/** Kafka's own mocks with the real codec between them and the director. */
final class FakeKafka {
  static final int PARTITIONS = 12;
  static final int PARTITION = Topics.partitionOf(Entities.CLUSTER, PARTITIONS);

  final Topics topics = new Topics(Topics.DEFAULT_PREFIX);
  final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  final MockProducer<String, DirectorStatus> producer = newProducer();

  private final RecordSerializer<Entity> serializer =
      new RecordSerializer<>(registry, new CodecConfig(Map.of()));
  private final List<ConsumerRecord<byte[], byte[]>> written = new ArrayList<>();
  private final List<MockConsumer<byte[], byte[]>> consumers = new ArrayList<>();

  MockProducer<String, DirectorStatus> newProducer() {
    return new MockProducer<>(
        true,
        null,
        new StringSerializer(),
        new RecordSerializer<>(registry, new CodecConfig(Map.of())));
  }

  /** Writes before or after directors have begun to read. */
  synchronized void write(Entity... entities) {
    for (Entity entity : entities) {
      ConsumerRecord<byte[], byte[]> record =
          new ConsumerRecord<>(
              topics.assignments(),
              PARTITION,
              written.size(),
              entity.key().toString().getBytes(UTF_8),
              serializer.serialize(topics.assignments(), entity));
      written.add(record);
      consumers.forEach(consumer -> consumer.schedulePollTask(() -> consumer.addRecord(record)));
    }
  }

  KafkaLinks links() {
    return links(() -> producer);
  }

  KafkaLinks links(Supplier<Producer<String, DirectorStatus>> producers) {
    return new KafkaLinks(
        topics, this::consumer, new RecordDeserializer(registry), producers, this::facts);
  }

  private TopicFacts facts(String topic) {
    return new TopicFacts("id of " + topic, Topics.TOMBSTONES_KEPT);
  }

  private synchronized MockConsumer<byte[], byte[]> consumer() {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    List<PartitionInfo> infos = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      infos.add(
          new PartitionInfo(topics.assignments(), i, Node.noNode(), new Node[0], new Node[0]));
    }
    consumer.updatePartitions(topics.assignments(), infos);
    TopicPartition partition = new TopicPartition(topics.assignments(), PARTITION);
    consumer.updateBeginningOffsets(Map.of(partition, 0L));
    consumer.updateEndOffsets(Map.of(partition, (long) written.size()));
    List<ConsumerRecord<byte[], byte[]>> before = List.copyOf(written);
    consumer.schedulePollTask(() -> before.forEach(consumer::addRecord));
    consumers.add(consumer);
    return consumer;
  }

  /** What stands in the directors topic, tombstones among them. */
  List<ProducerRecord<String, DirectorStatus>> statuses() {
    return producer.history();
  }
}
