package org.pointsman.nms.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Connection;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.Entity;
import org.pointsman.model.Event;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Rejection;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.nms.MockLog;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.barrier.Steerable;
import org.pointsman.nms.follow.ClusterNews;
import org.pointsman.nms.follow.FakeNews;
import org.pointsman.nms.outcome.Outcome;
import org.pointsman.nms.outcome.Outcomes;

/**
 * A deployment in memory: Kafka's mock producer as the log, an assigner that the test scripts, and
 * assignments that it sets. Outcomes come for events sent after they were opened only, as from
 * Kafka, where they would be missed otherwise.
 */
final class FakeDeployment implements NmsConnector {
  static final Instant TIME = Instant.parse("2026-03-01T12:00:00Z");

  final MockProducer<String, NetworkEvent> producer;
  final List<Entity> entities = new ArrayList<>();
  final List<String> badRecords = new ArrayList<>();
  @Nullable RuntimeException unreadable;
  final UnresolvedServers unresolved = new UnresolvedServers();
  @Nullable RuntimeException directorsUnreadable;
  Assigner assigner = (event, place) -> List.of();
  final List<TunnelAnnounce> announced = new ArrayList<>();
  CompletableFuture<Steerable> barrier = new CompletableFuture<>();
  int closed;

  /** What a test's assigner makes of an event. */
  interface Assigner {
    List<Outcome> decide(NetworkEvent event, Place place);
  }

  /** Where an event stands. */
  record Place(int partition, long offset) {

    Outcome decision(DecisionReason reason, @Nullable Entity before, @Nullable Entity after) {
      Entity either = after != null ? after : Objects.requireNonNull(before);
      return new Outcome.Decided(
          partition,
          offset,
          new Decision(
              either.key(),
              either.epoch(),
              new Cause.ByEvent(partition, offset, "e"),
              before,
              after,
              reason,
              TIME));
    }

    Outcome rejection(NetworkEvent event, RejectionCode code, String message) {
      return new Outcome.Rejected(
          new Rejection(event.cluster(), partition, offset, event, null, 0, code, message, TIME));
    }
  }

  FakeDeployment() {
    this(MockLog.producer(true));
  }

  FakeDeployment(MockProducer<String, NetworkEvent> producer) {
    this.producer = producer;
  }

  /** The payloads that the log has. */
  List<Event> sent() {
    return producer.history().stream().map(record -> record.value().payload()).toList();
  }

  @Override
  public NmsClient client(Connection connection, NmsSettings settings) {
    return NmsClient.over(producer, MockLog.TOPIC, MockLog.PARTITIONS, settings);
  }

  @Override
  public CompletableFuture<Steerable> announce(
      NmsClient client, ClusterId cluster, TunnelAnnounce announce) {
    announced.add(announce);
    return barrier;
  }

  @Override
  public Outcomes outcomes(
      Connection connection,
      Collection<Integer> partitions,
      Consumer<? super RecordFormatException> bad) {
    badRecords.forEach(sentence -> bad.accept(new RecordFormatException(sentence)));
    return new FakeOutcomes(List.copyOf(partitions));
  }

  @Override
  public ClusterContents contents(
      Connection connection, ClusterId cluster, Consumer<? super RecordFormatException> bad) {
    badRecords.forEach(sentence -> bad.accept(new RecordFormatException(sentence)));
    ClusterContents contents = new ClusterContents(cluster);
    entities.forEach(entity -> contents.apply(entity.key().toString(), entity));
    return contents;
  }

  @Override
  public UnresolvedServers unresolved(
      Connection connection, Consumer<? super RecordFormatException> bad) {
    if (directorsUnreadable != null) {
      throw directorsUnreadable;
    }
    return unresolved;
  }

  @Override
  public ClusterNews news(
      Connection connection, ClusterId cluster, Consumer<? super RecordFormatException> bad) {
    return new FakeNews(entities, cluster) {
      @Override
      public void close() {
        closed++;
      }
    };
  }

  private final class FakeOutcomes implements Outcomes {
    private final List<Integer> partitions;
    private final int opened = producer.history().size();
    private final Queue<Outcome> ready = new ArrayDeque<>();
    private int seen;

    FakeOutcomes(List<Integer> partitions) {
      this.partitions = partitions;
    }

    /** One at a time, so that what belongs together does not come together. */
    @Override
    public List<Outcome> poll(Duration patience) {
      if (unreadable != null) {
        throw unreadable;
      }
      decide();
      Outcome next = ready.poll();
      return next == null ? List.of() : List.of(next);
    }

    @Override
    public void readToEnd(Consumer<? super Outcome> outcomes) {
      decide();
      ready.forEach(outcomes);
      ready.clear();
    }

    private void decide() {
      List<ProducerRecord<String, NetworkEvent>> log = producer.history();
      for (; seen < log.size(); seen++) {
        ProducerRecord<String, NetworkEvent> record = log.get(seen);
        int partition = record.partition();
        long offset = log.subList(0, seen).stream().filter(r -> r.partition() == partition).count();
        if (seen >= opened && partitions.contains(partition)) {
          ready.addAll(assigner.decide(record.value(), new Place(partition, offset)));
        }
      }
    }

    @Override
    public void close() {
      closed++;
    }
  }
}
