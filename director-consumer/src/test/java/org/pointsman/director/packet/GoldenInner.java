package org.pointsman.director.packet;

import static org.pointsman.director.packet.GoldenPackets.*;
import static org.pointsman.director.packet.PacketBuilder.*;

import java.util.Arrays;
import java.util.List;
import org.pointsman.model.IpAddress;
import org.pointsman.model.Side;

/** What the inner side steers, misses and leaves alone. */
final class GoldenInner extends GoldenRows {
  @Override
  void write() {
    samples();
    inner();
    addresses();
    contents();
  }

  private void samples() {
    SamplePackets samples = new SamplePackets(DIRECTOR, ROUTER);
    addAll(Side.INNER, "v4 short prefix: ", samples.toInner(HOST4, IpAddress.parse("10.1.9.9")), 1);
    addAll(Side.INNER, "v4 long prefix: ", samples.toInner(HOST4, IpAddress.parse("10.1.2.20")), 2);
    addAll(
        Side.INNER,
        "v6 short prefix: ",
        samples.toInner(HOST6, IpAddress.parse("2001:db8:a:1::1")),
        1);
    addAll(
        Side.INNER,
        "v6 long prefix: ",
        samples.toInner(HOST6, IpAddress.parse("2001:db8:a:2::1")),
        2);
  }

  private void inner() {
    for (String address :
        List.of(
            "10.2.0.1",
            "0.0.0.1",
            "255.255.255.255",
            "224.0.0.5",
            "127.0.0.1",
            "169.254.1.1",
            "10.1.255.1")) {
      IpAddress destination = IpAddress.parse(address);
      Reason reason =
          address.equals("10.2.0.1")
              ? Reason.UNKNOWN_DESTINATION
              : LOCAL.contains(destination) ? Reason.LOCAL : Reason.NOT_ROUTABLE;
      inner("to " + address, ip(HOST4, destination, UDP, ikeTo(HOST4, destination)), reason, 0);
    }
    for (String address :
        List.of("2001:db8:dd::1", "::", "::1", "ff02::1", "fe80::1", "2001:db8:a:ff::1")) {
      IpAddress destination = IpAddress.parse(address);
      Reason reason =
          address.equals("2001:db8:dd::1")
              ? Reason.UNKNOWN_DESTINATION
              : LOCAL.contains(destination) ? Reason.LOCAL : Reason.NOT_ROUTABLE;
      inner("to " + address, ip(HOST6, destination, UDP, ikeTo(HOST6, destination)), reason, 0);
    }
    inner(
        "first address of the long prefix",
        ip(HOST4, IpAddress.parse("10.1.2.16"), ESP, esp(1, 1, 8)),
        Reason.INNER_DESTINATION,
        2);
    inner(
        "last address of the long prefix",
        ip(HOST4, IpAddress.parse("10.1.2.31"), ESP, esp(1, 1, 8)),
        Reason.INNER_DESTINATION,
        2);
    inner(
        "before the long prefix",
        ip(HOST4, IpAddress.parse("10.1.2.15"), ESP, esp(1, 1, 8)),
        Reason.INNER_DESTINATION,
        1);
    inner(
        "behind the long prefix",
        ip(HOST4, IpAddress.parse("10.1.2.32"), ESP, esp(1, 1, 8)),
        Reason.INNER_DESTINATION,
        1);
    inner(
        "an IP header and nothing else",
        ip(HOST4, IpAddress.parse("10.1.9.9"), 255, new byte[0]),
        Reason.INNER_DESTINATION,
        1);
    inner(
        "a later fragment",
        ipv4(HOST4, IpAddress.parse("10.1.9.9"), UDP, new byte[8], 7, new byte[0]),
        Reason.INNER_DESTINATION,
        1);
    inner(
        "a v6 header and nothing else",
        ip(HOST6, IpAddress.parse("2001:db8:a::9"), NO_NEXT_HEADER, new byte[0]),
        Reason.INNER_DESTINATION,
        1);
    inner(
        "39 bytes of IPv6",
        Arrays.copyOf(ip(HOST6, IpAddress.parse("2001:db8:a::9"), UDP, new byte[0]), 39),
        Reason.MALFORMED,
        0);
  }

