package org.pointsman.nms.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerId;
import org.pointsman.nms.MockLog;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.follow.FakeNews;

/** Probes of servers that answer as a test says. */
final class ProbeTest {
  private static final ClusterId CLUSTER = new ClusterId("default");
  private static final ServerId RS_1 = new ServerId("rs-1");
  private static final ServerId RS_2 = new ServerId("rs-2");
  private static final Map<ServerId, IpAddress> ADDRESSES =
      Map.of(RS_1, IpAddress.parse("10.0.0.11"), RS_2, IpAddress.parse("10.0.0.12"));

  private final MockProducer<String, NetworkEvent> log = MockLog.producer(true);
  private final NmsClient client =
      NmsClient.over(log, MockLog.TOPIC, MockLog.PARTITIONS, NmsSettings.defaults());
  private final Set<IpAddress> dead = ConcurrentHashMap.newKeySet();
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() {
    client.close();
  }

  private Probe probe(Set<IpAddress> deadHere, int quorum, List<String> peers) throws Exception {
    ProbeSettings settings =
        new ProbeSettings(
            ProbeSettings.Check.IKE,
            500,
            Duration.ofMillis(10),
            Duration.ofMillis(10),
            3,
            2,
            0.1,
            false,
            quorum);
    List<RealServer> servers =
        ADDRESSES.entrySet().stream()
            .map(
                entry ->
                    new RealServer(
                        CLUSTER,
                        entry.getKey(),
                        entry.getValue(),
                        null,
                        1,
                        null,
                        null,
                        true,
                        false,
                        null,
                        1))
            .toList();
    return Probe.start(
        settings,
        CLUSTER,
        new FakeNews(servers, CLUSTER),
        client,
        address -> timeout -> !deadHere.contains(address),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        peers,
        said::add,
        InstantSource.system());
  }

  private void expect(String line) throws InterruptedException {
    for (String next = ""; !next.contains(line); ) {
      next = said.poll(60, TimeUnit.SECONDS);
      assertThat(next).as("waiting for '%s'", line).isNotNull();
    }
  }

  @Test
  void aServerThatStopsAnsweringIsPublishedDown() throws Exception {
    try (Probe probe = probe(dead, 1, List.of())) {
      expect("rs-1 is seen UP");
      dead.add(IpAddress.parse("10.0.0.11"));
      expect("published: " + new ServerDown(RS_1));
      assertThat(probe.port()).isPositive();
    }
    assertThat(log.history().stream().map(record -> record.value().payload()))
        .containsExactly(new ServerDown(RS_1));
  }

  @Test
  void twoProbesAgreeOrNothingIsPublished() throws Exception {
    Set<IpAddress> deadThere = ConcurrentHashMap.newKeySet();
    dead.add(IpAddress.parse("10.0.0.11"));
    try (Probe other = probe(deadThere, 1, List.of());
        Probe probe = probe(dead, 2, List.of("127.0.0.1:" + other.port()))) {
      expect("rs-1 is not marked down: expected 2 probes to see it down but 1 do");
      assertThat(log.history()).isEmpty();
      assertThat(probe.port()).isPositive();
    }
    deadThere.add(IpAddress.parse("10.0.0.11"));
    try (Probe other = probe(deadThere, 100, List.of());
        Probe probe = probe(dead, 2, List.of("127.0.0.1:" + other.port()))) {
      expect("published: " + new ServerDown(RS_1));
      assertThat(probe.port()).isPositive();
    }
  }
}
