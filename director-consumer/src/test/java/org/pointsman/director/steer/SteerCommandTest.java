package org.pointsman.director.steer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.cli.Cli;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.director.dataplane.pcap.Libpcap;
import org.pointsman.director.dataplane.pcap.PcapPlaneException;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.packet.SamplePackets;
import org.pointsman.director.table.Entities;
import org.pointsman.director.table.EntityChange;
import org.pointsman.model.Entity;
import org.pointsman.model.IpAddress;
import org.pointsman.topics.TopicReader.Read;
import picocli.CommandLine;

final class SteerCommandTest {
  private static final String TOPIC = "pointsman.assignments";
  private static final IpAddress PEER = IpAddress.parse("192.0.2.7");
  private static final Entity CONFIG = Entities.config("203.0.113.1", 1);
  private static final Entity SERVER = Entities.server("rs-1", "02:00:00:00:01:01", 2);
  private static final Entity TUNNEL = Entities.tunnel("t", "rs-1", "192.0.2.7", "10.1.2.0/28", 3);

  @TempDir private Path temp;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void needsLibpcap() {
    try {
      Libpcap.require();
    } catch (PcapPlaneException missing) {
      Assumptions.abort(missing.getMessage());
    }
  }

  private int steer(SteerCommand.Source source, String... arguments) {
    CommandLine line = Cli.commandLine(new SteerCommand(source));
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  private static SteerCommand.Source table(Entity... entities) {
    List<EntityChange> changes = Stream.of(entities).map(EntityChange::put).toList();
    return (_, _) -> changes;
  }

  private static List<byte[]> frames() {
    SamplePackets samples = new SamplePackets(GoldenPackets.DIRECTOR, GoldenPackets.ROUTER);
    return samples.fromPeer(PEER, GoldenPackets.VIP4).stream()
        .map(sample -> sample.frame().toByteArray())
        .toList();
  }

  private Path capture() throws IOException {
    Path file = temp.resolve("in.pcap");
    try (PcapWriter writer = new PcapWriter(file, LinkType.ETHERNET)) {
      for (byte[] packet : frames()) {
        writer.write(Instant.EPOCH, packet, packet.length);
      }
    }
    return file;
  }

  private String[] outer(Path capture, Path directory, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("--side", "outer", "--capture", capture.toString()));
    arguments.addAll(List.of("--out-dir", directory.toString()));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  @Test
  void aCaptureIsSteeredByTheTableAndTheSummaryIsPrinted() throws Exception {
    Path directory = temp.resolve("out");
    assertThat(steer(table(CONFIG, SERVER, TUNNEL), outer(capture(), directory))).isZero();
    assertThat(out.toString())
        .startsWith(
            "cluster default, outer side: 1 tunnels, 0 of them pending, 1 servers, virtual addresses 203.0.113.1"
                + System.lineSeparator())
        .contains("rs-1 ", "written: missed.pcap, passed.pcap, rs-1.pcap");
    assertThat(err.toString()).isEmpty();
    assertThat(directory.resolve("rs-1.pcap")).isNotEmptyFile();
  }

  @Test
  void virtualAddressesOfTheCommandLineCountToo() throws Exception {
    Path directory = temp.resolve("out");
    assertThat(steer(table(SERVER, TUNNEL), outer(capture(), directory))).isEqualTo(Cli.FAILED);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "expected a virtual address but cluster default has none in its settings, so that no packet is for it; give --vip");
    assertThat(directory).doesNotExist();

    String[] given = outer(capture(), directory, "--vip", "203.0.113.9,203.0.113.1");
    assertThat(steer(table(SERVER, TUNNEL), given)).isZero();
    assertThat(out.toString()).contains("virtual addresses 203.0.113.1, 203.0.113.9");
    assertThat(directory.resolve("rs-1.pcap")).isNotEmptyFile();
  }

  @Test
  void anInnerDirectorNeedsNoVirtualAddress() throws Exception {
    String[] inner = outer(capture(), temp.resolve("out"));
    inner[1] = "inner";
    assertThat(steer(table(SERVER, TUNNEL), inner)).isZero();
    assertThat(out.toString())
        .startsWith("cluster default, inner side: 1 tunnels, 0 of them pending, 1 servers")
        .doesNotContain("virtual");
  }

