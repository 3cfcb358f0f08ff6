package org.pointsman.director.packet;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;

/**
 * Makes packets of the kinds that a director meets, with right lengths and checksums. A packet is
 * built from the inside out: {@code ethernet(to, from, ip(source, destination, UDP, udp(…)))}.
 *
 * <p>For {@link SamplePackets} and for tests; a director makes no packets.
 */
public final class PacketBuilder {
  public static final int ICMP = 1;
  public static final int TCP = 6;
  public static final int UDP = 17;
  public static final int ROUTING = 43;
  public static final int FRAGMENT = 44;
  public static final int ESP = 50;
  public static final int AH = 51;
  public static final int ICMPV6 = 58;
  public static final int NO_NEXT_HEADER = 59;
  public static final int DESTINATION_OPTIONS = 60;
  public static final int HOP_BY_HOP = 0;

  public static final int VLAN = 0x8100;
  public static final int SERVICE_VLAN = 0x88a8;

  private static final int TTL = 61;
  private static final int MORE_FRAGMENTS = 0x2000;

  private PacketBuilder() {}

  /**
   * A frame with an IP packet.
   *
   * @param tags the TPID of each VLAN tag, outermost first; the tags' VLANs are 100, 101, …
   */
  public static byte[] ethernet(
      MacAddress destination, MacAddress source, byte[] ipPacket, int... tags) {
    int type = ipPacket.length > 0 && (ipPacket[0] & 0xf0) == 0x60 ? 0x86dd : 0x0800;
    return ethernet(destination, source, type, ipPacket, tags);
  }

  /** A frame with anything. */
  public static byte[] ethernet(
      MacAddress destination, MacAddress source, int type, byte[] payload, int... tags) {
    ByteBuffer frame = ByteBuffer.allocate(14 + 4 * tags.length + payload.length);
    putMac(frame, destination);
    putMac(frame, source);
    for (int i = 0; i < tags.length; i++) {
      frame.putShort((short) tags[i]).putShort((short) (100 + i));
    }
    return frame.putShort((short) type).put(payload).array();
  }

  /** An IPv4 or IPv6 packet without options or extension headers. */
  public static byte[] ip(IpAddress source, IpAddress destination, int protocol, byte[] payload) {
    return switch (source.family()) {
      case V4 -> ipv4(source, destination, protocol, payload, 0, new byte[0]);
      case V6 -> ipv6(source, destination, protocol, payload);
    };
  }

  /**
   * An IPv4 packet.
   *
   * @param fragmentField flags and offset as in the header: 0x2000 for more fragments, the offset
   *     in units of eight bytes
   * @param options a multiple of four bytes, up to 40
   */
  public static byte[] ipv4(
      IpAddress source,
      IpAddress destination,
      int protocol,
      byte[] payload,
      int fragmentField,
      byte[] options) {
    int headerBytes = 20 + options.length;
    ByteBuffer packet = ByteBuffer.allocate(headerBytes + payload.length);
    packet.put((byte) (0x40 | headerBytes / 4)).put((byte) 0);
    packet.putShort((short) packet.capacity()).putShort((short) 0x1234);
    packet.putShort((short) fragmentField).put((byte) TTL).put((byte) protocol).putShort((short) 0);
    packet.put(source.toBytes()).put(destination.toBytes()).put(options).put(payload);
    packet.putShort(10, checksum(packet.array(), 0, headerBytes, 0));
    return packet.array();
  }

  /**
   * An IPv6 packet.
   *
   * @param nextHeader what {@code payload} starts with: an extension header or the transport
   */
  public static byte[] ipv6(
      IpAddress source, IpAddress destination, int nextHeader, byte[] payload) {
    ByteBuffer packet = ByteBuffer.allocate(40 + payload.length);
    packet.putInt(0x6000_0000).putShort((short) payload.length);
    packet.put((byte) nextHeader).put((byte) TTL);
    return packet.put(source.toBytes()).put(destination.toBytes()).put(payload).array();
  }

  /**
   * An IPv6 extension header (hop-by-hop, routing, destination options) before {@code rest}.
   *
   * @param nextHeader what {@code rest} is
   * @param units its length in units of eight bytes, 1 to 256
   */
  public static byte[] extension(int nextHeader, int units, byte[] rest) {
    ByteBuffer header = ByteBuffer.allocate(units * 8 + rest.length);
    header.put((byte) nextHeader).put((byte) (units - 1));
    header.put((byte) 1).put((byte) (units == 1 ? 4 : 0)); // PadN
    return header.position(units * 8).put(rest).array();
  }

  /**
   * An IPv6 fragment header before {@code rest}.
   *
   * @param offset in units of eight bytes
   */
  public static byte[] fragmentHeader(int nextHeader, int offset, boolean more, byte[] rest) {
    ByteBuffer header = ByteBuffer.allocate(8 + rest.length);
    header.put((byte) nextHeader).put((byte) 0);
    header.putShort((short) (offset << 3 | (more ? 1 : 0))).putInt(0x1234_5678);
    return header.put(rest).array();
  }

