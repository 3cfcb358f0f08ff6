package org.pointsman.director.packet;

import java.util.HexFormat;
import org.pointsman.model.Side;

/** Written down byte by byte, so that nothing hangs on {@link PacketBuilder} alone. */
final class GoldenByHand extends GoldenRows {
  @Override
  void write() {
    hex(
        Side.OUTER,
        "ESP, IPv4",
        "020000000001 0200000000fe 0800"
            + "4500 0024 0001 0000 4032 0000 c0000207 cb007101"
            + "00001002 00000001 0011223344556677",
        Reason.ESP,
        1);
    hex(
        Side.OUTER,
        "keep-alive in a tagged frame",
        "020000000001 0200000000fe 8100 0064 0800"
            + "4500 001d 0001 0000 4011 0000 c6336409 cb007101"
            + "1194 1194 0009 0000 ff",
        Reason.NAT_TRAVERSAL,
        2);
    hex(
        Side.OUTER,
        "IKE, IPv6, two tags",
        "020000000001 0200000000fe 88a8 0064 8100 0065 86dd"
            + "60000000 000c 11 40 20010db8000700000000000000000007 20010db800ff00000000000000000001"
            + "01f4 01f4 000c 0000 01020304",
        Reason.IKE,
        1);
    hex(
        Side.OUTER,
        "ICMP fragmentation needed, MTU 1400",
        "020000000001 0200000000fe 0800"
            + "45c0 0038 0001 0000 4001 0000 64400001 cb007101"
            + "0304 0000 0000 0578"
            + "4500 05dc 0001 4000 3f32 0000 cb007101 c0000207 00001002 00000007",
        Reason.ICMP_ERROR,
        1);
    hex(
        Side.OUTER,
        "ICMPv6 packet too big, MTU 1280",
        "020000000001 0200000000fe 86dd"
            + "60000000 0038 3a 40 20010db800c000000000000000000001 20010db800ff00000000000000000001"
            + "0200 0000 00000500"
            + "60000000 0500 32 3f 20010db800ff00000000000000000001 20010db8000900000000000000000009"
            + "00001002 00000007",
        Reason.ICMP_ERROR,
        2);
    hex(
        Side.INNER,
        "UDP, IPv4",
        "020000000001 0200000000fe 0800"
            + "4500 001c 0001 0000 4011 0000 ac100005 0a010210 0035 0035 0008 0000",
        Reason.INNER_DESTINATION,
        2);
    hex(
        Side.INNER,
        "ping, IPv6",
        "020000000001 0200000000fe 86dd"
            + "60000000 0008 3a 40 20010db8000b00000000000000000005 20010db8000a00020000000000000001"
            + "8000 0000 00010001",
        Reason.INNER_DESTINATION,
        2);
  }

  private void hex(Side side, String description, String hex, Reason reason, int server) {
    byte[] frame = HexFormat.of().parseHex(hex.replace(" ", ""));
    add(side, "by hand: " + description, frame, reason, server);
  }
}
