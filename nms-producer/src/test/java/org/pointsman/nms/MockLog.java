package org.pointsman.nms;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.pointsman.model.NetworkEvent;

/** Kafka's mock producer with an events topic of as many partitions as a real one has. */
public final class MockLog {
  public static final String TOPIC = "pointsman.events";
  public static final int PARTITIONS = 12;

  private MockLog() {}

  /**
   * A producer to that topic.
   *
   * @param acknowledges true if every event is acknowledged at once; false if the test does it
   */
  public static MockProducer<String, NetworkEvent> producer(boolean acknowledges) {
    return new MockProducer<>(
        cluster(), acknowledges, null, new StringSerializer(), (topic, event) -> new byte[] {1});
  }

  /** A producer that acknowledges so many events at once, and fails those after them. */
  public static MockProducer<String, NetworkEvent> failingAfter(
      int events, RuntimeException failure) {
    Serializer<NetworkEvent> anyBytes = (topic, event) -> new byte[] {1};
    return new MockProducer<>(cluster(), true, null, new StringSerializer(), anyBytes) {
      @Override
      public synchronized Future<RecordMetadata> send(
          ProducerRecord<String, NetworkEvent> event, Callback callback) {
        sendException = history().size() < events ? null : failure;
        return super.send(event, callback);
      }
    };
  }

  private static Cluster cluster() {
    Node broker = new Node(1, "127.0.0.1", 9092);
    Node[] replicas = {broker};
    List<PartitionInfo> partitions =
        IntStream.range(0, PARTITIONS)
            .mapToObj(p -> new PartitionInfo(TOPIC, p, broker, replicas, replicas))
            .toList();
    return new Cluster("mock", List.of(broker), partitions, Set.of(), Set.of());
  }
}
