package org.pointsman.director.packet;

import static org.pointsman.director.packet.PacketBuilder.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.pointsman.director.packet.SamplePackets.Sample;
import org.pointsman.director.table.Entry;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.RawBytes;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

/**
 * The contract as a table of packets: description, packet in, verdict and reason, packet out. Every
 * data plane goes through it.
 */
public final class GoldenPackets {
  /**
   * A row.
   *
   * @param server the index of the server that gets the packet; 0 if none does
   */
  public record Golden(Side side, String description, RawBytes frame, Reason reason, int server) {
    /** The frame as it goes to its server. */
    public byte[] redirected() {
      byte[] out = frame.toByteArray();
      byte[] server1 = {2, 0, 0, 0, 1, (byte) server};
      byte[] director = {2, 0, 0, 0, 0, 1};
      System.arraycopy(server1, 0, out, 0, 6);
      System.arraycopy(director, 0, out, 6, 6);
      return out;
    }

    @Override
    public String toString() {
      return side + ": " + description;
    }
  }

  public static final MacAddress DIRECTOR = MacAddress.parse("02:00:00:00:00:01");
  public static final MacAddress ROUTER = MacAddress.parse("02:00:00:00:00:fe");
  public static final IpAddress VIP4 = IpAddress.parse("203.0.113.1");
  public static final IpAddress VIP6 = IpAddress.parse("2001:db8:ff::1");
  public static final List<IpAddress> VIPS = List.of(VIP4, VIP6);
  public static final List<IpAddress> LOCAL =
      List.of(IpAddress.parse("10.1.255.1"), IpAddress.parse("2001:db8:a:ff::1"));

  private static final IpAddress PEER4 = IpAddress.parse("192.0.2.7");
  private static final IpAddress PEER4_TWO = IpAddress.parse("198.51.100.9");
  private static final IpAddress PEER6 = IpAddress.parse("2001:db8:7::7");
  private static final IpAddress PEER6_TWO = IpAddress.parse("2001:db8:9::9");
  private static final IpAddress STRANGER4 = IpAddress.parse("192.0.2.8");
  private static final IpAddress STRANGER6 = IpAddress.parse("2001:db8:7::8");
  private static final IpAddress CORE4 = IpAddress.parse("100.64.0.1");
  private static final IpAddress CORE6 = IpAddress.parse("2001:db8:c0::1");
  private static final IpAddress HOST4 = IpAddress.parse("172.16.0.5");
  private static final IpAddress HOST6 = IpAddress.parse("2001:db8:b::5");