  private void addresses() {
    for (String address :
        List.of(
            "1.0.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "223.255.255.255",
            "240.0.0.1",
            "255.255.255.254",
            "203.0.113.1",
            "10.0.255.255")) {
      to(HOST4, address, Reason.UNKNOWN_DESTINATION, 0);
    }
    for (String address :
        List.of(
            "0.0.0.0",
            "0.255.255.255",
            "127.255.255.255",
            "169.254.0.0",
            "169.254.255.255",
            "224.0.0.0",
            "239.255.255.255")) {
      to(HOST4, address, Reason.NOT_ROUTABLE, 0);
    }
    to(HOST4, "10.1.0.0", Reason.INNER_DESTINATION, 1);
    to(HOST4, "10.1.255.255", Reason.INNER_DESTINATION, 1); // a directed broadcast is a server's
    for (String address :
        List.of(
            "::2",
            "1::",
            "fe7f:ffff::1",
            "fec0::1",
            "feff::1",
            "2001:db8:9:ffff::",
            "2001:db8:b::")) {
      to(HOST6, address, Reason.UNKNOWN_DESTINATION, 0);
    }
    for (String address : List.of("fe80::", "febf:ffff::1", "ff00::", "ff05::2", "ffff::1")) {
      to(HOST6, address, Reason.NOT_ROUTABLE, 0);
    }
    to(HOST6, "2001:db8:a::", Reason.INNER_DESTINATION, 1);
    to(HOST6, "2001:db8:a:1:ffff:ffff:ffff:ffff", Reason.INNER_DESTINATION, 1);
    to(HOST6, "2001:db8:a:2::", Reason.INNER_DESTINATION, 2);
    to(HOST6, "2001:db8:a:2:ffff:ffff:ffff:ffff", Reason.INNER_DESTINATION, 2);
    to(HOST6, "2001:db8:a:3::", Reason.INNER_DESTINATION, 1);
    to(HOST6, "2001:db8:a:ffff:ffff:ffff:ffff:ffff", Reason.INNER_DESTINATION, 1);
  }

  private void to(IpAddress host, String address, Reason reason, int server) {
    IpAddress destination = IpAddress.parse(address);
    inner(
        "TCP to " + address,
        ip(host, destination, TCP, tcpSyn(host, destination, 40_000, 443)),
        reason,
        server);
  }

  private void contents() {
    IpAddress to4 = IpAddress.parse("10.1.2.20");
    IpAddress to6 = IpAddress.parse("2001:db8:a:2::20");
    for (int protocol : new int[] {0, ICMP, 2, TCP, UDP, 47, ESP, AH, 132}) {
      byte[] v4 = ip(HOST4, to4, protocol, new byte[3]);
      inner("3 bytes of protocol " + protocol, v4, Reason.INNER_DESTINATION, 2);
      byte[] v6 = ip(HOST6, to6, protocol, new byte[3]);
      inner("v6 3 bytes of protocol " + protocol, v6, Reason.INNER_DESTINATION, 2);
    }
    byte[] tcp = ip(HOST4, to4, TCP, tcpSyn(HOST4, to4, 40_000, 443));
    inner("TCP, time to live 1", patched(tcp, 8, 1), Reason.INNER_DESTINATION, 2);
    inner("TCP, wrong IPv4 header checksum", patched(tcp, 10, 9), Reason.INNER_DESTINATION, 2);
    for (int field : new int[] {0x2000, 0x2010, 0x0010, 0x4000, 0x8000}) {
      inner(
          "IPv4 fragment field %04x".formatted(field),
          ipv4(HOST4, to4, UDP, new byte[16], field, new byte[0]),
          Reason.INNER_DESTINATION,
          2);
    }
    inner(
        "all the IPv4 options there is room for",
        ipv4(HOST4, to4, UDP, new byte[8], 0, new byte[40]),
        Reason.INNER_DESTINATION,
        2);
    inner(
        "IPv4 options cut",
        quote(ipv4(HOST4, to4, UDP, new byte[8], 0, new byte[40]), 50),
        Reason.MALFORMED,
        0);
    inner(
        "v6 later fragment",
        ipv6(HOST6, to6, FRAGMENT, fragmentHeader(UDP, 9, false, new byte[16])),
        Reason.INNER_DESTINATION,
        2);
    inner(
        "v6 nine extension headers, which nobody reads here",
        ipv6(HOST6, to6, DESTINATION_OPTIONS, extension(HOP_BY_HOP, 1, new byte[64])),
        Reason.INNER_DESTINATION,
        2);
    inner(
        "v6 extension header cut, which nobody reads here",
        ipv6(HOST6, to6, DESTINATION_OPTIONS, new byte[3]),
        Reason.INNER_DESTINATION,
        2);
    inner(
        "ICMP error to a host behind a peer",
        ip(HOST4, to4, ICMP, icmp(HOST4, to4, 3, 4, 1400, quote(tcp, 28))),
        Reason.INNER_DESTINATION,
        2);
    IpAddress unknown = IpAddress.parse("10.2.0.1");
    add(
        Side.INNER,
        "a miss, two VLAN tags",
        ethernet(DIRECTOR, ROUTER, ip(HOST4, unknown, UDP, new byte[8]), SERVICE_VLAN, VLAN),
        Reason.UNKNOWN_DESTINATION,
        0);
  }
}
