package org.pointsman.nms;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Connection;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterId;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.ServerActivate;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerDrain;
import org.pointsman.model.ServerFlush;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.ServerRemove;
import org.pointsman.model.ServerUp;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;
import org.pointsman.nms.barrier.AnnounceBarrier;
import org.pointsman.nms.barrier.Steerable;
import org.pointsman.topics.Topics;

/**
 * Writes events to the log.
 *
 * <p><b>Order</b>: the events of one cluster stand in the log in the order in which they were sent,
 * by one thread or by threads that agree among themselves, and each at most once, however often
 * Kafka's client had to try. An event that failed is missing; those sent after it may stand.
 *
 * <p><b>Answers</b>: a future completes with the event's place in the log, or exceptionally with a
 * {@link DeliveryException}. Neither says what the assigner makes of the event. What depends on the
 * future runs on the client's network thread and must not block; use the {@code Async} methods for
 * what does.
 *
 * <p><b>Pressure</b>: {@code send} returns at once, save that the first one waits for the brokers'
 * answer about the topic, as does the first one after all brokers were lost, and that it waits
 * while events of {@code buffer.memory} bytes (32 MiB) are unacknowledged; none longer than the
 * delivery timeout.
 *
 * <p>Any number of threads may use one client.
 */
public final class NmsClient implements AutoCloseable {
  private final Producer<String, NetworkEvent> producer;
  private final EventsTopic eventsTopic;
  private final String topic;
  private final NmsSettings settings;
  private final DeliveryErrors errors;
  private final @Nullable Supplier<AnnounceBarrier> barriers;
  private @Nullable AnnounceBarrier barrier; // guarded by this

  NmsClient(
      Producer<String, NetworkEvent> producer,
      EventsTopic eventsTopic,
      String topic,
      NmsSettings settings,
      DeliveryErrors errors,
      @Nullable Supplier<AnnounceBarrier> barriers) {
    this.producer = producer;
    this.eventsTopic = eventsTopic;
    this.topic = topic;
    this.settings = settings;
    this.errors = errors;
    this.barriers = barriers;
  }

  /**
   * A client of a deployment. Nobody is asked yet: that the brokers, the topic or the registry are
   * away is the answer to the first event.
   *
   * @throws DeliveryException if Kafka's client does not take the connection's settings
   */
  public static NmsClient connect(Connection connection, NmsSettings settings) {
    String topic = connection.topics().events();
    Map<String, Object> kafka = connection.kafkaProperties();
    DeliveryErrors errors =
        new DeliveryErrors(topic, connection.bootstrapServers(), settings.deliveryTimeout());
    try {
      return new NmsClient(
          new KafkaProducer<>(
              KafkaProperties.producer(kafka, settings.deliveryTimeout()),
              new StringSerializer(),
              connection.<NetworkEvent>serializer()), // closed by the producer, whole or not
          new AdminEventsTopic(topic, kafka, settings),
          topic,
          settings,
          errors,
          () -> AnnounceBarrier.open(connection, settings.barrier()));
    } catch (KafkaException refused) {
      throw errors.explainSettings(refused);
    }
  }

  /**
   * A client over a producer of the caller's own, which it closes with itself: for the tests of
   * those who use the client, with Kafka's {@code MockProducer}.
   *
   * @param topic the events topic
   * @param partitions how many partitions it has
   */
  public static NmsClient over(
      Producer<String, NetworkEvent> producer, String topic, int partitions, NmsSettings settings) {
    return new NmsClient(
        producer,
        () -> partitions,
        topic,
        settings,
        new DeliveryErrors(topic, "the broker", settings.deliveryTimeout()),
        /* barriers= */ null);
  }

  /**
   * The partition that holds everything of {@code cluster}, in every topic. The first call asks the
   * brokers, as the first event does.
   *
   * @throws DeliveryException if they do not answer, or lack the events topic
   */
  public int partitionOf(ClusterId cluster) {
    try {
      return Topics.partitionOf(cluster, eventsTopic.partitions());
    } catch (KafkaException failure) {
      throw errors.explainUnsent("an event of cluster " + cluster, failure);
    }
  }

