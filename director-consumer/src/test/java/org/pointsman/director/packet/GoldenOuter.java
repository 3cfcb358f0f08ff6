package org.pointsman.director.packet;

import static org.pointsman.director.packet.GoldenPackets.*;
import static org.pointsman.director.packet.PacketBuilder.*;

import java.util.List;
import org.pointsman.model.IpAddress;
import org.pointsman.model.Side;

/** What the outer side steers, misses and leaves alone, fragments and ICMP apart. */
final class GoldenOuter extends GoldenRows {
  @Override
  void write() {
    samples();
    outerHeaders();
    outerMisses();
    outerAddresses();
    outerPassed();
    otherProtocols();
  }

  private void samples() {
    SamplePackets samples = new SamplePackets(DIRECTOR, ROUTER);
    addAll(Side.OUTER, "v4 peer of rs-1: ", samples.fromPeer(PEER4, VIP4), 1);
    addAll(Side.OUTER, "v4 peer of rs-2: ", samples.fromPeer(PEER4_TWO, VIP4), 2);
    addAll(Side.OUTER, "v6 peer of rs-1: ", samples.fromPeer(PEER6, VIP6), 1);
    addAll(Side.OUTER, "v6 peer of rs-2: ", samples.fromPeer(PEER6_TWO, VIP6), 2);
    addAll(Side.OUTER, "v4: ", samples.errorsAboutPeer(CORE4, VIP4, PEER4_TWO), 2);
    addAll(Side.OUTER, "v6: ", samples.errorsAboutPeer(CORE6, VIP6, PEER6_TWO), 2);
    addAll(Side.OUTER, "v4 peer: ", samples.otherToVirtual(PEER4, VIP4, CORE4), 0);
    addAll(Side.OUTER, "v6 peer: ", samples.otherToVirtual(PEER6, VIP6, CORE6), 0);
  }

  private void outerMisses() {
    outer(
        "v4 stranger: IKE", ip(STRANGER4, VIP4, UDP, ikeTo(STRANGER4, VIP4)), Reason.UNKNOWN_PEER);
    outer(
        "v6 stranger: IKE", ip(STRANGER6, VIP6, UDP, ikeTo(STRANGER6, VIP6)), Reason.UNKNOWN_PEER);
    outer("v4 stranger: ESP", ip(STRANGER4, VIP4, ESP, esp(1, 1, 40)), Reason.UNKNOWN_PEER);
    outer("v6 stranger: ESP", ip(STRANGER6, VIP6, ESP, esp(1, 1, 40)), Reason.UNKNOWN_PEER);
    outer(
        "v4 stranger: AH",
        ip(STRANGER4, VIP4, AH, ah(ESP, 1, 1, esp(1, 1, 8))),
        Reason.UNKNOWN_PEER);
    outer(
        "v6 stranger: AH",
        ip(STRANGER6, VIP6, AH, ah(ESP, 1, 1, esp(1, 1, 8))),
        Reason.UNKNOWN_PEER);
  }

  private void outerPassed() {
    IpAddress notVirtual = IpAddress.parse("203.0.113.2");
    outer("to another address: ESP", ip(PEER4, notVirtual, ESP, esp(1, 1, 40)), Reason.NOT_VIRTUAL);
    outer(
        "to another v6 address: IKE",
        ip(PEER6, IpAddress.parse("2001:db8:ff::2"), UDP, ikeTo(PEER6, VIP6)),
        Reason.NOT_VIRTUAL);
    outer("what the VIP itself sent", ip(VIP4, PEER4, ESP, esp(1, 1, 40)), Reason.NOT_VIRTUAL);
    outer("what the v6 VIP itself sent", ip(VIP6, PEER6, ESP, esp(1, 1, 40)), Reason.NOT_VIRTUAL);
    outer(
        "UDP to port 62465 (500 with its bytes swapped)",
        udpTo(PEER4, VIP4, 0xf401),
        Reason.NOT_IPSEC);
    outer("GRE", ip(PEER4, VIP4, 47, new byte[40]), Reason.NOT_IPSEC);
    outer("SCTP over v6", ip(PEER6, VIP6, 132, new byte[40]), Reason.NOT_IPSEC);
    outer(
        "v6 without a next header", ip(PEER6, VIP6, NO_NEXT_HEADER, new byte[0]), Reason.NOT_IPSEC);
    outer("ICMPv6 over IPv4", ip(PEER4, VIP4, ICMPV6, new byte[60]), Reason.NOT_IPSEC);
    outer("ICMP over IPv6", ip(PEER6, VIP6, ICMP, new byte[60]), Reason.NOT_IPSEC);
    outer(
        "ESP in HIP (an extension nobody asked for)",
        ip(PEER6, VIP6, 139, new byte[40]),
        Reason.NOT_IPSEC);
    outer(
        "TCP behind destination options",
        ipv6(PEER6, VIP6, DESTINATION_OPTIONS, extension(TCP, 1, tcpSyn(PEER6, VIP6, 500, 500))),
        Reason.NOT_IPSEC);
  }

