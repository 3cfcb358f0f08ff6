package org.pointsman.director.packet;

import static org.pointsman.director.packet.GoldenPackets.*;
import static org.pointsman.director.packet.PacketBuilder.*;

import java.util.Arrays;
import org.pointsman.model.IpAddress;
import org.pointsman.model.Side;

/**
 * What the Ethernet header, its tags and the fixed parts of the IP headers decide, on both sides.
 */
final class GoldenEthernet extends GoldenRows {
  @Override
  void write() {
    for (Side side : Side.values()) {
      byte[] v4 =
          side == Side.OUTER
              ? ip(PEER4, VIP4, ESP, esp(1, 1, 40))
              : ip(HOST4, IpAddress.parse("10.1.9.9"), ESP, esp(1, 1, 40));
      byte[] v6 =
          side == Side.OUTER
              ? ip(PEER6, VIP6, ESP, esp(1, 1, 40))
              : ip(HOST6, IpAddress.parse("2001:db8:a::9"), ESP, esp(1, 1, 40));
      ethernetRows(side, "v4 ", v4);
      ethernetRows(side, "v6 ", v6);
      tags(side, "v4 ", 0x0800, v4);
      tags(side, "v6 ", 0x86dd, v6);
      otherThanIp(side, v4);
      v4Header(side, v4);
      v6Header(side, v6);
    }
  }

  /** What the Ethernet header decides, for the packet of one family. */
  private void ethernetRows(Side side, String family, byte[] packet) {
    Reason steered = side == Side.OUTER ? Reason.ESP : Reason.INNER_DESTINATION;
    add(
        side,
        family + "to another host",
        ethernet(ROUTER, DIRECTOR, packet),
        Reason.NOT_ADDRESSED,
        0);
    add(
        side,
        family + "broadcast frame",
        ethernet(mac("ff:ff:ff:ff:ff:ff"), ROUTER, packet),
        Reason.GROUP_FRAME,
        0);
    add(
        side,
        family + "multicast frame",
        ethernet(mac("01:00:5e:00:00:01"), ROUTER, packet),
        Reason.GROUP_FRAME,
        0);
    add(
        side,
        family + "v6 multicast frame",
        ethernet(mac("33:33:00:00:00:01"), ROUTER, packet),
        Reason.GROUP_FRAME,
        0);
    add(
        side,
        family + "three VLAN tags",
        ethernet(DIRECTOR, ROUTER, packet, SERVICE_VLAN, VLAN, VLAN),
        Reason.TOO_MANY_TAGS,
        0);
    add(
        side,
        family + "two 802.1Q tags",
        ethernet(DIRECTOR, ROUTER, packet, VLAN, VLAN),
        steered,
        1);
    add(
        side,
        family + "one 802.1ad tag",
        ethernet(DIRECTOR, ROUTER, packet, SERVICE_VLAN),
        steered,
        1);
    add(
        side,
        family + "padded behind the packet's end",
        ethernet(DIRECTOR, ROUTER, Arrays.copyOf(packet, packet.length + 18)),
        steered,
        1);
    add(
        side,
        family + "padded to the smallest frame there is",
        Arrays.copyOf(ethernet(DIRECTOR, ROUTER, quote(packet, packet.length)), 110),
        steered,
        1);
    add(
        side,
        family + "multicast frame, tagged",
        ethernet(mac("01:00:5e:00:00:01"), ROUTER, packet, VLAN),
        Reason.GROUP_FRAME,
        0);
    add(
        side,
        family + "to another host, tagged",
        ethernet(mac("02:00:00:00:00:02"), ROUTER, packet, VLAN),
        Reason.NOT_ADDRESSED,
        0);
    add(
        side,
        family + "to an address that differs in its first byte",
        ethernet(mac("06:00:00:00:00:01"), ROUTER, packet),
        Reason.NOT_ADDRESSED,
        0);
    add(
        side,
        family + "from a multicast address",
        ethernet(DIRECTOR, mac("03:00:00:00:00:01"), packet),
        steered,
        1);
  }

  /** What stands in the tags, beside their number. */
  private void tags(Side side, String family, int type, byte[] packet) {
    Reason steered = side == Side.OUTER ? Reason.ESP : Reason.INNER_DESTINATION;
    for (int tag : new int[] {0, 0xe000, 0x1fff, 0xffff}) {
      add(
          side,
          family + "a tag that says %04x".formatted(tag),
          tagged(VLAN, tag, type, packet),
          steered,
          1);
    }
    for (int tpid : new int[] {0x9100, 0x9200, 0x8847, 0x888e}) {
      add(
          side,
          family + "behind an unknown type %04x".formatted(tpid),
          tagged(tpid, 100, type, packet),
          Reason.NOT_IP,
          0);
    }
    add(
        side,
        family + "the second tag cut",
        quote(ethernet(DIRECTOR, ROUTER, packet, SERVICE_VLAN, VLAN), 21),
        Reason.MALFORMED,
        0);
    add(
        side,
        family + "nothing behind two tags",
        quote(ethernet(DIRECTOR, ROUTER, packet, SERVICE_VLAN, VLAN), 22),
        Reason.MALFORMED,
        0);
    add(
        side,
        family + "the last byte cut, two tags",
        quote(ethernet(DIRECTOR, ROUTER, packet, SERVICE_VLAN, VLAN), 14 + 8 + packet.length - 1),
        Reason.MALFORMED,
        0);
  }

