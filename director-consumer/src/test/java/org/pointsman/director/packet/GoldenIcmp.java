package org.pointsman.director.packet;

import static org.pointsman.director.packet.GoldenPackets.*;
import static org.pointsman.director.packet.PacketBuilder.*;

import org.pointsman.model.Side;

/** ICMP and ICMPv6 to a virtual address. */
final class GoldenIcmp extends GoldenRows {
  @Override
  void write() {
    outerIcmp();
    everyError();
    whatIsQuoted();
    howItComes();
  }

  private void outerIcmp() {
    byte[] sent = ip(VIP4, PEER4, ESP, esp(1, 1, 200));
    byte[] sent6 = ip(VIP6, PEER6, ESP, esp(1, 1, 200));
    outer("ICMP redirect quoting ESP", icmp4(5, 1, quote(sent, 28)), Reason.ICMP_OTHER);
    outer("ICMP source quench quoting ESP", icmp4(4, 0, quote(sent, 28)), Reason.ICMP_OTHER);
    outer("ICMP echo reply", icmp4(0, 0, new byte[20]), Reason.ICMP_OTHER);
    outer("ICMP error quoting the whole packet", icmp4(3, 1, sent), Reason.ICMP_ERROR, 1);
    outer(
        "ICMP error quoting a packet with options",
        icmp4(3, 1, ipv4(VIP4, PEER4, ESP, esp(1, 1, 8), 0, new byte[8])),
        Reason.ICMP_ERROR,
        1);
    outer(
        "ICMP error quoting a later fragment",
        icmp4(11, 1, quote(ipv4(VIP4, PEER4, ESP, new byte[100], 0x20, new byte[0]), 28)),
        Reason.ICMP_ERROR,
        1);
    outer(
        "ICMP error with the quoted header alone",
        icmp4(3, 1, quote(sent, 20)),
        Reason.ICMP_ERROR,
        1);
    outer("ICMP error with half a quoted header", icmp4(3, 1, quote(sent, 19)), Reason.MALFORMED);
    outer("ICMP error that quotes nothing", icmp4(3, 1, new byte[0]), Reason.MALFORMED);
    outer("ICMP error that quotes IPv6", icmp4(3, 1, quote(sent6, 60)), Reason.MALFORMED);
    outer(
        "ICMP error that quotes a header of 16 bytes",
        icmp4(3, 1, patched(sent, 0, 0x44)),
        Reason.MALFORMED);
    outer(
        "ICMP error about a packet to a stranger",
        icmp4(3, 1, quote(ip(VIP4, STRANGER4, ESP, esp(1, 1, 8)), 28)),
        Reason.UNKNOWN_PEER);
    outer("half an ICMP header", ip(CORE4, VIP4, ICMP, new byte[7]), Reason.MALFORMED);
    outer(
        "ICMP error from the peer itself",
        ip(PEER4, VIP4, ICMP, icmp(PEER4, VIP4, 3, 3, 0, quote(sent, 28))),
        Reason.ICMP_ERROR,
        1);

    outer(
        "ICMPv6 neighbour solicitation for the VIP",
        icmp6(135, 0, new byte[16]),
        Reason.ICMP_OTHER);
    outer("ICMPv6 redirect", icmp6(137, 0, quote(sent6, 60)), Reason.ICMP_OTHER);
    outer("ICMPv6 type 0", icmp6(0, 0, quote(sent6, 60)), Reason.ICMP_OTHER);
    outer("ICMPv6 error of a type not assigned", icmp6(5, 0, quote(sent6, 60)), Reason.ICMP_OTHER);
    outer(
        "ICMPv6 error with the quoted header alone",
        icmp6(2, 0, quote(sent6, 40)),
        Reason.ICMP_ERROR,
        1);
    outer(
        "ICMPv6 error with half a quoted header", icmp6(2, 0, quote(sent6, 39)), Reason.MALFORMED);
    outer("ICMPv6 error that quotes IPv4", icmp6(1, 0, quote(sent, 60)), Reason.MALFORMED);
    outer(
        "ICMPv6 error about a packet to a stranger",
        icmp6(2, 0, quote(ip(VIP6, STRANGER6, ESP, esp(1, 1, 8)), 48)),
        Reason.UNKNOWN_PEER);
    outer(
        "ICMPv6 error behind destination options",
        ipv6(
            CORE6,
            VIP6,
            DESTINATION_OPTIONS,
            extension(ICMPV6, 1, icmp(CORE6, VIP6, 2, 0, 1280, quote(sent6, 60)))),
        Reason.ICMP_ERROR,
        1);
  }