  /** What the table holds: servers 1 and 2, each with a peer of each family, nested prefixes. */
  public static List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    entries.add(new Entry.Server(1, new ServerId("rs-1"), MacAddress.parse("02:00:00:00:01:01")));
    entries.add(new Entry.Server(2, new ServerId("rs-2"), MacAddress.parse("02:00:00:00:01:02")));
    VIPS.forEach(address -> entries.add(new Entry.Virtual(address)));
    entries.add(new Entry.Outer(PEER4, 1));
    entries.add(new Entry.Outer(PEER4_TWO, 2));
    entries.add(new Entry.Outer(PEER6, 1));
    entries.add(new Entry.Outer(PEER6_TWO, 2));
    entries.add(new Entry.Inner(IpPrefix.parse("10.1.0.0/16"), 1));
    entries.add(new Entry.Inner(IpPrefix.parse("10.1.2.16/28"), 2));
    entries.add(new Entry.Inner(IpPrefix.parse("169.254.0.0/16"), 1));
    entries.add(new Entry.Inner(IpPrefix.parse("224.0.0.0/4"), 1));
    entries.add(new Entry.Inner(IpPrefix.parse("2001:db8:a::/48"), 1));
    entries.add(new Entry.Inner(IpPrefix.parse("2001:db8:a:2::/64"), 2));
    entries.add(new Entry.Inner(IpPrefix.parse("fe80::/10"), 1));
    entries.add(new Entry.Inner(IpPrefix.parse("ff00::/8"), 1));
    return entries;
  }

  private final List<Golden> rows = new ArrayList<>();

  private GoldenPackets() {}

  /** Every row. */
  public static List<Golden> all() {
    GoldenPackets packets = new GoldenPackets();
    packets.samples();
    packets.outerMisses();
    packets.outerPassed();
    packets.outerFragments();
    packets.outerIcmp();
    packets.ethernetRows(Side.OUTER);
    packets.outerMalformed();
    packets.inner();
    packets.ethernetRows(Side.INNER);
    packets.byHand();
    return List.copyOf(packets.rows);
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
    outer("UDP to port 4501", udpTo(PEER4, VIP4, 4501), Reason.NOT_IPSEC);
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

  /** What the Ethernet header decides. */
  private void ethernetRows(Side side) {
    byte[] packet =
        side == Side.OUTER
            ? ip(PEER4, VIP4, ESP, esp(1, 1, 40))
            : ip(HOST4, IpAddress.parse("10.1.9.9"), ESP, esp(1, 1, 40));
    Reason steered = side == Side.OUTER ? Reason.ESP : Reason.INNER_DESTINATION;
    add(side, "to another host", ethernet(ROUTER, DIRECTOR, packet), Reason.NOT_ADDRESSED, 0);
    add(
        side,
        "broadcast frame",
        ethernet(mac("ff:ff:ff:ff:ff:ff"), ROUTER, packet),
        Reason.GROUP_FRAME,
        0);
    add(
        side,
        "multicast frame",
        ethernet(mac("01:00:5e:00:00:01"), ROUTER, packet),
        Reason.GROUP_FRAME,
        0);
    add(
        side,
        "v6 multicast frame",
        ethernet(mac("33:33:00:00:00:01"), ROUTER, packet),
        Reason.GROUP_FRAME,
        0);
    add(
        side,
        "three VLAN tags",
        ethernet(DIRECTOR, ROUTER, packet, SERVICE_VLAN, VLAN, VLAN),
        Reason.TOO_MANY_TAGS,
        0);
    add(side, "two 802.1Q tags", ethernet(DIRECTOR, ROUTER, packet, VLAN, VLAN), steered, 1);
    add(side, "one 802.1ad tag", ethernet(DIRECTOR, ROUTER, packet, SERVICE_VLAN), steered, 1);
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
        "IPv4 under the type of IPv6",
        ethernet(DIRECTOR, ROUTER, 0x86dd, packet),
        Reason.MALFORMED,
        0);
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
    add(
        side,
        "padded behind the packet's end",
        ethernet(DIRECTOR, ROUTER, Arrays.copyOf(packet, packet.length + 18)),
        steered,
        1);
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

  /** Written down byte by byte, so that nothing hangs on {@link PacketBuilder} alone. */
  private void byHand() {
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

  private static byte[] chain(int headers) {
    byte[] rest = esp(1, 1, 8);
    int next = ESP;
    for (int i = 0; i < headers; i++) {
      rest = extension(next, 1, rest);
      next = DESTINATION_OPTIONS;
    }
    return rest;
  }

  private static byte[] v6Fragment(IpAddress source, int protocol, int offset, boolean more) {
    return ipv6(source, VIP6, FRAGMENT, fragmentHeader(protocol, offset, more, new byte[64]));
  }

  private static byte[] icmp4(int type, int code, byte[] rest) {
    return ip(CORE4, VIP4, ICMP, icmp(CORE4, VIP4, type, code, 0, rest));
  }

  private static byte[] icmp6(int type, int code, byte[] rest) {
    return ip(CORE6, VIP6, ICMPV6, icmp(CORE6, VIP6, type, code, 0, rest));
  }

  private static byte[] ikeTo(IpAddress source, IpAddress destination) {
    return udp(source, destination, 500, 500, ike(40));
  }

  private static byte[] udpTo(IpAddress source, IpAddress destination, int port) {
    return ip(source, destination, UDP, udp(source, destination, 4500, port, new byte[20]));
  }

  private static byte[] patched(byte[] packet, int at, int value) {
    byte[] copy = packet.clone();
    copy[at] = (byte) value;
    return copy;
  }

  private static MacAddress mac(String text) {
    return MacAddress.parse(text);
  }

  private void outer(String description, byte[] packet, Reason reason) {
    outer(description, packet, reason, 0);
  }

  private void outer(String description, byte[] packet, Reason reason, int server) {
    add(Side.OUTER, description, ethernet(DIRECTOR, ROUTER, packet), reason, server);
  }

  private void inner(String description, byte[] packet, Reason reason, int server) {
    add(Side.INNER, description, ethernet(DIRECTOR, ROUTER, packet), reason, server);
  }

  private void addAll(Side side, String prefix, List<Sample> samples, int server) {
    for (Sample sample : samples) {
      add(
          side,
          prefix + sample.description(),
          sample.frame().toByteArray(),
          sample.reason(),
          server);
    }
  }

  private void add(Side side, String description, byte[] frame, Reason reason, int server) {
    rows.add(new Golden(side, description, RawBytes.of(frame), reason, server));
  }
}