  private static byte[] tagged(int tpid, int tag, int type, byte[] packet) {
    byte[] frame = ethernet(DIRECTOR, ROUTER, packet, tpid);
    frame[14] = (byte) (tag >>> 8);
    frame[15] = (byte) tag;
    frame[16] = (byte) (type >>> 8);
    frame[17] = (byte) type;
    return frame;
  }

  private void otherThanIp(Side side, byte[] packet) {
    add(side, "ARP", ethernet(DIRECTOR, ROUTER, 0x0806, new byte[46]), Reason.NOT_IP, 0);
    add(
        side,
        "ARP, tagged",
        ethernet(DIRECTOR, ROUTER, 0x0806, new byte[46], VLAN),
        Reason.NOT_IP,
        0);
    add(
        side,
        "LLC, a length for a type",
        ethernet(DIRECTOR, ROUTER, 0x0026, packet),
        Reason.NOT_IP,
        0);
    add(side, "PPPoE", ethernet(DIRECTOR, ROUTER, 0x8864, packet), Reason.NOT_IP, 0);
    add(
        side,
        "nothing behind the Ethernet header",
        ethernet(DIRECTOR, ROUTER, 0x0800, new byte[0]),
        Reason.MALFORMED,
        0);
    add(
        side,
        "a tag and no more",
        ethernet(DIRECTOR, ROUTER, VLAN, new byte[2]),
        Reason.MALFORMED,
        0);
    for (int type : new int[] {0x0000, 0x05dc, 0x0805, 0x8035, 0x88cc, 0x9000, 0xffff}) {
      add(
          side,
          "type %04x".formatted(type),
          ethernet(DIRECTOR, ROUTER, type, packet),
          Reason.NOT_IP,
          0);
    }
  }

  private void v4Header(Side side, byte[] packet) {
    add(
        side,
        "IPv4 under the type of IPv6",
        ethernet(DIRECTOR, ROUTER, 0x86dd, packet),
        Reason.MALFORMED,
        0);
    add(
        side,
        "total length beyond the frame",
        ethernet(DIRECTOR, ROUTER, patched(packet, 3, packet.length + 1)),
        Reason.MALFORMED,
        0);
    add(
        side,
        "total length within the header",
        ethernet(DIRECTOR, ROUTER, patched(packet, 3, 19)),
        Reason.MALFORMED,
        0);
    add(
        side,
        "header length of 16 bytes",
        ethernet(DIRECTOR, ROUTER, patched(packet, 0, 0x44)),
        Reason.MALFORMED,
        0);
    add(
        side,
        "header length beyond the packet",
        ethernet(DIRECTOR, ROUTER, patched(Arrays.copyOf(packet, 24), 0, 0x4f)),
        Reason.MALFORMED,
        0);
    add(
        side,
        "IP version 5",
        ethernet(DIRECTOR, ROUTER, 0x0800, patched(packet, 0, 0x55)),
        Reason.MALFORMED,
        0);
    for (int first : new int[] {0x05, 0x15, 0x40, 0x41, 0x42, 0x43, 0x65, 0xf5}) {
      add(
          side,
          "IPv4 header that starts with %02x".formatted(first),
          ethernet(DIRECTOR, ROUTER, 0x0800, patched(packet, 0, first)),
          Reason.MALFORMED,
          0);
    }
    add(
        side,
        "IPv4 total length 0",
        ethernet(DIRECTOR, ROUTER, patched(packet, 3, 0)),
        Reason.MALFORMED,
        0);
    add(
        side,
        "19 bytes of IPv4",
        ethernet(DIRECTOR, ROUTER, quote(packet, 19)),
        Reason.MALFORMED,
        0);
    add(
        side,
        "the last byte of IPv4 cut",
        ethernet(DIRECTOR, ROUTER, quote(packet, packet.length - 1)),
        Reason.MALFORMED,
        0);
  }

  private void v6Header(Side side, byte[] packet) {
    for (int first : new int[] {0x00, 0x45, 0x50, 0x70, 0xf0}) {
      add(
          side,
          "IPv6 header that starts with %02x".formatted(first),
          ethernet(DIRECTOR, ROUTER, 0x86dd, patched(packet, 0, first)),
          Reason.MALFORMED,
          0);
    }
    add(
        side,
        "IPv6 under the type of IPv4",
        ethernet(DIRECTOR, ROUTER, 0x0800, packet),
        Reason.MALFORMED,
        0);
    add(
        side,
        "IPv6 payload length beyond the frame by one",
        ethernet(DIRECTOR, ROUTER, patched(packet, 5, packet.length - 40 + 1)),
        Reason.MALFORMED,
        0);
    add(
        side,
        "IPv6 payload length beyond the frame by far",
        ethernet(DIRECTOR, ROUTER, patched(packet, 4, 0xff)),
        Reason.MALFORMED,
        0);
    add(
        side,
        "39 bytes of IPv6 and no more",
        ethernet(DIRECTOR, ROUTER, quote(packet, 39)),
        Reason.MALFORMED,
        0);
  }
}
