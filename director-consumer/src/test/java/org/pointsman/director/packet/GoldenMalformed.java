package org.pointsman.director.packet;

import static org.pointsman.director.packet.GoldenPackets.*;
import static org.pointsman.director.packet.PacketBuilder.*;

import java.util.Arrays;

/** Packets to a virtual address whose headers are cut, contradict themselves, or are too many. */
final class GoldenMalformed extends GoldenRows {
  @Override
  void write() {
    outerMalformed();
    cutTransports();
    extensionHeaders();
  }

  private void outerMalformed() {
    byte[] ike = ip(PEER4, VIP4, UDP, ikeTo(PEER4, VIP4));
    outer("seven bytes of ESP", ip(PEER4, VIP4, ESP, new byte[7]), Reason.MALFORMED);
    outer("eight bytes of ESP", ip(PEER4, VIP4, ESP, new byte[8]), Reason.ESP, 1);
    outer("eleven bytes of AH", ip(PEER6, VIP6, AH, new byte[11]), Reason.MALFORMED);
    outer("twelve bytes of AH", ip(PEER6, VIP6, AH, new byte[12]), Reason.AH, 1);
    outer("seven bytes of UDP", ip(PEER4, VIP4, UDP, new byte[7]), Reason.MALFORMED);
    outer("UDP length 0", patched(patched(ike, 24, 0), 25, 0), Reason.MALFORMED);
    outer("UDP length beyond the packet", patched(ike, 25, ike.length - 20 + 1), Reason.MALFORMED);
    outer("UDP length within the packet", patched(ike, 25, 9), Reason.IKE, 1);
    outer(
        "a header that only padding completes",
        patched(ip(PEER4, VIP4, ESP, new byte[8]), 3, 27),
        Reason.MALFORMED);
    byte[] v6 = ip(PEER6, VIP6, ESP, esp(1, 1, 20));
    outer("v6 payload length beyond the frame", patched(v6, 5, 29), Reason.MALFORMED);
    outer("v6 payload length 0", patched(v6, 5, 0), Reason.MALFORMED);
    outer("39 bytes of IPv6", Arrays.copyOf(v6, 39), Reason.MALFORMED);
    outer(
        "v6 extension header beyond the packet",
        ipv6(PEER6, VIP6, DESTINATION_OPTIONS, Arrays.copyOf(extension(ESP, 4, new byte[0]), 31)),
        Reason.MALFORMED);
    outer(
        "v6 extension header of one byte",
        ipv6(PEER6, VIP6, DESTINATION_OPTIONS, new byte[1]),
        Reason.MALFORMED);
    outer(
        "v6 hop-by-hop options not at the start",
        ipv6(
            PEER6,
            VIP6,
            DESTINATION_OPTIONS,
            extension(HOP_BY_HOP, 1, extension(ESP, 1, esp(1, 1, 8)))),
        Reason.MALFORMED);
    outer(
        "v6 two fragment headers",
        ipv6(
            PEER6,
            VIP6,
            FRAGMENT,
            fragmentHeader(FRAGMENT, 0, true, fragmentHeader(ESP, 0, true, esp(1, 1, 8)))),
        Reason.MALFORMED);
    outer(
        "v6 eight extension headers",
        ipv6(PEER6, VIP6, DESTINATION_OPTIONS, chain(8)),
        Reason.ESP,
        1);
    outer(
        "v6 nine extension headers",
        ipv6(PEER6, VIP6, DESTINATION_OPTIONS, chain(9)),
        Reason.TOO_MANY_HEADERS);
    outer(
        "v6 extension header of 2,048 bytes, which no frame of 1,500 holds",
        patched(ipv6(PEER6, VIP6, DESTINATION_OPTIONS, extension(ESP, 2, esp(1, 1, 8))), 41, 255),
        Reason.MALFORMED);
  }

