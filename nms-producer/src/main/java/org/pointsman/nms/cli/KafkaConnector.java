package org.pointsman.nms.cli;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.pointsman.cli.Connection;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.model.ClusterId;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.barrier.Steerable;
import org.pointsman.nms.follow.ClusterFollower;
import org.pointsman.nms.follow.ClusterNews;
import org.pointsman.nms.outcome.KafkaOutcomes;
import org.pointsman.nms.outcome.Outcomes;
import org.pointsman.topics.TopicReader;

/** A real deployment. */
final class KafkaConnector implements NmsConnector {

  @Override
  public NmsClient client(Connection connection, NmsSettings settings) {
    return NmsClient.connect(connection, settings);
  }

  @Override
  public CompletableFuture<Steerable> announce(
      NmsClient client, ClusterId cluster, TunnelAnnounce announce) {
    return client.announceSteerable(cluster, announce);
  }

  @Override
  public Outcomes outcomes(
      Connection connection,
      Collection<Integer> partitions,
      Consumer<? super RecordFormatException> bad) {
    return KafkaOutcomes.fromNow(connection, partitions, bad);
  }

  @Override
  public ClusterNews news(
      Connection connection, ClusterId cluster, Consumer<? super RecordFormatException> bad) {
    return ClusterFollower.open(connection, cluster, bad);
  }

  @Override
  public ClusterContents contents(
      Connection connection, ClusterId cluster, Consumer<? super RecordFormatException> bad) {
    ClusterContents contents = new ClusterContents(cluster);
    try (RecordDeserializer values = connection.deserializer()) {
      connection
          .reader(values)
          .read(
              connection.topics().assignments(),
              cluster,
              record -> contents.apply(record.key(), record.value()),
              bad);
    }
    return contents;
  }

  @Override
  public UnresolvedServers unresolved(
      Connection connection, Consumer<? super RecordFormatException> bad) {
    UnresolvedServers unresolved = new UnresolvedServers();
    Integer everyPartition = null;
    try (RecordDeserializer values = connection.deserializer()) {
      TopicReader reader = connection.reader(values);
      for (String topic :
          List.of(connection.topics().assigners(), connection.topics().directors())) {
        reader.read(
            topic,
            everyPartition,
            read ->
                unresolved.take(read.key(), read.value(), Instant.ofEpochMilli(read.timestamp())),
            bad);
      }
    }
    return unresolved;
  }
}
