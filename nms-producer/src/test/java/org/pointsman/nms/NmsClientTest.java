package org.pointsman.nms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pointsman.cli.Connection;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterId;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Policy;
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
import org.pointsman.nms.barrier.BarrierSettings;
import org.pointsman.registry.RegistryUnavailableException;
import org.pointsman.topics.Topics;

class NmsClientTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123Z");
  private static final String TOPIC = MockLog.TOPIC;
  private static final int PARTITIONS = MockLog.PARTITIONS;
  private static final ClusterId NORTH = new ClusterId("north");
  private static final TunnelId OSLO = new TunnelId("oslo");
  private static final ServerId RS1 = new ServerId("rs-1");

  private final AtomicInteger ids = new AtomicInteger();
  private final NmsSettings settings =
      new NmsSettings(
          "nms@noc",
          Duration.ofSeconds(30),
          Duration.ofSeconds(3),
          Clock.fixed(NOW, ZoneOffset.UTC),
          () -> "event-" + ids.incrementAndGet(),
          _ -> {},
          BarrierSettings.defaults());
  private final MockProducer<String, NetworkEvent> producer = MockLog.producer(false);
  private final NmsClient client = NmsClient.over(producer, TOPIC, PARTITIONS, settings);

  @Test
  void anEventGoesToItsClustersPartitionUnderItsClustersName() {
    CompletableFuture<Acknowledgement> _ = client.send(NORTH, new TunnelWithdraw(OSLO));

    assertThat(producer.history())
        .containsExactly(
            new ProducerRecord<>(
                TOPIC,
                Topics.partitionOf(NORTH, PARTITIONS),
                "north",
                new NetworkEvent("event-1", NORTH, NOW, "nms@noc", new TunnelWithdraw(OSLO))));
  }

  static Stream<Arguments> namedMethods() {
    List<IpAddress> outer = List.of(IpAddress.parse("192.0.2.7"));
    List<IpPrefix> inner = List.of(IpPrefix.parse("10.1.2.0/28"));
    IpAddress seen = IpAddress.parse("198.51.100.1");
    ServerRegister register = new ServerRegister(RS1, seen, null);
    ClusterConfigure configure = new ClusterConfigure(Policy.LEAST_TUNNELS, null, null, null, null);
    return Stream.of(
        named(
            (c, cluster) -> c.announce(cluster, OSLO, outer, inner, 5),
            new TunnelAnnounce(OSLO, outer, inner, 5)),
        named((c, cluster) -> c.tunnelUp(cluster, OSLO, RS1), new TunnelUp(OSLO, RS1)),
        named(
            (c, cluster) -> c.tunnelUp(cluster, OSLO, RS1, seen, 4500),
            new TunnelUp(OSLO, RS1, seen, 4500)),
        named((c, cluster) -> c.tunnelDown(cluster, OSLO, RS1), new TunnelDown(OSLO, RS1)),
        named((c, cluster) -> c.tunnelDown(cluster, OSLO, null), new TunnelDown(OSLO, null)),
        named((c, cluster) -> c.withdraw(cluster, OSLO), new TunnelWithdraw(OSLO)),
        named((c, cluster) -> c.pin(cluster, OSLO, RS1), new TunnelPin(OSLO, RS1)),
        named((c, cluster) -> c.unpin(cluster, OSLO), new TunnelUnpin(OSLO)),
        named((c, cluster) -> c.registerServer(cluster, register), register),
        named((c, cluster) -> c.serverUp(cluster, RS1), new ServerUp(RS1)),
        named((c, cluster) -> c.serverDown(cluster, RS1), new ServerDown(RS1)),
        named(
            (c, cluster) -> c.drain(cluster, RS1, Duration.ofMinutes(1)),
            new ServerDrain(RS1, Duration.ofMinutes(1))),
        named((c, cluster) -> c.drain(cluster, RS1, null), new ServerDrain(RS1, null)),
        named((c, cluster) -> c.flushServer(cluster, RS1), new ServerFlush(RS1)),
        named((c, cluster) -> c.activate(cluster, RS1), new ServerActivate(RS1)),
        named((c, cluster) -> c.removeServer(cluster, RS1, true), new ServerRemove(RS1, true)),
        named((c, cluster) -> c.configure(cluster, configure), configure),
        named((c, cluster) -> c.rebalance(cluster, 7, true), new ClusterRebalance(7, true)));
  }

  private static Arguments named(
      BiFunction<NmsClient, ClusterId, CompletableFuture<Acknowledgement>> method, Event sent) {
    return Arguments.of(method, sent);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("namedMethods")
  void namedMethodsSendTheirEvent(
      BiFunction<NmsClient, ClusterId, CompletableFuture<Acknowledgement>> method, Event sent) {
    method.apply(client, NORTH).cancel(false);

    assertThat(producer.history()).extracting(r -> r.value().payload()).containsExactly(sent);
  }

  @Test
  void anAcknowledgementTellsTheEventsPlace() {
    CompletableFuture<Acknowledgement> first = client.send(NORTH, new TunnelWithdraw(OSLO));
    CompletableFuture<Acknowledgement> second = client.send(NORTH, new TunnelUnpin(OSLO));
    assertThat(first).isNotDone();

    producer.completeNext();
    assertThat(first)
        .isCompletedWithValue(
            new Acknowledgement("event-1", Topics.partitionOf(NORTH, PARTITIONS), 0));
    assertThat(second).isNotDone();

    producer.completeNext();
    assertThat(second.join().offset()).isEqualTo(1);
    assertThat(second.join().eventId()).isEqualTo("event-2");
  }

  @Test
  void aClustersEventsKeepTheirOrder() {
    List<CompletableFuture<Acknowledgement>> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      answers.add(client.send(NORTH, new TunnelUnpin(new TunnelId("t" + i))));
    }
    client.flush();

    assertThat(producer.history())
        .extracting(r -> ((TunnelUnpin) r.value().payload()).tunnel().value())
        .isEqualTo(Stream.iterate(0, i -> i + 1).limit(100).map(i -> "t" + i).toList());
    assertThat(answers).extracting(a -> a.join().offset()).isSorted().doesNotHaveDuplicates();
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(
            new UnknownTopicOrPartitionException("x"),
            "expected topic pointsman.events at the broker but there is none; do: pointsman topics"
                + " create",
            false),
        Arguments.of(
            new TimeoutException("Expiring 1 record(s)"),
            "expected a Kafka broker at the broker to answer within 30 s but none did (Expiring 1"
                + " record(s)); is it running, and is --bootstrap-servers right?",
            true),
        Arguments.of(
            new RecordTooLargeException("2000000 bytes"),
            "expected event event-1 to fit into a record but it is too large (2000000 bytes); allow"
                + " larger ones (max.request.size here, max.message.bytes of the topic)",
            false),
        Arguments.of(
            new NotEnoughReplicasAfterAppendException("1 of 2"),
            "expected enough in-sync replicas of topic pointsman.events at the broker but there are"
                + " too few (1 of 2); start the missing brokers",
            true),
        Arguments.of(
            new SaslAuthenticationException("bad password"),
            "expected the broker at the broker to let this client in but it refused: bad password;"
                + " see --config",
            false),
        Arguments.of(
            new TopicAuthorizationException("no write"),
            "expected leave to write to topic pointsman.events at the broker but the broker refused:"
                + " no write",
            false),
        Arguments.of(
            new SerializationException("wrapped", new IllegalStateException("the schema differs")),
            "expected to encode event event-1 but wrapped: the schema differs",
            false),
        Arguments.of(
            new RegistryUnavailableException(
                "expected an answer from the schema registry at r:8081 but got none", null),
            "expected an answer from the schema registry at r:8081 but got none",
            false),
        Arguments.of(
            new IllegalStateException(),
            "expected topic pointsman.events at the broker to take event event-1 but"
                + " IllegalStateException",
            false));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void failuresAreExplained(RuntimeException failure, String sentence, boolean perhapsRecorded) {
    CompletableFuture<Acknowledgement> answer = client.send(NORTH, new TunnelWithdraw(OSLO));

    producer.errorNext(failure);

    assertThatThrownBy(answer::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(DeliveryException.class)
        .hasMessage(sentence)
        .hasCause(failure)
        .extracting(e -> ((DeliveryException) e).isPerhapsRecorded())
        .isEqualTo(perhapsRecorded);
  }

  @Test
  void aFailureToSendIsExplainedToo() {
    producer.sendException = new SerializationException("the registry is away");

    assertThatThrownBy(() -> client.send(NORTH, new TunnelWithdraw(OSLO)).join())
        .cause()
        .hasMessage("expected to encode event event-1 but the registry is away");
  }

  @Test
  void aMissingTopicIsExplainedByTheFirstEvent() {
    NmsClient elsewhere =
        new NmsClient(
            producer,
            () -> {
              throw new UnknownTopicOrPartitionException("no such topic");
            },
            TOPIC,
            settings,
            new DeliveryErrors(TOPIC, "b:9092", settings.deliveryTimeout()),
            /* barriers= */ null);

    assertThatThrownBy(() -> elsewhere.send(NORTH, new TunnelWithdraw(OSLO)).join())
        .cause()
        .hasMessage(
            "expected topic pointsman.events at b:9092 but there is none; do: pointsman topics"
                + " create");
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void aMissingTopicIsExplainedToWhoAsksForAPartition() {
    NmsClient elsewhere =
        new NmsClient(
            producer,
            () -> {
              throw new UnknownTopicOrPartitionException("no such topic");
            },
            TOPIC,
            settings,
            new DeliveryErrors(TOPIC, "b:9092", settings.deliveryTimeout()),
            /* barriers= */ null);

    assertThatThrownBy(() -> elsewhere.partitionOf(NORTH))
        .isInstanceOf(DeliveryException.class)
        .hasMessageEndingWith("but there is none; do: pointsman topics create");
    assertThat(client.partitionOf(NORTH)).isEqualTo(Topics.partitionOf(NORTH, PARTITIONS));
  }

  @Test
  void theFirstEventFindsOutThatNoBrokerIsThere() {
    List<String> notices = new CopyOnWriteArrayList<>();
    NmsSettings impatient =
        new NmsSettings(
            "nms@noc",
            Duration.ofSeconds(1),
            Duration.ZERO,
            Clock.systemUTC(),
            () -> "event-1",
            notices::add,
            BarrierSettings.defaults());
    Connection nowhere =
        Connection.to("127.0.0.1:1", "http://127.0.0.1:1", new Topics(Topics.DEFAULT_PREFIX));

    try (NmsClient connected = NmsClient.connect(nowhere, impatient)) {
      assertThatThrownBy(() -> connected.withdraw(NORTH, OSLO).join())
          .cause()
          .isInstanceOf(DeliveryException.class)
          .hasMessageStartingWith(
              "expected a Kafka broker at 127.0.0.1:1 to answer within 1 s but none did")
          .hasMessageEndingWith("is it running, and is --bootstrap-servers right?")
          .extracting(failure -> ((DeliveryException) failure).isPerhapsRecorded())
          .isEqualTo(false);
    }
    assertThat(notices).containsExactly("waiting for a Kafka broker at 127.0.0.1:1, up to 1 s");
  }

  @Test
  void settingsThatKafkaDoesNotTakeAreToldAtOnce() {
    Connection noPort =
        Connection.to("broker", "http://127.0.0.1:1", new Topics(Topics.DEFAULT_PREFIX));

    assertThatThrownBy(() -> NmsClient.connect(noPort, settings))
        .isInstanceOf(DeliveryException.class)
        .hasMessageStartingWith("expected settings for broker that Kafka's client takes but ")
        .hasMessageContaining("broker");
  }

  @Test
  void closingClosesTheProducer() {
    client.close();

    assertThat(producer.closed()).isTrue();
    assertThatThrownBy(() -> client.send(NORTH, new TunnelWithdraw(OSLO)))
        .isInstanceOf(IllegalStateException.class);
  }
}