  @Test
  void withoutTunnelsNothingIsSteered() throws Exception {
    Path directory = temp.resolve("out");
    assertThat(steer(table(CONFIG, SERVER), outer(capture(), directory))).isEqualTo(Cli.FAILED);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "expected tunnels of cluster default but the assignments topic holds none; announce some, or name another --cluster");
    assertThat(directory).doesNotExist();
  }

  @Test
  void pathsAreLookedAtBeforeTheTableIsRead() throws Exception {
    SteerCommand.Source never =
        (_, _) -> {
          throw new AssertionError("nobody should have asked");
        };
    Path absent = temp.resolve("absent.pcap");
    assertThat(steer(never, outer(absent, temp))).isEqualTo(Cli.FAILED);
    assertThat(err.toString())
        .contains("expected a capture file for --capture but " + absent + " is none");
    Path file = capture();
    assertThat(steer(never, outer(file, file))).isEqualTo(Cli.FAILED);
    assertThat(err.toString())
        .contains("expected a directory for --out-dir but " + file + " is a file");
  }

  @Test
  void whatIsNoCaptureOrCannotBeWrittenIsExplained() throws Exception {
    SteerCommand.Source table = table(CONFIG, SERVER, TUNNEL);
    Path text = Files.writeString(temp.resolve("text.pcap"), "this is no capture, is it?");
    assertThat(steer(table, outer(text, temp.resolve("out")))).isEqualTo(Cli.FAILED);
    assertThat(err.toString()).contains("text.pcap is none");
    Path below = text.resolve("out"); // below a file, where not even root can make a directory
    assertThat(steer(table, outer(capture(), below))).isEqualTo(Cli.FAILED);
    assertThat(err.toString()).contains("expected to write into " + below + " but got");
  }

  @Test
  void theCaptureItselfIsNeverOverwritten() throws Exception {
    byte[] before = Files.readAllBytes(capture());
    Path passed = Files.move(capture(), temp.resolve("passed.pcap"));
    assertThat(steer(table(CONFIG, SERVER, TUNNEL), outer(passed, temp))).isEqualTo(Cli.FAILED);
    assertThat(err.toString()).contains("that is the capture itself");
    assertThat(passed).hasBinaryContent(before);
  }

  @Test
  void aCaptureThatBreaksOffFailsAfterWhatIsThere() throws Exception {
    byte[] whole = Files.readAllBytes(capture());
    Path broken = temp.resolve("broken.pcap");
    Files.write(broken, Arrays.copyOf(whole, whole.length - 3));
    assertThat(steer(table(CONFIG, SERVER, TUNNEL), outer(broken, temp.resolve("out"))))
        .isEqualTo(Cli.FAILED);
    assertThat(out.toString()).contains("the capture ends early", "rs-1.pcap");
  }

  @Test
  void recordsThatCannotBeReadAreToldAndCounted() throws Exception {
    SteerCommand.Source source =
        (_, bad) -> {
          AssignmentsReader reader = new AssignmentsReader(TOPIC, bad);
          reader.take(new Read(3, 0, 0, "default/config", CONFIG));
          reader.take(new Read(3, 1, 0, "default/server/rs-1", SERVER));
          reader.take(new Read(3, 2, 0, "default/tunnel/t", TUNNEL));
          reader.take(new Read(3, 3, 0, "default/tunnel/other", TUNNEL));
          reader.take(new Read(3, 4, 0, null, TUNNEL));
          reader.take(new Read(3, 5, 0, "default/tunnel/gone", null));
          for (int i = 6; i < 16; i++) {
            reader.takeBad(new RecordFormatException("expected magic byte 0").at(TOPIC, 3, i));
          }
          return reader.changes();
        };
    assertThat(steer(source, outer(capture(), temp.resolve("out")))).isZero();
    List<String> told = err.toString().lines().toList();
    assertThat(told)
        .hasSize(11)
        .startsWith(
            "skipped pointsman.assignments-3@3: expected a value for the key 'default/tunnel/other' but it holds another's",
            "skipped pointsman.assignments-3@4: expected a key but it has none",
            "skipped pointsman.assignments-3@6: expected magic byte 0")
        .endsWith("skipped 12 records in all that cannot be read");
    assertThat(out.toString()).contains("1 tunnels");
  }

  @Test
  void whatIsMissingOnTheCommandLineIsNamed() {
    assertThat(steer(table(), "--side", "outer")).isEqualTo(Cli.USAGE);
    assertThat(err.toString()).contains("--capture=FILE", "--out-dir=DIR");
  }
}
