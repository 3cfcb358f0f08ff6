package org.pointsman.director;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.pointsman.director.table.Entities.config;
import static org.pointsman.director.table.Entities.server;
import static org.pointsman.director.table.Entities.tunnel;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pointsman.director.dataplane.Handling;
import org.pointsman.director.dataplane.memory.MemoryDataPlane;
import org.pointsman.director.feed.FeedListener;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.packet.SamplePackets;
import org.pointsman.director.table.Entities;
import org.pointsman.model.Assignment;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.DirectorStatus.TableStatus;
import org.pointsman.model.IpAddress;
import org.pointsman.model.RawBytes;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;
import org.pointsman.model.TableDigest;

final class DirectorTest {
  private static final IpAddress PEER = IpAddress.parse("192.0.2.7");
  private static final IpAddress VIP = IpAddress.parse("203.0.113.1");
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Assignment TUNNEL = tunnel("t", "rs-1", "192.0.2.7", "10.0.0.0/28", 3);
  private static final Assignment PENDING = tunnel("p", null, "192.0.2.8", "10.0.1.0/28", 4);
  private static final Assignment MOVED = tunnel("t", "rs-2", "192.0.2.7", "10.0.0.0/28", 5);

  private final FakeKafka kafka = new FakeKafka();
  private final List<Director> started = new ArrayList<>();

  @BeforeEach
  void someTunnels() {
    kafka.write(config("203.0.113.1", 1), server("rs-1", "02:00:00:00:01:01", 2), TUNNEL, PENDING);
  }

  @AfterEach
  void close() {
    started.forEach(Director::close);
  }

  private Director start(Side side) {
    return start(side, kafka.links());
  }

  private Director start(Side side, KafkaLinks links) {
    DirectorSettings settings =
        DirectorSettings.builder(side).name(side + "-1").localAddresses(List.of()).build();
    Director director = Director.start(links, settings, FeedListener.NONE, InstantSource.system());
    started.add(director);
    return director;
  }

  @Test
  void aDryRunKnowsAllAndWritesNoStatus() throws Exception {
    DirectorSettings settings =
        DirectorSettings.builder(Side.OUTER).localAddresses(List.of()).dryRun(true).build();
    Director director =
        Director.start(kafka.links(), settings, FeedListener.NONE, InstantSource.system());
    assertThat(director.awaitReady(LONG)).isTrue();
    assertThat(director.serverOf(PEER)).contains(new ServerId("rs-1"));
    director.close();
    assertThat(kafka.statuses()).as("nor a farewell").isEmpty();
  }

  private Director ready(Side side) throws InterruptedException {
    Director director = start(side);
    assertThat(director.awaitReady(LONG)).isTrue();
    return director;
  }

  private static RawBytes digest(Assignment... assignments) {
    TableDigest digest = new TableDigest();
    List.of(assignments).forEach(digest::add);
    return digest.value();
  }

  private List<DirectorStatus> published() {
    return kafka.statuses().stream().map(ProducerRecord::value).filter(Objects::nonNull).toList();
  }

  @Test
  void whenReadyItSteersAndTellsWhatItHolds() throws Exception {
    Director director = ready(Side.OUTER);
    assertThat(director.serverOf(PEER)).contains(new ServerId("rs-1"));
    assertThat(director.serverOf(IpAddress.parse("192.0.2.8"))).isEmpty();
    MemoryDataPlane plane = (MemoryDataPlane) director.plane();
    SamplePackets samples = new SamplePackets(GoldenPackets.DIRECTOR, GoldenPackets.ROUTER);
    List<SamplePackets.Sample> frames = samples.fromPeer(PEER, VIP);
    for (SamplePackets.Sample frame : frames) {
      assertThat(plane.handle(frame.frame().toByteArray()).handling()).isEqualTo(Handling.SEND);
    }
    assertThat(director.status().steeredPackets()).isEqualTo(frames.size());

    await().atMost(LONG).until(() -> !kafka.statuses().isEmpty());
    ProducerRecord<String, DirectorStatus> first = kafka.statuses().getFirst();
    assertThat(first.topic()).isEqualTo("pointsman.directors");
    assertThat(first.partition()).isEqualTo(FakeKafka.PARTITION);
    assertThat(first.key()).isEqualTo("OUTER-1");
    DirectorStatus status = first.value();
    assertThat(status.director()).isEqualTo("OUTER-1");
    assertThat(status.side()).isEqualTo(Side.OUTER);
    assertThat(status.dataPlane()).isEqualTo("memory");
    assertThat(status.appliedOffsets())
        .containsExactly(java.util.Map.entry(FakeKafka.PARTITION, 4L));
    assertThat(status.clusters())
        .containsExactly(new TableStatus(Entities.CLUSTER, 4, digest(TUNNEL, PENDING), 1, 1));
  }