  /**
   * Cuts a packet without options or extension headers into fragments.
   *
   * @param most the most bytes of payload in one, a multiple of eight
   */
  public static List<byte[]> fragments(byte[] packet, int most) {
    boolean v4 = (packet[0] & 0xf0) == 0x40;
    int headerBytes = v4 ? 20 : 40;
    IpAddress source = IpAddress.of(slice(packet, v4 ? 12 : 8, v4 ? 4 : 16));
    IpAddress destination = IpAddress.of(slice(packet, v4 ? 16 : 24, v4 ? 4 : 16));
    int protocol = packet[v4 ? 9 : 6];
    List<byte[]> fragments = new ArrayList<>();
    for (int from = headerBytes; from < packet.length; from += most) {
      byte[] part = slice(packet, from, Math.min(most, packet.length - from));
      boolean more = from + most < packet.length;
      int offset = (from - headerBytes) / 8;
      fragments.add(
          v4
              ? ipv4(
                  source,
                  destination,
                  protocol,
                  part,
                  offset | (more ? MORE_FRAGMENTS : 0),
                  new byte[0])
              : ipv6(source, destination, FRAGMENT, fragmentHeader(protocol, offset, more, part)));
    }
    return fragments;
  }

  public static byte[] udp(
      IpAddress source,
      IpAddress destination,
      int sourcePort,
      int destinationPort,
      byte[] payload) {
    ByteBuffer datagram = ByteBuffer.allocate(8 + payload.length);
    datagram.putShort((short) sourcePort).putShort((short) destinationPort);
    datagram.putShort((short) datagram.capacity()).putShort((short) 0).put(payload);
    short sum = checksum(datagram.array(), source, destination, UDP);
    datagram.putShort(6, sum == 0 ? -1 : sum); // 0 would mean "no checksum"
    return datagram.array();
  }

  /** A TCP segment that opens a connection. */
  public static byte[] tcpSyn(
      IpAddress source, IpAddress destination, int sourcePort, int destinationPort) {
    ByteBuffer segment = ByteBuffer.allocate(20);
    segment.putShort((short) sourcePort).putShort((short) destinationPort);
    segment.putInt(1).putInt(0).put((byte) 0x50).put((byte) 2).putShort((short) 64_240);
    segment.putShort(16, checksum(segment.array(), source, destination, TCP));
    return segment.array();
  }

  /** An IKEv2 header (RFC 7296 §3.1) of an IKE_SA_INIT request and {@code bytes} more. */
  public static byte[] ike(int bytes) {
    ByteBuffer message = ByteBuffer.allocate(28 + bytes);
    message.putLong(0x0102_0304_0506_0708L).putLong(0);
    message.put((byte) 33).put((byte) 0x20).put((byte) 34).put((byte) 0x08);
    return message.putInt(0).putInt(28 + bytes).array();
  }

  /** IKE as on port 4500: behind four zero bytes (RFC 3948 §2.2). */
  public static byte[] nonEsp(byte[] ike) {
    return ByteBuffer.allocate(4 + ike.length).putInt(0).put(ike).array();
  }

  /** ESP (RFC 4303) with {@code bytes} of what stands for the encrypted part. */
  public static byte[] esp(int spi, int sequence, int bytes) {
    ByteBuffer packet = ByteBuffer.allocate(8 + bytes).putInt(spi).putInt(sequence);
    for (int i = 0; i < bytes; i++) {
      packet.put((byte) (spi * 31 + sequence * 17 + i * 7));
    }
    return packet.array();
  }

  /** AH (RFC 4302) with a 12-byte check value before {@code rest}. */
  public static byte[] ah(int nextHeader, int spi, int sequence, byte[] rest) {
    ByteBuffer packet = ByteBuffer.allocate(24 + rest.length);
    packet.put((byte) nextHeader).put((byte) 4).putShort((short) 0).putInt(spi).putInt(sequence);
    return packet.position(24).put(rest).array();
  }

  /**
   * An ICMP or ICMPv6 message.
   *
   * @param word the four bytes behind the checksum: an MTU, an identifier
   * @param rest the quoted packet, or an echo's payload
   */
  public static byte[] icmp(
      IpAddress source, IpAddress destination, int type, int code, int word, byte[] rest) {
    ByteBuffer message = ByteBuffer.allocate(8 + rest.length);
    message.put((byte) type).put((byte) code).putShort((short) 0).putInt(word).put(rest);
    short sum =
        source.isV4()
            ? checksum(message.array(), 0, message.capacity(), 0)
            : checksum(message.array(), source, destination, ICMPV6);
    return message.putShort(2, sum).array();
  }

  /** The first {@code most} bytes of a packet, as a router quotes it in an error. */
  public static byte[] quote(byte[] packet, int most) {
    return slice(packet, 0, Math.min(most, packet.length));
  }

  private static byte[] slice(byte[] bytes, int from, int count) {
    byte[] part = new byte[count];
    System.arraycopy(bytes, from, part, 0, count);
    return part;
  }

  private static void putMac(ByteBuffer frame, MacAddress mac) {
    frame.putShort((short) (mac.bits() >>> 32)).putInt((int) mac.bits());
  }

  /** The checksum of a transport message with its pseudo header (RFC 768, RFC 8200 §8.1). */
  private static short checksum(
      byte[] message, IpAddress source, IpAddress destination, int protocol) {
    byte[] from = source.toBytes();
    byte[] to = destination.toBytes();
    long pseudo = sum(from, 0, from.length) + sum(to, 0, to.length) + protocol + message.length;
    return checksum(message, 0, message.length, pseudo);
  }

  private static short checksum(byte[] bytes, int from, int count, long more) {
    long total = sum(bytes, from, count) + more;
    while (total >>> 16 != 0) {
      total = (total & 0xffff) + (total >>> 16);
    }
    return (short) ~total;
  }

  private static long sum(byte[] bytes, int from, int count) {
    long total = 0;
    for (int i = 0; i < count; i++) {
      total += (bytes[from + i] & 0xffL) << (i % 2 == 0 ? 8 : 0);
    }
    return total;
  }
}