  private void cutTransports() {
    for (int bytes = 0; bytes < 7; bytes++) {
      outer(bytes + " bytes of ESP", ip(PEER4, VIP4, ESP, new byte[bytes]), Reason.MALFORMED);
      outer(bytes + " bytes of UDP", ip(PEER4, VIP4, UDP, new byte[bytes]), Reason.MALFORMED);
      outer(
          "v6 " + bytes + " bytes of ESP", ip(PEER6, VIP6, ESP, new byte[bytes]), Reason.MALFORMED);
      outer(
          "v6 " + bytes + " bytes of UDP", ip(PEER6, VIP6, UDP, new byte[bytes]), Reason.MALFORMED);
    }
    for (int bytes : new int[] {0, 8, 11}) {
      outer(
          bytes + " bytes of AH over IPv4", ip(PEER4, VIP4, AH, new byte[bytes]), Reason.MALFORMED);
    }
    byte[] ike6 = ip(PEER6, VIP6, UDP, ikeTo(PEER6, VIP6));
    outer("v6 UDP length 0", patched(patched(ike6, 44, 0), 45, 0), Reason.MALFORMED);
    outer("v6 UDP length 7", patched(patched(ike6, 44, 0), 45, 7), Reason.MALFORMED);
    outer("v6 UDP length 8", patched(patched(ike6, 44, 0), 45, 8), Reason.IKE, 1);
    outer("v6 UDP length beyond the packet", patched(ike6, 44, 1), Reason.MALFORMED);
    byte[] other = udpTo(PEER4, VIP4, 53);
    outer("UDP to another port, length 7", patched(other, 25, 7), Reason.MALFORMED);
    outer("UDP to another port, length beyond the packet", patched(other, 24, 9), Reason.MALFORMED);
    byte[] options = ipv4(PEER4, VIP4, ESP, esp(1, 1, 8), 0, new byte[40]);
    outer("IPv4 options cut", quote(options, 59), Reason.MALFORMED);
    outer("IPv4 total length within the options", patched(options, 3, 59), Reason.MALFORMED);
    outer("IPv4 total length at the end of the options", patched(options, 3, 60), Reason.MALFORMED);
    outer(
        "malformed, but to another address",
        ip(PEER4, STRANGER4, ESP, new byte[3]),
        Reason.NOT_VIRTUAL);
  }

  private void extensionHeaders() {
    for (int header : new int[] {HOP_BY_HOP, ROUTING, DESTINATION_OPTIONS}) {
      byte[] whole = extension(ESP, 2, esp(1, 1, 8));
      outer(
          "v6 extension header %d of 16 bytes".formatted(header),
          ipv6(PEER6, VIP6, header, whole),
          Reason.ESP,
          1);
      for (int bytes : new int[] {0, 1, 7, 8, 15}) {
        outer(
            "v6 extension header %d cut after %d of 16 bytes".formatted(header, bytes),
            ipv6(PEER6, VIP6, header, quote(whole, bytes)),
            Reason.MALFORMED);
      }
      outer(
          "v6 extension header %d and half of ESP".formatted(header),
          ipv6(PEER6, VIP6, header, quote(whole, 20)),
          Reason.MALFORMED);
      outer(
          "v6 payload length within extension header " + header,
          patched(ipv6(PEER6, VIP6, header, whole), 5, 12),
          Reason.MALFORMED);
    }
    outer(
        "v6 hop-by-hop options twice",
        ipv6(PEER6, VIP6, HOP_BY_HOP, extension(HOP_BY_HOP, 1, extension(ESP, 1, esp(1, 1, 8)))),
        Reason.MALFORMED);
    outer(
        "v6 hop-by-hop options behind a fragment header",
        ipv6(
            PEER6,
            VIP6,
            FRAGMENT,
            fragmentHeader(HOP_BY_HOP, 0, true, extension(ESP, 1, esp(1, 1, 8)))),
        Reason.MALFORMED);
    outer(
        "v6 two fragment headers, the second a later one's",
        ipv6(
            PEER6,
            VIP6,
            FRAGMENT,
            fragmentHeader(FRAGMENT, 0, true, fragmentHeader(ESP, 5, true, esp(1, 1, 8)))),
        Reason.MALFORMED);
    outer(
        "v6 jumbo payload (RFC 2675), payload length 0",
        patched(ipv6(PEER6, VIP6, HOP_BY_HOP, extension(ESP, 1, esp(1, 1, 40))), 5, 0),
        Reason.MALFORMED);
    outer(
        "v6 one extension header", ipv6(PEER6, VIP6, DESTINATION_OPTIONS, chain(1)), Reason.ESP, 1);
    outer(
        "v6 seven extension headers",
        ipv6(PEER6, VIP6, DESTINATION_OPTIONS, chain(7)),
        Reason.ESP,
        1);
    outer(
        "v6 eight extension headers, a later fragment's the last",
        ipv6(PEER6, VIP6, DESTINATION_OPTIONS, fragmentBehind(7)),
        Reason.LATER_FRAGMENT,
        1);
    outer(
        "v6 nine extension headers, a later fragment's the last",
        ipv6(PEER6, VIP6, DESTINATION_OPTIONS, fragmentBehind(8)),
        Reason.TOO_MANY_HEADERS);
    outer(
        "v6 nine extension headers from a stranger",
        ipv6(STRANGER6, VIP6, DESTINATION_OPTIONS, chain(9)),
        Reason.TOO_MANY_HEADERS);
  }

  private static byte[] fragmentBehind(int headers) {
    byte[] rest = fragmentHeader(ESP, 5, true, new byte[16]);
    int next = FRAGMENT;
    for (int i = 0; i < headers; i++) {
      rest = extension(next, 1, rest);
      next = DESTINATION_OPTIONS;
    }
    return rest;
  }

  private static byte[] chain(int headers) {
    byte[] rest = esp(1, 1, 8);
    int next = ESP;
    for (int i = 0; i < headers; i++) {
      rest = extension(next, 1, rest);
      next = DESTINATION_OPTIONS;
    }
    return rest;
  }
}
