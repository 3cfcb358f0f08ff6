package org.pointsman.director.dataplane.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.PcapDirection;
import org.pcap4j.core.PcapNetworkInterface.PromiscuousMode;
import org.pointsman.director.dataplane.NetworkNamespace;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.neighbour.LinuxNeighbourResolver;
import org.pointsman.director.neighbour.ResolvingDataPlane;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

/**
 * The pcap plane, and the search for a server's MAC address, in a process that has {@code
 * CAP_NET_RAW} and nothing else.
 */
final class PcapPrivilegesIT {
  private static final String NET_RAW_ALONE = "0000000000002000";
  private static final byte[] ESP = GoldenPackets.esp(1).frame().toByteArray();

  private final NetworkNamespace director = new NetworkNamespace();
  private final NetworkNamespace server = new NetworkNamespace();

  @BeforeEach
  void makeNetwork() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv is missing; install util-linux");
    for (NetworkNamespace namespace : List.of(director, server)) {
      Optional<String> impossible = namespace.enter();
      Assumptions.assumeTrue(impossible.isEmpty(), () -> impossible.orElse(""));
    }
    director.command("ip link add p-in address 02:00:00:00:00:01 type veth peer name p-server");
    director.command("ip link set p-server netns " + server.task());
    director.command("ip addr add 10.9.0.1/24 dev p-in");
    server.command("ip link set p-server address 02:00:00:00:06:01");
    server.command("ip addr add 10.9.0.11/24 dev p-server");
    server.command("ip link set p-server up");
    director.command("ip link set p-in up");
  }

  @AfterEach
  void close() {
    director.close();
    server.close();
  }

  @Test
  void oneCapabilityIsEnough() throws Exception {
    Process process =
        director.run(
            () ->
                new ProcessBuilder(
                        "setpriv",
                        "--bounding-set=-all,+net_raw",
                        "--inh-caps=-all,+net_raw",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Unprivileged.class.getName())
                    .redirectErrorStream(true)
                    .start());
    PcapHandle peer =
        server.run(
            () ->
                new PcapHandle.Builder("p-server")
                    .snaplen(65_536)
                    .immediateMode(true)
                    .timeoutMillis(10)
                    .direction(PcapDirection.IN)
                    .promiscuousMode(PromiscuousMode.PROMISCUOUS)
                    .build());
    try {
      while (process.isAlive()) { // until it is ready, and then once more
        peer.sendPacket(ESP);
        boolean _ = process.waitFor(100, TimeUnit.MILLISECONDS);
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.exitValue()).as(said).isZero();
      assertThat(said).contains("capabilities " + NET_RAW_ALONE, "steered");
    } finally {
      peer.close();
      process.destroyForcibly();
    }
  }

  /** The process. */
  static final class Unprivileged {
    private Unprivileged() {}

    public static void main(String[] arguments) throws Exception {
      String capabilities =
          Files.readAllLines(Path.of("/proc/self/status")).stream()
              .filter(line -> line.startsWith("CapEff:"))
              .findFirst()
              .orElseThrow()
              .substring(7)
              .strip();
      System.out.println("capabilities " + capabilities);
      PcapDataPlane pcap =
          new PcapDataPlane(
              new PlaneSettings(Side.OUTER, List.of(), OnMiss.DROP, TableLimits.forTunnels(1)),
              new PcapSettings("p-in", null, null));
      try (ResolvingDataPlane plane =
          new ResolvingDataPlane(pcap, new LinuxNeighbourResolver("p-in"), "p-in")) {
        plane.update(GoldenPackets.entries());
        plane.update(
            List.of(new Entry.Server(1, new ServerId("rs-1"), null, IpAddress.parse("10.9.0.11"))));
        plane.start();
        Awaitility.await()
            .atMost(Duration.ofSeconds(90))
            .until(() -> plane.stats().server(1).packets() > 0);
        System.out.println("steered " + plane.stats().server(1).packets());
      }
    }
  }
}