  /** Sends any event. */
  public CompletableFuture<Acknowledgement> send(ClusterId cluster, Event payload) {
    return send(event(cluster, payload));
  }

  private NetworkEvent event(ClusterId cluster, Event payload) {
    return new NetworkEvent(
        settings.eventIds().get(), cluster, settings.clock().instant(), settings.source(), payload);
  }

  private CompletableFuture<Acknowledgement> send(NetworkEvent event) {
    ClusterId cluster = event.cluster();
    CompletableFuture<Acknowledgement> answer = new CompletableFuture<>();
    try {
      int partition = partitionOf(cluster);
      Future<RecordMetadata> _ = // the callback hears the same, and more
          producer.send(
              new ProducerRecord<>(topic, partition, cluster.value(), event),
              (metadata, failure) -> answer(event, answer, metadata, failure));
    } catch (DeliveryException unsent) {
      answer.completeExceptionally(unsent);
    } catch (KafkaException failure) {
      answer.completeExceptionally(errors.explain(event, failure));
    }
    return answer;
  }

  private void answer(
      NetworkEvent event,
      CompletableFuture<Acknowledgement> answer,
      RecordMetadata metadata,
      @Nullable Exception failure) {
    if (failure == null) {
      answer.complete(
          new Acknowledgement(event.eventId(), metadata.partition(), metadata.offset()));
    } else {
      answer.completeExceptionally(errors.explain(event, failure));
    }
  }

  /**
   * A tunnel may come up soon, or a known one has new addresses, subnets or traffic.
   *
   * @param expectedBitsPerSecond both directions together; 0 if not known
   */
  public CompletableFuture<Acknowledgement> announce(
      ClusterId cluster,
      TunnelId tunnel,
      List<IpAddress> outerAddresses,
      List<IpPrefix> innerSubnets,
      long expectedBitsPerSecond) {
    return send(
        cluster, new TunnelAnnounce(tunnel, outerAddresses, innerSubnets, expectedBitsPerSecond));
  }

  /**
   * Announces a tunnel; the answer comes when it may speak: every live director of the cluster
   * steers it to its server. Thousands may be under way at once.
   *
   * <p>The first call for a cluster asks the brokers where its topics end.
   *
   * @return fails with an {@link org.pointsman.nms.barrier.AnnounceRejectedException}, with an
   *     {@link org.pointsman.nms.barrier.AnnounceTimeoutException} that says what is missing, such
   *     as the director that is behind, or with a {@link DeliveryException}
   * @throws IllegalStateException if this client is over a producer of the caller's own
   */
  public CompletableFuture<Steerable> announceSteerable(
      ClusterId cluster, TunnelAnnounce announce) {
    int partition;
    try {
      partition = partitionOf(cluster);
    } catch (DeliveryException unsent) {
      return CompletableFuture.failedFuture(unsent);
    }
    return barrier().announce(event(cluster, announce), partition, this::send);
  }

  private synchronized AnnounceBarrier barrier() {
    AnnounceBarrier open = barrier;
    if (open == null) {
      if (barriers == null) {
        throw new IllegalStateException(
            "expected a client of a deployment but this one has a producer only; use NmsClient.connect");
      }
      open = barriers.get();
      barrier = open;
    }
    return open;
  }

  /** A tunnel is established on {@code server}. */
  public CompletableFuture<Acknowledgement> tunnelUp(
      ClusterId cluster, TunnelId tunnel, ServerId server) {
    return send(cluster, new TunnelUp(tunnel, server));
  }

  /**
   * A tunnel is established on {@code server}.
   *
   * @param observedAddress where the peer was seen to send from, or null if not known
   * @param observedPort the peer's UDP port as seen, 1 to 65535, or null if not known
   */
  public CompletableFuture<Acknowledgement> tunnelUp(
      ClusterId cluster,
      TunnelId tunnel,
      ServerId server,
      @Nullable IpAddress observedAddress,
      @Nullable Integer observedPort) {
    return send(cluster, new TunnelUp(tunnel, server, observedAddress, observedPort));
  }

