package org.pointsman.nms.strongswan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;
import org.pointsman.nms.MockLog;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.follow.FakeNews;
import org.pointsman.nms.strongswan.vici.ViciException;
import org.pointsman.nms.strongswan.vici.ViciValue.Section;

/** The bridge between a charon and a log that a test scripts; what it says is what it did. */
final class BridgeTest {
  private static final ClusterId CLUSTER = new ClusterId("default");
  private static final ServerId HERE = new ServerId("rs-1");
  private static final Section OSLO =
      FakeCharon.sa("oslo", "net", "oslo.example", "192.0.2.7", "10.1.2.0/28");

  @TempDir private Path folder;
  private FakeCharon charon;
  private final MockProducer<String, NetworkEvent> log = MockLog.producer(true);
  private final NmsClient client =
      NmsClient.over(log, MockLog.TOPIC, MockLog.PARTITIONS, NmsSettings.defaults());
  private final FakeNews news =
      new FakeNews(List.of(oslo(TunnelState.ANNOUNCED, "rs-1", 1)), CLUSTER);
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private @Nullable Bridge bridge;

  @BeforeEach
  void start() throws Exception {
    charon = new FakeCharon(folder.resolve("charon.vici"));
  }

  @AfterEach
  void stop() throws Exception {
    if (bridge != null) {
      bridge.close();
    }
    charon.close();
    client.close();
  }

  private void watch() throws ViciException {
    bridge =
        Bridge.start(
            BridgeSettings.of(HERE),
            CLUSTER,
            charon.address(),
            news,
            client,
            "bridge",
            said::add,
            InstantSource.system());
    expect("watching charon 5.9.8 at " + charon.address() + " as rs-1 of cluster default");
  }

  /** Waits for the line, passing over others. */
  private void expect(String line) {
    try {
      for (String next = ""; !next.contains(line); ) {
        next = said.poll(60, TimeUnit.SECONDS);
        assertThat(next).as("waiting for '%s'", line).isNotNull();
      }
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private static Assignment oslo(TunnelState state, String server, long epoch) {
    return new Assignment(
        CLUSTER,
        new TunnelId("oslo"),
        state,
        new ServerId(server),
        List.of(IpAddress.parse("192.0.2.7")),
        List.of(IpPrefix.parse("10.1.2.0/28")),
        0,
        false,
        Instant.EPOCH,
        null,
        1,
        epoch);
  }

  private void decide(Assignment before, Assignment after, DecisionReason reason) {
    news.tell(
        new Decision(
            after.key(),
            after.epoch(),
            new Cause.ByEvent(0, 1, "e"),
            before,
            after,
            reason,
            Instant.EPOCH));
  }

  @Test
  void eventsBecomeUpAndDown() throws Exception {
    charon.sas.put("oslo", OSLO);
    watch();
    expect("up oslo on rs-1, peer at 192.0.2.7 port 4500");
    charon.sas.clear();
    charon.event("child-updown", false, OSLO);
    expect("down oslo on rs-1");
    charon.event("child-updown", true, OSLO);
    expect("up oslo on rs-1, peer at 192.0.2.7 port 4500");
    assertThat(log.history()).hasSize(3);
  }

  @Test
  void whatHappenedWhileTheConnectionWasLostIsReported() throws Exception {
    charon.sas.put("oslo", OSLO);
    watch();
    expect("up oslo");
    charon.sas.clear();
    charon.hangUp();
    expect("has closed the connection");
    expect("charon is back");
    expect("down oslo");
  }

  @Test
  void aTunnelThatMovesHereIsCalled() throws Exception {
    charon.connections.put(
        "oslo", FakeCharon.connection("oslo", "net", "oslo.example", "192.0.2.7", "10.1.2.0/28"));
    charon.sas.put("bergen", FakeCharon.sa("bergen", "net", "b", "192.0.2.9", "10.1.3.0/28"));
    watch();
    expect("up bergen"); // the connections are read before
    Assignment elsewhere = oslo(TunnelState.UP, "rs-2", 2);
    decide(oslo(TunnelState.ANNOUNCED, "rs-1", 1), elsewhere, DecisionReason.PINNED);
    decide(elsewhere, oslo(TunnelState.UP, "rs-1", 3), DecisionReason.SERVER_DOWN);
    expect("oslo moved here: calling its peer (oslo/net)");
    assertThat(charon.initiated.poll(60, TimeUnit.SECONDS))
        .isEqualTo(Section.of("ike", "oslo", "child", "net", "timeout", "-1"));
    charon.event("child-updown", true, OSLO);
    expect("oslo is established again, on rs-1");
  }

  @Test
  void whatIsLeftOfATunnelThatMovedAwayIsEnded() throws Exception {
    charon.connections.put(
        "oslo", FakeCharon.connection("oslo", "net", "oslo.example", "192.0.2.7", "10.1.2.0/28"));
    charon.sas.put("oslo", OSLO);
    watch();
    expect("up oslo");
    Assignment here = oslo(TunnelState.UP, "rs-1", 2);
    decide(here, oslo(TunnelState.UP, "rs-2", 3), DecisionReason.FLUSHED);
    expect("oslo moved away: ending what is left of it here");
    assertThat(charon.terminated.poll(60, TimeUnit.SECONDS))
        .isEqualTo(Section.of("ike-id", "7", "force", "yes", "timeout", "-1"));
  }

  @Test
  void aDamagedAnswerIsSaidAndTriedAgain() throws Exception {
    charon.damaged.put("list-sas", ByteBuffer.allocate(8).putInt(4).putInt(0x01020202).array());
    charon.sas.put("oslo", OSLO);
    watch();
    expect("expected a VICI message but at byte 2 a section ends that never began");
    charon.damaged.clear();
    expect("charon is back");
    expect("up oslo");
  }

  @Test
  void aCharonThatEndsAndComesBackIsFoundAgain() throws Exception {
    charon.sas.put("oslo", OSLO);
    watch();
    expect("up oslo");
    charon.close();
    expect("trying again until it is there");
    charon = new FakeCharon(folder.resolve("charon.vici"));
    expect("charon is back");
    expect("down oslo");
  }
}
