package org.pointsman.director.packet;

import static org.pointsman.director.packet.GoldenPackets.*;
import static org.pointsman.director.packet.PacketBuilder.*;

import java.util.ArrayList;
import java.util.List;
import org.pointsman.director.packet.GoldenPackets.Golden;
import org.pointsman.director.packet.SamplePackets.Sample;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.RawBytes;
import org.pointsman.model.Side;

/** What the parts of {@link GoldenPackets} write their rows with. */
abstract class GoldenRows {
  private final List<Golden> rows = new ArrayList<>();

  /** Adds this part's rows. */
  abstract void write();

  final List<Golden> rows() {
    write();
    return List.copyOf(rows);
  }

  final void outer(String description, byte[] packet, Reason reason) {
    outer(description, packet, reason, 0);
  }

  final void outer(String description, byte[] packet, Reason reason, int server) {
    add(Side.OUTER, description, ethernet(DIRECTOR, ROUTER, packet), reason, server);
  }

  final void inner(String description, byte[] packet, Reason reason, int server) {
    add(Side.INNER, description, ethernet(DIRECTOR, ROUTER, packet), reason, server);
  }

  final void addAll(Side side, String prefix, List<Sample> samples, int server) {
    for (Sample sample : samples) {
      add(
          side,
          prefix + sample.description(),
          sample.frame().toByteArray(),
          sample.reason(),
          server);
    }
  }

  final void add(Side side, String description, byte[] frame, Reason reason, int server) {
    rows.add(new Golden(side, description, RawBytes.of(frame), reason, server));
  }

  static byte[] icmp4(int type, int code, byte[] rest) {
    return ip(CORE4, VIP4, ICMP, icmp(CORE4, VIP4, type, code, 0, rest));
  }

  static byte[] icmp6(int type, int code, byte[] rest) {
    return ip(CORE6, VIP6, ICMPV6, icmp(CORE6, VIP6, type, code, 0, rest));
  }

  static byte[] ikeTo(IpAddress source, IpAddress destination) {
    return udp(source, destination, 500, 500, ike(40));
  }

  static byte[] udpTo(IpAddress source, IpAddress destination, int port) {
    return ip(source, destination, UDP, udp(source, destination, 4500, port, new byte[20]));
  }

  static byte[] patched(byte[] packet, int at, int value) {
    byte[] copy = packet.clone();
    copy[at] = (byte) value;
    return copy;
  }

  static MacAddress mac(String text) {
    return MacAddress.parse(text);
  }
}