  private void everyError() {
    byte[] esp = quote(ip(VIP4, PEER4_TWO, ESP, esp(1, 1, 200)), 28);
    for (int code = 0; code <= 15; code++) {
      outer("ICMP unreachable, code " + code, icmp4(3, code, esp), Reason.ICMP_ERROR, 2);
    }
    outer("ICMP time exceeded in reassembly", icmp4(11, 1, esp), Reason.ICMP_ERROR, 2);
    for (int type : new int[] {1, 2, 6, 7, 8, 9, 10, 13, 14, 17, 18, 30, 40, 42, 255}) {
      outer("ICMP type " + type + " quoting ESP", icmp4(type, 0, esp), Reason.ICMP_OTHER);
    }
    byte[] esp6 = quote(ip(VIP6, PEER6_TWO, ESP, esp(1, 1, 200)), 60);
    for (int code = 0; code <= 7; code++) {
      outer("ICMPv6 unreachable, code " + code, icmp6(1, code, esp6), Reason.ICMP_ERROR, 2);
    }
    outer("ICMPv6 time exceeded in reassembly", icmp6(3, 1, esp6), Reason.ICMP_ERROR, 2);
    for (int type : new int[] {6, 100, 127, 128, 129, 130, 133, 134, 136, 143, 255}) {
      outer("ICMPv6 type " + type + " quoting ESP", icmp6(type, 0, esp6), Reason.ICMP_OTHER);
    }
  }

  private void whatIsQuoted() {
    for (int protocol : new int[] {UDP, AH, TCP, 47}) {
      outer(
          "ICMP unreachable quoting protocol " + protocol,
          icmp4(3, 3, quote(ip(VIP4, PEER4, protocol, new byte[64]), 28)),
          Reason.ICMP_ERROR,
          1);
      outer(
          "ICMPv6 too big quoting protocol " + protocol,
          icmp6(2, 0, quote(ip(VIP6, PEER6, protocol, new byte[64]), 48)),
          Reason.ICMP_ERROR,
          1);
    }
    byte[] part = new byte[100];
    for (int field : new int[] {0x2000, 0x2010, 0x0010}) {
      outer(
          "ICMP too big quoting a fragment, field %04x".formatted(field),
          icmp4(3, 4, quote(ipv4(VIP4, PEER4, UDP, part, field, new byte[0]), 28)),
          Reason.ICMP_ERROR,
          1);
    }
    outer(
        "ICMPv6 too big quoting a fragment",
        icmp6(2, 0, quote(ipv6(VIP6, PEER6, FRAGMENT, fragmentHeader(ESP, 9, true, part)), 60)),
        Reason.ICMP_ERROR,
        1);
    outer(
        "ICMPv6 too big quoting destination options",
        icmp6(2, 0, ipv6(VIP6, PEER6, DESTINATION_OPTIONS, extension(ESP, 2, part))),
        Reason.ICMP_ERROR,
        1);
    byte[] esp = ip(VIP4, PEER4, ESP, esp(1, 1, 200));
    outer(
        "ICMP error quoting options that are cut away",
        icmp4(3, 1, quote(ipv4(VIP4, PEER4, ESP, part, 0, new byte[40]), 20)),
        Reason.ICMP_ERROR,
        1);
    for (int first : new int[] {0x40, 0x41, 0x42, 0x43, 0x55, 0x65, 0xf5, 0x05}) {
      outer(
          "ICMP error, the quoted header starts with %02x".formatted(first),
          icmp4(3, 1, patched(quote(esp, 28), 0, first)),
          Reason.MALFORMED);
    }
    outer(
        "ICMP error with an extension behind the quote (RFC 4884)",
        icmp4(3, 4, java.util.Arrays.copyOf(quote(esp, 28), 148)),
        Reason.ICMP_ERROR,
        1);
    outer(
        "ICMP error about a packet that another sent to the peer",
        icmp4(3, 1, quote(ip(CORE4, PEER4, ESP, esp(1, 1, 8)), 28)),
        Reason.ICMP_NOT_OURS);
    outer(
        "ICMP error about a packet of the peer to the VIP",
        icmp4(3, 1, quote(ip(PEER4, VIP4, ESP, esp(1, 1, 8)), 28)),
        Reason.ICMP_NOT_OURS);
    outer(
        "ICMPv6 error about a packet of the peer to the VIP",
        icmp6(1, 0, quote(ip(PEER6, VIP6, ESP, esp(1, 1, 8)), 48)),
        Reason.ICMP_NOT_OURS);
  }

