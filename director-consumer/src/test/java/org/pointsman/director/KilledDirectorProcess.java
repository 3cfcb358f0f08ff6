package org.pointsman.director;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.feed.FeedListener;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.snapshot.Snapshot;
import org.pointsman.director.table.Entities;
import org.pointsman.model.Entity;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

/**
 * An outer director from o-in to o-out with Kafka's mocks, in a process of its own, to be killed.
 * It says on standard output how far it is.
 */
final class KilledDirectorProcess {
  static final String THERE = "there";
  static final String AWAY = "away";

  private static final IpAddress PEER = GoldenPackets.PEER4;

  private KilledDirectorProcess() {}

  /**
   * Starts one; each line of standard input moves the tunnel to the server it names.
   *
   * @param arguments the director's name, its data plane, the folder of snapshots, and whether
   *     Kafka is there
   */
  public static void main(String[] arguments) throws IOException {
    FakeKafka kafka = new FakeKafka();
    kafka.write(
        Entities.server("rs-1", "02:00:00:00:01:01", 1),
        Entities.server("rs-2", "02:00:00:00:01:02", 2),
        Entities.config(
            String.join(",", GoldenPackets.VIPS.stream().map(IpAddress::toString).toList()), 3),
        tunnel("rs-1", 4));
    KafkaLinks links = kafka.links();
    if (arguments[3].equals(AWAY)) {
      links =
          new KafkaLinks(
              links.topics(),
              () -> {
                throw new KafkaException("nobody there");
              },
              links.values(),
              links.producers(),
              links.inquiry());
    }
    DirectorSettings settings =
        DirectorSettings.builder(Side.OUTER)
            .name(arguments[0])
            .dataPlane(DataPlaneKind.valueOf(arguments[1]))
            .in("o-in")
            .out("o-out")
            .localAddresses(List.of())
            .maxTunnels(100)
            .snapshotDirectory(Path.of(arguments[2]))
            .build();
    Director director = Director.start(links, settings, new Speaker(), InstantSource.system());
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> arguments[3].equals(AWAY) || director.status().snapshotAt() != null);
    say(arguments[3].equals(AWAY) ? "started" : "kept");
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    long epoch = 5;
    for (String to = commands.readLine(); to != null; to = commands.readLine()) {
      kafka.write(tunnel(to, epoch++));
      ServerId wanted = new ServerId(to);
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> director.serverOf(PEER).filter(wanted::equals).isPresent());
      say("moved");
    }
  }

  private static Entity tunnel(String server, long epoch) {
    return Entities.tunnel("t", server, PEER.toString(), "10.0.1.0/28", epoch);
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** Says when a snapshot stands and packets go by it. */
  private static final class Speaker implements FeedListener {
    @Override
    public void restored(@Nullable Snapshot snapshot) {
      say("restored");
    }
  }
}
