package org.pointsman.director.steer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.TimestampPrecision;
import org.pcap4j.core.Pcaps;
import org.pointsman.director.dataplane.pcap.Libpcap;
import org.pointsman.director.dataplane.pcap.PcapPlaneException;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.packet.PacketBuilder;
import org.pointsman.director.packet.PacketContext;
import org.pointsman.director.packet.SamplePackets;
import org.pointsman.director.steer.CaptureReport.Traffic;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.RawBytes;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

final class CaptureSteererTest {
  private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000L, 123_456_789);
  private static final ServerId RS_1 = new ServerId("rs-1");
  private static final MacAddress RS_1_MAC = MacAddress.parse("02:00:00:00:01:01");

  private final SteeringTable table = new SteeringTable(TableLimits.forTunnels(1));
  @TempDir private Path temp;

  private record Packet(Instant time, RawBytes bytes, int wireBytes) {}

  @BeforeEach
  void needsLibpcap() {
    try {
      Libpcap.require();
    } catch (PcapPlaneException missing) {
      Assumptions.abort(missing.getMessage());
    }
    table.setServerMac(1, RS_1_MAC.bits());
  }

  @AfterEach
  void close() {
    table.close();
  }

  private CaptureSteerer steerer(Side side, String... virtual) {
    List<IpAddress> addresses = Stream.of(virtual).map(IpAddress::parse).toList();
    PacketContext context = PacketContext.of(side, null, addresses, List.of());
    return new CaptureSteerer(
        new SteeringView(table, context, index -> new ServerId("rs-" + index)));
  }

  private static List<Packet> read(Path file) throws Exception {
    List<Packet> packets = new ArrayList<>();
    try (PcapHandle in = Pcaps.openOffline(file.toString(), TimestampPrecision.NANO)) {
      while (true) {
        byte[] bytes = in.getNextRawPacketEx();
        packets.add(
            new Packet(in.getTimestamp().toInstant(), RawBytes.of(bytes), in.getOriginalLength()));
      }
    } catch (EOFException end) {
      return packets;
    }
  }

  private Path write(LinkType type, List<byte[]> packets) throws IOException {
    Path file = temp.resolve("in.pcap");
    try (PcapWriter writer = new PcapWriter(file, type)) {
      for (byte[] packet : packets) {
        writer.write(TIME, packet, packet.length);
      }
    }
    return file;
  }

  private static List<byte[]> samples() {
    SamplePackets samples = new SamplePackets(GoldenPackets.DIRECTOR, GoldenPackets.ROUTER);
    IpAddress peer = IpAddress.parse("192.0.2.7");
    IpAddress vip = GoldenPackets.VIP4;
    List<byte[]> frames = new ArrayList<>();
    samples.fromPeer(peer, vip).forEach(sample -> frames.add(sample.frame().toByteArray()));
    samples
        .fromPeer(IpAddress.parse("192.0.2.99"), vip)
        .forEach(sample -> frames.add(sample.frame().toByteArray()));
    samples
        .otherToVirtual(peer, vip, IpAddress.parse("100.64.0.1"))
        .forEach(sample -> frames.add(sample.frame().toByteArray()));
    return frames;
  }

  private static byte[] espPacket() {
    return PacketBuilder.ip(
        IpAddress.parse("192.0.2.7"),
        IpAddress.parse("203.0.113.1"),
        PacketBuilder.ESP,
        PacketBuilder.esp(1, 1, 100));
  }

  @Test
  void everyPacketIsInOneFileWithItsTimeAndServersGetTheirEthernetAddress() throws Exception {
    table.putOuter(IpAddress.parse("192.0.2.7"), 1);
    List<byte[]> frames = samples();
    Path out = temp.resolve("out");
    CaptureReport report =
        steerer(Side.OUTER, "203.0.113.1").steer(write(LinkType.ETHERNET, frames), out);

    assertThat(report.packets()).isEqualTo(frames.size());
    assertThat(report.steeredPackets() + report.passedPackets() + report.missedPackets())
        .isEqualTo(frames.size());
    assertThat(report.missed().getFirst().address()).isEqualTo(IpAddress.parse("192.0.2.99"));
    assertThat(report.files()).containsExactly("missed.pcap", "passed.pcap", "rs-1.pcap");
    List<Packet> steered = read(out.resolve("rs-1.pcap"));
    assertThat(steered).hasSize((int) report.steeredPackets());
    for (Packet packet : steered) {
      assertThat(packet.time()).isEqualTo(TIME);
      byte[] bytes = packet.bytes().toByteArray();
      assertThat(bytes).startsWith(2, 0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 1);
    }
    assertThat(read(out.resolve("passed.pcap"))).hasSize((int) report.passedPackets());
    List<Packet> missed = read(out.resolve("missed.pcap"));
    assertThat(missed).hasSize((int) report.missedPackets());
    assertThat(missed.getFirst().bytes().toByteArray()).startsWith(2, 0, 0, 0, 0, 1);
  }

  @Test
  void theInnerSideGoesByDestination() throws Exception {
    table.putInner(IpPrefix.parse("10.1.0.0/16"), 1);
    SamplePackets samples = new SamplePackets(GoldenPackets.DIRECTOR, GoldenPackets.ROUTER);
    List<byte[]> frames =
        samples.toInner(IpAddress.parse("172.16.0.1"), IpAddress.parse("10.1.2.3")).stream()
            .map(sample -> sample.frame().toByteArray())
            .toList();
    CaptureReport report =
        steerer(Side.INNER).steer(write(LinkType.ETHERNET, frames), temp.resolve("out"));
    assertThat(report.steeredPackets()).isEqualTo(frames.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"RAW_IP", "LOOPBACK", "LINUX_COOKED", "LINUX_COOKED_2"})
  void otherLinkTypesAreSteeredAndLeftAsTheyAre(String name) throws Exception {
    LinkType type = LinkType.valueOf(name);
    table.putOuter(IpAddress.parse("192.0.2.7"), 1);
    byte[] packet = espPacket();
    ByteBuffer framed = ByteBuffer.allocate(type.headerBytes() + packet.length);
    if (type.etherTypeOffset() >= 0) {
      framed.putShort(type.etherTypeOffset(), (short) 0x0800);
    } else if (type == LinkType.LOOPBACK) {
      framed.order(ByteOrder.nativeOrder()).putInt(0, 2);
    }
    framed.position(type.headerBytes()).put(packet);
    Path out = temp.resolve("out");
    CaptureReport report =
        steerer(Side.OUTER, "203.0.113.1").steer(write(type, List.of(framed.array())), out);
    assertThat(report.servers()).containsOnlyKeys(RS_1);
    assertThat(read(out.resolve("rs-1.pcap")).getFirst().bytes().toByteArray())
        .isEqualTo(framed.array());
  }

  @Test
  void whatACaptureCutOffStaysKnown() throws Exception {
    table.putOuter(IpAddress.parse("192.0.2.7"), 1);
    byte[] packet = espPacket();
    Path file = temp.resolve("in.pcap");
    try (PcapWriter writer = new PcapWriter(file, LinkType.RAW_IP)) {
      writer.write(TIME, Arrays.copyOf(packet, 40), packet.length);
    }
    Path out = temp.resolve("out");
    CaptureReport report = steerer(Side.OUTER, "203.0.113.1").steer(file, out);
    assertThat(report.servers()).containsEntry(RS_1, new Traffic(1, packet.length));
    Packet steered = read(out.resolve("rs-1.pcap")).getFirst();
    assertThat(steered.bytes().length()).isEqualTo(40);
    assertThat(steered.wireBytes()).isEqualTo(packet.length);
  }

  @Test
  void aCaptureThatBreaksOffIsSteeredAsFarAsItGoes() throws Exception {
    table.putOuter(IpAddress.parse("192.0.2.7"), 1);
    byte[] whole = Files.readAllBytes(write(LinkType.ETHERNET, samples()));
    Path broken = temp.resolve("broken.pcap");
    Files.write(broken, Arrays.copyOf(whole, whole.length - 3));
    CaptureReport report = steerer(Side.OUTER, "203.0.113.1").steer(broken, temp.resolve("out"));
    assertThat(report.packets()).isEqualTo(samples().size() - 1);
    assertThat(report.problem()).hasValueSatisfying(why -> assertThat(why).contains("truncated"));
    assertThat(report.toText()).contains("ends early", "steered what is there");
  }

  @Test
  void whatIsNoCaptureIsRefused() throws Exception {
    CaptureSteerer steerer = steerer(Side.OUTER);
    Path out = temp.resolve("out");
    assertThatThrownBy(() -> steerer.steer(temp.resolve("absent.pcap"), out))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("absent.pcap is none that can be read");
    assertThatThrownBy(() -> steerer.steer(temp, out)).isInstanceOf(CaptureException.class);
    Path text = Files.writeString(temp.resolve("text.pcap"), "this is no capture, is it?");
    assertThatThrownBy(() -> steerer.steer(text, out))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("text.pcap is none");
    Path empty = Files.createFile(temp.resolve("empty.pcap"));
    assertThatThrownBy(() -> steerer.steer(empty, out)).isInstanceOf(CaptureException.class);
    assertThat(out).as("nothing was made").doesNotExist();
  }

  @Test
  void aLinkTypeThatCannotBeSteeredIsNamed() throws Exception {
    byte[] bytes = Files.readAllBytes(write(LinkType.ETHERNET, List.of()));
    bytes[23] = 127; // 802.11 radiotap
    Path file = Files.write(temp.resolve("radio.pcap"), bytes);
    assertThatThrownBy(() -> steerer(Side.OUTER).steer(file, temp.resolve("out")))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("DLT 127");
  }

  @Test
  void filesOfTheSameNameAreReplacedAndOthersLeftAlone() throws Exception {
    table.putOuter(IpAddress.parse("192.0.2.7"), 1);
    Path out = Files.createDirectories(temp.resolve("out"));
    Files.writeString(out.resolve("rs-1.pcap"), "old");
    Files.writeString(out.resolve("rs-9.pcap"), "older");
    CaptureReport report =
        steerer(Side.OUTER, "203.0.113.1").steer(write(LinkType.ETHERNET, samples()), out);
    assertThat(report.replaced()).containsExactly("rs-1.pcap");
    assertThat(report.leftAlone()).containsExactly("rs-9.pcap");
    assertThat(Files.readString(out.resolve("rs-9.pcap"))).isEqualTo("older");
    assertThat(report.toText()).contains("left alone: rs-9.pcap");
  }

  @Test
  void aServerWithoutMacGetsItsPacketsAsTheyAre() throws Exception {
    table.setServerMac(1, 0);
    table.putOuter(IpAddress.parse("192.0.2.7"), 1);
    Path out = temp.resolve("out");
    CaptureReport report =
        steerer(Side.OUTER, "203.0.113.1").steer(write(LinkType.ETHERNET, samples()), out);
    assertThat(report.withoutMac()).containsExactly(RS_1);
    assertThat(read(out.resolve("rs-1.pcap")).getFirst().bytes())
        .isEqualTo(RawBytes.of(samples().getFirst()));
  }
}