  private void howItComes() {
    byte[] esp = quote(ip(VIP4, PEER4, ESP, esp(1, 1, 200)), 28);
    byte[] error = icmp(CORE4, VIP4, 3, 4, 1400, esp);
    outer(
        "ICMP too big with IPv4 options",
        ipv4(CORE4, VIP4, ICMP, error, 0, new byte[8]),
        Reason.ICMP_ERROR,
        1);
    outer(
        "first fragment of an ICMP error",
        ipv4(CORE4, VIP4, ICMP, error, 0x2000, new byte[0]),
        Reason.ICMP_ERROR,
        1);
    outer(
        "first fragment of an ICMP error that ends in the quoted header",
        ipv4(CORE4, VIP4, ICMP, quote(error, 24), 0x2000, new byte[0]),
        Reason.MALFORMED);
    outer(
        "ICMP error with a wrong checksum",
        patched(ip(CORE4, VIP4, ICMP, error), 22, 0x77),
        Reason.ICMP_ERROR,
        1);
    outer("ICMP error to another address", ip(CORE4, STRANGER4, ICMP, error), Reason.NOT_VIRTUAL);
    add(
        Side.OUTER,
        "ICMP too big, one VLAN tag",
        ethernet(DIRECTOR, ROUTER, ip(CORE4, VIP4, ICMP, error), VLAN),
        Reason.ICMP_ERROR,
        1);
    byte[] esp6 = quote(ip(VIP6, PEER6, ESP, esp(1, 1, 200)), 60);
    byte[] error6 = icmp(CORE6, VIP6, 2, 0, 1280, esp6);
    add(
        Side.OUTER,
        "ICMPv6 too big, two VLAN tags",
        ethernet(DIRECTOR, ROUTER, ip(CORE6, VIP6, ICMPV6, error6), SERVICE_VLAN, VLAN),
        Reason.ICMP_ERROR,
        1);
    outer(
        "ICMPv6 error behind hop-by-hop options",
        ipv6(CORE6, VIP6, HOP_BY_HOP, extension(ICMPV6, 1, error6)),
        Reason.ICMP_ERROR,
        1);
    outer(
        "first fragment of an ICMPv6 error",
        ipv6(CORE6, VIP6, FRAGMENT, fragmentHeader(ICMPV6, 0, true, error6)),
        Reason.ICMP_ERROR,
        1);
    outer("half an ICMPv6 header", ip(CORE6, VIP6, ICMPV6, new byte[7]), Reason.MALFORMED);
    outer("ICMPv6 error that quotes nothing", icmp6(2, 0, new byte[0]), Reason.MALFORMED);
  }
}