  /**
   * A tunnel is no longer established.
   *
   * @param server who reports it, or null if the reporter cannot tell
   */
  public CompletableFuture<Acknowledgement> tunnelDown(
      ClusterId cluster, TunnelId tunnel, @Nullable ServerId server) {
    return send(cluster, new TunnelDown(tunnel, server));
  }

  /** A tunnel is gone for good. */
  public CompletableFuture<Acknowledgement> withdraw(ClusterId cluster, TunnelId tunnel) {
    return send(cluster, new TunnelWithdraw(tunnel));
  }

  /** A tunnel goes to {@code server} and stays there. */
  public CompletableFuture<Acknowledgement> pin(
      ClusterId cluster, TunnelId tunnel, ServerId server) {
    return send(cluster, new TunnelPin(tunnel, server));
  }

  /** The policy may place a pinned tunnel again. */
  public CompletableFuture<Acknowledgement> unpin(ClusterId cluster, TunnelId tunnel) {
    return send(cluster, new TunnelUnpin(tunnel));
  }

  /** A real server joins, or has new properties. */
  public CompletableFuture<Acknowledgement> registerServer(
      ClusterId cluster, ServerRegister register) {
    return send(cluster, register);
  }

  /** A real server answers again. */
  public CompletableFuture<Acknowledgement> serverUp(ClusterId cluster, ServerId server) {
    return send(cluster, new ServerUp(server));
  }

  /** A real server does not answer: its tunnels move. */
  public CompletableFuture<Acknowledgement> serverDown(ClusterId cluster, ServerId server) {
    return send(cluster, new ServerDown(server));
  }

  /**
   * A real server takes no new tunnels, and those that are up may stay.
   *
   * @param deadline after this long they move too; null for the cluster's own deadline
   */
  public CompletableFuture<Acknowledgement> drain(
      ClusterId cluster, ServerId server, @Nullable Duration deadline) {
    return send(cluster, new ServerDrain(server, deadline));
  }

  /** A real server takes no new tunnels, and all of its tunnels move now. */
  public CompletableFuture<Acknowledgement> flushServer(ClusterId cluster, ServerId server) {
    return send(cluster, new ServerFlush(server));
  }

  /** A real server takes new tunnels again. */
  public CompletableFuture<Acknowledgement> activate(ClusterId cluster, ServerId server) {
    return send(cluster, new ServerActivate(server));
  }

  /**
   * A real server leaves the cluster.
   *
   * @param flush move its tunnels first; without it the removal is refused while it has any
   */
  public CompletableFuture<Acknowledgement> removeServer(
      ClusterId cluster, ServerId server, boolean flush) {
    return send(cluster, new ServerRemove(server, flush));
  }

  /** The cluster has new settings. */
  public CompletableFuture<Acknowledgement> configure(
      ClusterId cluster, ClusterConfigure settings) {
    return send(cluster, settings);
  }

  /**
   * Tunnels move until the servers are even.
   *
   * @param maxMoves the most tunnels to move, 1 or more
   * @param includeUp move tunnels that are up too
   */
  public CompletableFuture<Acknowledgement> rebalance(
      ClusterId cluster, int maxMoves, boolean includeUp) {
    return send(cluster, new ClusterRebalance(maxMoves, includeUp));
  }

  /** Waits until every event sent before is acknowledged or has failed. */
  public void flush() {
    producer.flush();
  }

  /** As {@link #close(Duration)} with the delivery timeout. */
  @Override
  public void close() {
    close(settings.deliveryTimeout());
  }

  /**
   * Waits for the events sent before, then gives up those that are not acknowledged: their futures
   * fail.
   *
   * @param patience how long to wait
   */
  public void close(Duration patience) {
    producer.close(patience);
    synchronized (this) {
      if (barrier != null) {
        barrier.close();
      }
    }
  }
}
