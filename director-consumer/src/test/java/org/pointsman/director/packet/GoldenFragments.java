package org.pointsman.director.packet;

import static org.pointsman.director.packet.GoldenPackets.*;
import static org.pointsman.director.packet.PacketBuilder.*;

import java.util.Arrays;
import org.pointsman.model.IpAddress;
import org.pointsman.model.Side;

/** Fragments to a virtual address: first, middle and last ones. */
final class GoldenFragments extends GoldenRows {
  @Override
  void write() {
    outerFragments();
    moreFragments();
    moreV6Fragments();
  }

  private void outerFragments() {
    byte[] part = new byte[64];
    outer(
        "stranger: later fragment of UDP",
        ipv4(STRANGER4, VIP4, UDP, part, 0x2005, new byte[0]),
        Reason.UNKNOWN_FRAGMENT);
    outer(
        "stranger: last fragment of ESP",
        ipv4(STRANGER4, VIP4, ESP, part, 5, new byte[0]),
        Reason.UNKNOWN_PEER);
    outer(
        "later fragment of TCP",
        ipv4(PEER4, VIP4, TCP, part, 0x2005, new byte[0]),
        Reason.NOT_IPSEC);
    outer(
        "later fragment of ICMP", ipv4(PEER4, VIP4, ICMP, part, 5, new byte[0]), Reason.NOT_IPSEC);
    outer(
        "later fragment to another address",
        ipv4(PEER4, PEER4, ESP, part, 5, new byte[0]),
        Reason.NOT_VIRTUAL);
    outer(
        "last fragment with options, one byte",
        ipv4(PEER4, VIP4, ESP, new byte[1], 0x1fff, new byte[4]),
        Reason.LATER_FRAGMENT,
        1);
    outer(
        "don't fragment set",
        ipv4(PEER4, VIP4, ESP, esp(1, 1, 9), 0x4000, new byte[0]),
        Reason.ESP,
        1);
    outer(
        "first fragment of UDP to another port",
        ipv4(PEER4, VIP4, UDP, udp(PEER4, VIP4, 500, 53, part), 0x2000, new byte[0]),
        Reason.NOT_IPSEC);
    outer(
        "first fragment without ports (RFC 1858)",
        ipv4(PEER4, VIP4, UDP, new byte[0], 0x2000, new byte[0]),
        Reason.MALFORMED);
    outer(
        "v6 stranger: later fragment of UDP",
        v6Fragment(STRANGER6, UDP, 5, true),
        Reason.UNKNOWN_FRAGMENT);
    outer(
        "v6 stranger: last fragment of AH",
        v6Fragment(STRANGER6, AH, 5, false),
        Reason.UNKNOWN_PEER);
    outer("v6 later fragment of TCP", v6Fragment(PEER6, TCP, 5, true), Reason.NOT_IPSEC);
    outer(
        "v6 later fragment that starts with destination options",
        v6Fragment(PEER6, DESTINATION_OPTIONS, 5, true),
        Reason.LATER_FRAGMENT,
        1);
    outer(
        "v6 stranger: later fragment that starts with destination options",
        v6Fragment(STRANGER6, DESTINATION_OPTIONS, 5, true),
        Reason.UNKNOWN_FRAGMENT);
    outer(
        "v6 atomic fragment of ESP (RFC 6946)",
        ipv6(PEER6, VIP6, FRAGMENT, fragmentHeader(ESP, 0, false, esp(1, 1, 20))),
        Reason.ESP,
        1);
    outer(
        "v6 first fragment, options before and after its header",
        ipv6(
            PEER6,
            VIP6,
            HOP_BY_HOP,
            extension(
                FRAGMENT,
                1,
                fragmentHeader(
                    DESTINATION_OPTIONS, 0, true, extension(UDP, 1, ikeTo(PEER6, VIP6))))),
        Reason.IKE,
        1);
    outer(
        "v6 later fragment behind hop-by-hop options",
        ipv6(PEER6, VIP6, HOP_BY_HOP, extension(FRAGMENT, 1, fragmentHeader(ESP, 9, false, part))),
        Reason.LATER_FRAGMENT,
        1);
    outer(
        "v6 first fragment that ends inside its options",
        ipv6(
            PEER6,
            VIP6,
            FRAGMENT,
            fragmentHeader(
                DESTINATION_OPTIONS, 0, true, Arrays.copyOf(extension(UDP, 3, new byte[0]), 8))),
        Reason.MALFORMED);
  }