  @Test
  void bothSidesAgreeAtTheSameOffset() throws Exception {
    TableStatus outer = ready(Side.OUTER).status().clusters().getFirst();
    TableStatus inner = ready(Side.INNER).status().clusters().getFirst();
    assertThat(inner).isEqualTo(outer);
  }

  @Test
  void whatIsAppliedLaterIsToldWithItsOffset() throws Exception {
    ready(Side.OUTER);
    kafka.write(MOVED);
    await()
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(published().getLast().appliedOffsets())
                    .containsEntry(FakeKafka.PARTITION, 5L));
    assertThat(published().getLast().clusters().getFirst())
        .isEqualTo(new TableStatus(Entities.CLUSTER, 5, digest(MOVED, PENDING), 1, 1));
  }

  @Test
  void whoStopsTakesTheStatusBack() throws Exception {
    Director director = ready(Side.OUTER);
    await().atMost(LONG).until(() -> !kafka.statuses().isEmpty());
    director.close();
    ProducerRecord<String, DirectorStatus> last = kafka.statuses().getLast();
    assertThat(last.key()).isEqualTo("OUTER-1");
    assertThat(last.value()).isNull();
    assertThat(last.partition()).isEqualTo(FakeKafka.PARTITION);
    assertThat(kafka.producer.closed()).isTrue();
    director.close(); // twice is once
    assertThat(kafka.statuses().getLast()).isSameAs(last);
  }

  @Test
  void whoWasNeverReadySaysNothing() {
    kafka.registry.setAway(true);
    Director director = start(Side.OUTER);
    await().atMost(LONG).until(() -> director.feed().problem().isPresent());
    assertThat(director.status().clusters()).isEmpty();
    director.close();
    assertThat(kafka.statuses()).isEmpty();
  }

  @Test
  void statusesThatFailDoNotStopTheSteeringAndComeWhenTheyCan() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Supplier<Producer<String, DirectorStatus>> producers =
        () -> {
          int attempt = asked.getAndIncrement();
          if (attempt == 0) {
            throw new KafkaException("expected a broker but none is there");
          }
          if (attempt == 1) {
            MockProducer<String, DirectorStatus> failing = kafka.newProducer();
            failing.sendException = new IllegalStateException("a bug");
            return failing;
          }
          return kafka.producer;
        };
    Director director = start(Side.OUTER, kafka.links(producers));
    assertThat(director.awaitReady(LONG)).isTrue();
    await().atMost(LONG).until(() -> asked.get() == 1);
    kafka.write(MOVED);
    await().atMost(LONG).until(() -> asked.get() == 2);
    assertThat(director.serverOf(PEER)).contains(new ServerId("rs-2"));
    kafka.write(tunnel("t", "rs-3", "192.0.2.7", "10.0.0.0/28", 6));
    await().atMost(LONG).until(() -> !kafka.statuses().isEmpty());
    assertThat(director.serverOf(PEER)).contains(new ServerId("rs-3"));
    assertThat(published().getFirst().appliedOffsets()).containsEntry(FakeKafka.PARTITION, 6L);
  }

  @Test
  void aStatusThatIsStuckStopsNeitherTheSteeringNorTheEnd() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Supplier<Producer<String, DirectorStatus>> producers =
        () -> {
          stuck.countDown();
          try {
            never.await();
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          }
          throw new KafkaException("interrupted");
        };
    Director director = start(Side.OUTER, kafka.links(producers));
    assertThat(director.awaitReady(LONG)).isTrue();
    stuck.await();
    kafka.write(MOVED);
    await().atMost(LONG).until(() -> director.status().appliedOffsets().containsValue(5L));
    assertThat(director.serverOf(PEER)).contains(new ServerId("rs-2"));
    director.close();
  }
}