  private void outerHeaders() {
    byte[] esp = ip(PEER4, VIP4, ESP, esp(1, 1, 40));
    byte[] esp6 = ip(PEER6, VIP6, ESP, esp(1, 1, 40));
    byte[] ike = ip(PEER4, VIP4, UDP, ikeTo(PEER4, VIP4));
    outer("ESP, time to live 1", patched(esp, 8, 1), Reason.ESP, 1);
    outer("ESP, time to live 0", patched(esp, 8, 0), Reason.ESP, 1);
    outer("ESP, DSCP EF and ECN CE", patched(esp, 1, 0xbb), Reason.ESP, 1);
    outer("ESP, wrong IPv4 header checksum", patched(esp, 10, 0x55), Reason.ESP, 1);
    outer("ESP, the reserved flag set", patched(esp, 6, 0x80), Reason.ESP, 1);
    outer("ESP without payload", ip(PEER4, VIP4, ESP, esp(1, 1, 0)), Reason.ESP, 1);
    outer("ESP of 1,500 bytes", ip(PEER4, VIP4, ESP, esp(1, 1, 1472)), Reason.ESP, 1);
    outer("IKE without UDP checksum", patched(patched(ike, 26, 0), 27, 0), Reason.IKE, 1);
    outer("IKE from port 0", patched(patched(ike, 20, 0), 21, 0), Reason.IKE, 1);
    outer("UDP 4500 without payload", emptyUdp4500(), Reason.NAT_TRAVERSAL, 1);
    outer("v6 ESP, hop limit 0", patched(esp6, 7, 0), Reason.ESP, 1);
    outer("v6 ESP, traffic class and flow label", classAndFlow(esp6), Reason.ESP, 1);
    outer("v6 ESP of 1,500 bytes", ip(PEER6, VIP6, ESP, esp(1, 1, 1452)), Reason.ESP, 1);
    outer(
        "v6 routing header without segments left, before ESP",
        ipv6(PEER6, VIP6, ROUTING, extension(ESP, 3, esp(1, 1, 8))),
        Reason.ESP,
        1);
    outer(
        "v6 options of 264 bytes before UDP 4500",
        ipv6(
            PEER6,
            VIP6,
            DESTINATION_OPTIONS,
            extension(UDP, 33, udp(PEER6, VIP6, 4500, 4500, esp(1, 1, 40)))),
        Reason.NAT_TRAVERSAL,
        1);
  }

  private static byte[] emptyUdp4500() {
    return ip(PEER4, VIP4, UDP, udp(PEER4, VIP4, 4500, 4500, new byte[0]));
  }

  private static byte[] classAndFlow(byte[] packet) {
    return patched(patched(patched(patched(packet, 0, 0x6b), 1, 0x8a), 2, 0xbc), 3, 0xde);
  }

  private void outerAddresses() {
    for (String destination :
        List.of("255.255.255.255", "203.0.113.255", "203.0.113.0", "224.0.0.1", "0.0.0.0")) {
      IpAddress to = IpAddress.parse(destination);
      outer("IKE to " + to, ip(PEER4, to, UDP, ikeTo(PEER4, to)), Reason.NOT_VIRTUAL);
    }
    for (String destination : List.of("ff02::1", "::ffff:203.0.113.1", "::", "2001:db8:ff::")) {
      IpAddress to = IpAddress.parse(destination);
      if (!to.isV4()) {
        outer("v6 IKE to " + to, ip(PEER6, to, UDP, ikeTo(PEER6, to)), Reason.NOT_VIRTUAL);
      }
    }
    for (String source : List.of("0.0.0.0", "255.255.255.255", "203.0.113.1", "192.0.2.6")) {
      IpAddress from = IpAddress.parse(source);
      outer("ESP from " + from, ip(from, VIP4, ESP, esp(1, 1, 8)), Reason.UNKNOWN_PEER);
    }
    for (String source : List.of("::", "2001:db8:ff::1", "2001:db8:7::", "7:0:2001:db8::7")) {
      IpAddress from = IpAddress.parse(source);
      outer("v6 ESP from " + from, ip(from, VIP6, ESP, esp(1, 1, 8)), Reason.UNKNOWN_PEER);
    }
  }

  private void otherProtocols() {
    for (int port : new int[] {0, 53, 499, 501, 1701, 4499, 4501, 4789, 65_535}) {
      outer("UDP to " + port + " of the VIP", udpTo(PEER4, VIP4, port), Reason.NOT_IPSEC);
      outer("v6 UDP to " + port + " of the VIP", udpTo(PEER6, VIP6, port), Reason.NOT_IPSEC);
    }
    for (int protocol : new int[] {0, 2, 4, 41, 43, 44, 46, 49, 52, 60, 89, 112, 136, 255}) {
      byte[] packet = ip(PEER4, VIP4, protocol, new byte[40]);
      outer("protocol " + protocol + " over IPv4", packet, Reason.NOT_IPSEC);
    }
    for (int protocol : new int[] {2, 4, 41, 46, 49, 52, 89, 112, 135, 136, 140, 255}) {
      byte[] packet = ip(PEER6, VIP6, protocol, new byte[40]);
      outer("protocol " + protocol + " over IPv6", packet, Reason.NOT_IPSEC);
    }
  }
}
