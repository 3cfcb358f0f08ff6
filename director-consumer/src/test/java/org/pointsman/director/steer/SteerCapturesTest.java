package org.pointsman.director.steer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.Pcaps;
import org.pointsman.cli.Cli;
import org.pointsman.director.dataplane.pcap.Libpcap;
import org.pointsman.director.dataplane.pcap.PcapPlaneException;
import org.pointsman.director.table.Entities;
import org.pointsman.director.table.EntityChange;
import picocli.CommandLine;

/**
 * The command on captures that others made, of real gateways: tcpdump's own test captures. They are
 * not part of this project, so where they are absent this class is skipped. They are looked for in
 * the directory of {@code -Dpointsman.captures} or {@code $POINTSMAN_CAPTURES}, else beside the
 * project in {@code shared/captures}.
 */
final class SteerCapturesTest {
  private static final List<String> NAMES =
      List.of(
          "02-sunrise-sunset-esp.pcap",
          "08-sunrise-sunset-aes.pcap",
          "ISAKMP_sa_setup.pcap",
          "espudp1.pcap",
          "ikev2four.pcap",
          "isakmp4500.pcap");

  private static Path captures = Path.of("");

  /** Three servers; each peer of the captures has a tunnel on another one. */
  private static final List<EntityChange> TABLE =
      Stream.of(
              Entities.server("rs-1", "02:00:00:00:01:01", 1),
              Entities.server("rs-2", "02:00:00:00:01:02", 2),
              Entities.server("rs-3", "02:00:00:00:01:03", 3),
              Entities.tunnel("roadwarrior", "rs-1", "192.1.2.254", "10.3.0.0/24", 4),
              Entities.tunnel("sunset", "rs-2", "192.1.2.23", "192.0.2.0/24", 5),
              Entities.tunnel("four", "rs-3", "192.168.1.2", "10.4.0.0/24", 6))
          .map(EntityChange::put)
          .toList();

  @TempDir private Path out;
  private final StringWriter summary = new StringWriter();

  @BeforeAll
  static void findCaptures() {
    captures = directory();
    for (String name : NAMES) {
      Assumptions.assumeTrue(
          Files.exists(captures.resolve(name)),
          () ->
              "the capture %s is not in %s; give its directory with -Dpointsman.captures=DIR"
                  .formatted(name, captures));
    }
  }

  private static Path directory() {
    @Nullable String property = System.getProperty("pointsman.captures");
    @Nullable String environment = System.getenv("POINTSMAN_CAPTURES");
    if (property != null || environment != null) {
      return Path.of(property != null ? property : environment);
    }
    return Path.of("..", "..", "shared", "captures");
  }

  @BeforeEach
  void needsLibpcap() {
    try {
      Libpcap.require();
    } catch (PcapPlaneException missing) {
      Assumptions.abort(missing.getMessage());
    }
  }

  private void steer(String capture, String virtualAddress) {
    CommandLine line = Cli.commandLine(new SteerCommand((_, _) -> TABLE));
    StringWriter err = new StringWriter();
    line.setOut(new PrintWriter(summary, true)).setErr(new PrintWriter(err, true));
    int exitCode =
        line.execute(
            "--side=outer",
            "--capture=" + captures.resolve(capture),
            "--out-dir=" + out,
            "--vip=" + virtualAddress);
    assertThat(err.toString()).isEmpty();
    assertThat(exitCode).isZero();
  }

  private List<byte[]> written(String file) throws Exception {
    List<byte[]> packets = new ArrayList<>();
    try (PcapHandle in = Pcaps.openOffline(out.resolve(file).toString())) {
      while (true) {
        packets.add(in.getNextRawPacketEx());
      }
    } catch (EOFException end) {
      return packets;
    }
  }

  private List<String> files() throws Exception {
    try (Stream<Path> files = Files.list(out)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static int u16(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }

  /** What an Ethernet frame holds, read without any of the code that steers. */
  private static String kind(byte[] frame) {
    if (u16(frame, 12) != 0x0800) {
      return u16(frame, 12) == 0x0806 ? "ARP" : "other";
    }
    int udp = 14 + 4 * (frame[14] & 0x0f);
    int protocol = frame[14 + 9];
    if (protocol != 17) {
      return protocol == 50 ? "ESP" : "other";
    }
    String from = u16(frame, 14 + 12 + 2) == 0x02fe ? "" : "reply: "; // …2.254
    if (u16(frame, udp + 2) != 4500) {
      return from + "IKE 500";
    }
    if (u16(frame, udp + 4) == 9) { // RFC 3948 §2.3
      return from + "keep-alive";
    }
    boolean isIke = u16(frame, udp + 8) == 0 && u16(frame, udp + 10) == 0; // §2.2
    return from + (isIke ? "IKE 4500" : "ESP in UDP");
  }

  private Map<String, Integer> kinds(String file) throws Exception {
    Map<String, Integer> kinds = new TreeMap<>();
    written(file).forEach(frame -> kinds.merge(kind(frame), 1, Integer::sum));
    return kinds;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"02-sunrise-sunset-esp.pcap", "08-sunrise-sunset-aes.pcap", "espudp1.pcap"})
  void sunsetGoesToOneServerAsEspAndAsEspInUdp(String capture) throws Exception {
    steer(capture, "192.1.2.45");
    assertThat(files()).containsExactly("missed.pcap", "passed.pcap", "rs-2.pcap");
    assertThat(written("rs-2.pcap"))
        .hasSize(8)
        .allSatisfy(frame -> assertThat(frame).startsWith(2, 0, 0, 0, 1, 2));
    assertThat(written("missed.pcap")).isEmpty();
    assertThat(written("passed.pcap")).isEmpty();
    assertThat(summary.toString()).containsPattern("steered +8\n").containsPattern("read +8\n");
  }

  @Test
  void aTunnelThatMovesToUdp4500GoesToOneServerAndArpAndRepliesArePassed() throws Exception {
    steer("isakmp4500.pcap", "192.1.2.23");
    assertThat(files()).containsExactly("missed.pcap", "passed.pcap", "rs-1.pcap");
    assertThat(kinds("rs-1.pcap"))
        .isEqualTo(Map.of("IKE 500", 2, "IKE 4500", 5, "ESP in UDP", 8, "keep-alive", 4));
    assertThat(kinds("passed.pcap"))
        .isEqualTo(Map.of("ARP", 8, "reply: IKE 500", 2, "reply: IKE 4500", 6));
    assertThat(written("missed.pcap")).isEmpty();
    assertThat(summary.toString()).containsPattern("read +35\n");
  }

  @Test
  void aCaptureWithoutEthernetHeadersIsSteeredToo() throws Exception {
    steer("ikev2four.pcap", "192.168.1.1");
    assertThat(files()).containsExactly("missed.pcap", "passed.pcap", "rs-3.pcap");
    assertThat(written("rs-3.pcap")).hasSize(11);
    assertThat(written("passed.pcap")).hasSize(10);
    assertThat(written("missed.pcap")).isEmpty();
  }

  @Test
  void aPeerWithoutTunnelIsMissedAndNamed() throws Exception {
    steer("ISAKMP_sa_setup.pcap", "10.0.0.2");
    assertThat(files()).containsExactly("missed.pcap", "passed.pcap");
    assertThat(written("missed.pcap")).hasSize(5);
    assertThat(written("passed.pcap")).hasSize(4);
    assertThat(summary.toString()).containsPattern("  10\\.0\\.0\\.1 +5\n");
  }
}