  private void moreFragments() {
    byte[] part = new byte[64];
    outer("first fragment of ESP, 7 bytes", v4(ESP, new byte[7], 0x2000), Reason.MALFORMED);
    outer("first fragment of ESP, 8 bytes", v4(ESP, new byte[8], 0x2000), Reason.ESP, 1);
    outer("first fragment of AH, 8 bytes", v4(AH, new byte[8], 0x2000), Reason.MALFORMED);
    outer("first fragment of AH, 16 bytes", v4(AH, new byte[16], 0x2000), Reason.AH, 1);
    outer(
        "middle fragment of ESP, 8 bytes", v4(ESP, new byte[8], 0x2001), Reason.LATER_FRAGMENT, 1);
    outer("last fragment of UDP", v4(UDP, part, 0x0f), Reason.LATER_FRAGMENT, 1);
    outer("last fragment of AH", v4(AH, part, 0x0f), Reason.LATER_FRAGMENT, 1);
    outer("middle fragment of AH", v4(AH, part, 0x200f), Reason.LATER_FRAGMENT, 1);
    outer("later fragment, don't fragment set", v4(ESP, part, 0x4001), Reason.LATER_FRAGMENT, 1);
    outer("later fragment, reserved flag set", v4(ESP, part, 0x8001), Reason.LATER_FRAGMENT, 1);
    outer("last fragment without payload", v4(ESP, new byte[0], 5), Reason.LATER_FRAGMENT, 1);
    outer("later fragment of GRE", v4(47, part, 5), Reason.NOT_IPSEC);
    outer("later fragment of protocol 60", v4(DESTINATION_OPTIONS, part, 5), Reason.NOT_IPSEC);
    outer(
        "first fragment of IKE whose UDP length is the whole datagram's",
        v4(UDP, quote(udp(PEER4, VIP4, 500, 500, ike(3000)), 1480), 0x2000),
        Reason.IKE,
        1);
    outer(
        "first fragment of UDP of length 7",
        v4(UDP, patched(quote(ikeTo(PEER4, VIP4), 16), 5, 7), 0x2000),
        Reason.MALFORMED);
    outer(
        "last fragment of UDP, the ports of IKE where ports would be",
        v4(UDP, ikeTo(STRANGER4, VIP4), 5),
        Reason.LATER_FRAGMENT,
        1);
    add(
        Side.OUTER,
        "middle fragment of ESP, one VLAN tag",
        ethernet(DIRECTOR, ROUTER, v4(ESP, part, 0x2005), VLAN),
        Reason.LATER_FRAGMENT,
        1);
    add(
        Side.OUTER,
        "last fragment of UDP, two VLAN tags",
        ethernet(DIRECTOR, ROUTER, v4(UDP, part, 5), SERVICE_VLAN, VLAN),
        Reason.LATER_FRAGMENT,
        1);
  }

  private void moreV6Fragments() {
    byte[] part = new byte[64];
    for (int protocol : new int[] {UDP, ESP, AH}) {
      outer(
          "v6 middle fragment of protocol " + protocol,
          v6Fragment(PEER6_TWO, protocol, 9, true),
          Reason.LATER_FRAGMENT,
          2);
      outer(
          "v6 last fragment of protocol " + protocol,
          v6Fragment(PEER6_TWO, protocol, 0x1fff, false),
          Reason.LATER_FRAGMENT,
          2);
    }
    for (int protocol : new int[] {HOP_BY_HOP, ROUTING, FRAGMENT, ICMPV6, NO_NEXT_HEADER, 135}) {
      outer(
          "v6 later fragment of protocol " + protocol,
          v6Fragment(PEER6, protocol, 5, false),
          Reason.NOT_IPSEC);
    }
    byte[] header = fragmentHeader(ESP, 5, true, part);
    outer(
        "v6 later fragment, reserved bits set",
        ipv6(PEER6, VIP6, FRAGMENT, patched(patched(header, 1, 0xff), 3, 5 << 3 | 7)),
        Reason.LATER_FRAGMENT,
        1);
    outer(
        "v6 first fragment, reserved bits set",
        ipv6(PEER6, VIP6, FRAGMENT, patched(fragmentHeader(ESP, 0, true, part), 3, 7)),
        Reason.ESP,
        1);
    outer(
        "v6 fragment header and nothing behind it, later",
        ipv6(PEER6, VIP6, FRAGMENT, fragmentHeader(ESP, 5, false, new byte[0])),
        Reason.LATER_FRAGMENT,
        1);
    outer(
        "v6 fragment header and nothing behind it, first",
        ipv6(PEER6, VIP6, FRAGMENT, fragmentHeader(ESP, 0, true, new byte[0])),
        Reason.MALFORMED);
    outer(
        "seven bytes of a v6 fragment header",
        ipv6(PEER6, VIP6, FRAGMENT, quote(header, 7)),
        Reason.MALFORMED);
    outer(
        "v6 later fragment behind a routing header",
        ipv6(PEER6, VIP6, ROUTING, extension(FRAGMENT, 3, header)),
        Reason.LATER_FRAGMENT,
        1);
    outer(
        "v6 first fragment of IKE whose UDP length is the whole datagram's",
        ipv6(
            PEER6,
            VIP6,
            FRAGMENT,
            fragmentHeader(UDP, 0, true, quote(udp(PEER6, VIP6, 500, 500, ike(3000)), 1400))),
        Reason.IKE,
        1);
    outer(
        "v6 first fragment of UDP to another port",
        ipv6(PEER6, VIP6, FRAGMENT, fragmentHeader(UDP, 0, true, udp(PEER6, VIP6, 500, 53, part))),
        Reason.NOT_IPSEC);
    add(
        Side.OUTER,
        "v6 later fragment, two VLAN tags",
        ethernet(DIRECTOR, ROUTER, v6Fragment(PEER6, ESP, 5, true), SERVICE_VLAN, VLAN),
        Reason.LATER_FRAGMENT,
        1);
  }

  private static byte[] v4(int protocol, byte[] part, int fragmentField) {
    return ipv4(PEER4, VIP4, protocol, part, fragmentField, new byte[0]);
  }

  private static byte[] v6Fragment(IpAddress source, int protocol, int offset, boolean more) {
    return ipv6(source, VIP6, FRAGMENT, fragmentHeader(protocol, offset, more, new byte[64]));
  }
}
