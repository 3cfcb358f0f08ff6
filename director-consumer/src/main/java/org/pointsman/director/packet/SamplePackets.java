package org.pointsman.director.packet;

import static org.pointsman.director.packet.PacketBuilder.AH;
import static org.pointsman.director.packet.PacketBuilder.DESTINATION_OPTIONS;
import static org.pointsman.director.packet.PacketBuilder.ESP;
import static org.pointsman.director.packet.PacketBuilder.HOP_BY_HOP;
import static org.pointsman.director.packet.PacketBuilder.ICMP;
import static org.pointsman.director.packet.PacketBuilder.ICMPV6;
import static org.pointsman.director.packet.PacketBuilder.NO_NEXT_HEADER;
import static org.pointsman.director.packet.PacketBuilder.ROUTING;
import static org.pointsman.director.packet.PacketBuilder.SERVICE_VLAN;
import static org.pointsman.director.packet.PacketBuilder.TCP;
import static org.pointsman.director.packet.PacketBuilder.UDP;
import static org.pointsman.director.packet.PacketBuilder.VLAN;
import static org.pointsman.director.packet.PacketBuilder.ah;
import static org.pointsman.director.packet.PacketBuilder.esp;
import static org.pointsman.director.packet.PacketBuilder.ethernet;
import static org.pointsman.director.packet.PacketBuilder.extension;
import static org.pointsman.director.packet.PacketBuilder.fragments;
import static org.pointsman.director.packet.PacketBuilder.icmp;
import static org.pointsman.director.packet.PacketBuilder.ike;
import static org.pointsman.director.packet.PacketBuilder.ip;
import static org.pointsman.director.packet.PacketBuilder.ipv4;
import static org.pointsman.director.packet.PacketBuilder.ipv6;
import static org.pointsman.director.packet.PacketBuilder.nonEsp;
import static org.pointsman.director.packet.PacketBuilder.quote;
import static org.pointsman.director.packet.PacketBuilder.tcpSyn;
import static org.pointsman.director.packet.PacketBuilder.udp;

import java.util.ArrayList;
import java.util.List;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.RawBytes;

/**
 * One packet of every class that the contract of {@link PacketClassifier} names, for given
 * addresses.
 *
 * <p>The demo drives them through both directors for every tunnel, and the tests of every data
 * plane start from them.
 */
public final class SamplePackets {
  /**
   * A packet and what is to become of it if its tunnel is known.
   *
   * @param description what it is, in a few words
   * @param frame an Ethernet frame to the director
   * @param reason the reason of its verdict
   */
  public record Sample(String description, RawBytes frame, Reason reason) {
    public Verdict verdict() {
      return reason.verdict();
    }
  }

  private static final int IKE_PORT = 500;
  private static final int NAT_PORT = 4500;

  /** What fits an MTU of 1,500 bytes in both families, in whole units of eight. */
  private static final int FRAGMENT_PAYLOAD = 1440;

  private final MacAddress director;
  private final MacAddress sender;

  /**
   * Packets on the segment of a director.
   *
   * @param director the director's Ethernet address
   * @param sender the router's or host's that sends to it
   */
  public SamplePackets(MacAddress director, MacAddress sender) {
    this.director = director;
    this.sender = sender;
  }

  /** What a tunnel's peer sends to the virtual address: all of it is to be steered. */
  public List<Sample> fromPeer(IpAddress peer, IpAddress virtual) {
    Samples samples = new Samples();
    byte[] ike500 = ip(peer, virtual, UDP, udp(peer, virtual, IKE_PORT, IKE_PORT, ike(200)));
    byte[] ike4500 = inUdp4500(peer, virtual, NAT_PORT, nonEsp(ike(200)));
    byte[] espInUdp = inUdp4500(peer, virtual, NAT_PORT, esp(0x1001, 1, 120));
    byte[] plainEsp = ip(peer, virtual, ESP, esp(0x1002, 7, 120));
    samples.add("IKE, UDP 500", ike500, Reason.IKE);
    samples.add("IKE from a port that a NAT chose", natPort(peer, virtual), Reason.IKE);
    samples.add("IKE, UDP 4500", ike4500, Reason.NAT_TRAVERSAL);
    samples.add("ESP in UDP 4500", espInUdp, Reason.NAT_TRAVERSAL);
    samples.add(
        "ESP in UDP 4500 from a port that a NAT chose",
        inUdp4500(peer, virtual, 61_234, esp(0x1001, 2, 80)),
        Reason.NAT_TRAVERSAL);
    samples.add(
        "NAT keep-alive",
        inUdp4500(peer, virtual, NAT_PORT, new byte[] {(byte) 0xff}),
        Reason.NAT_TRAVERSAL);
    samples.add("ESP", plainEsp, Reason.ESP);
    samples.add("AH", ip(peer, virtual, AH, ah(ESP, 0x1003, 3, esp(1, 1, 40))), Reason.AH);
    samples.addTagged("IKE, one VLAN tag", ike500, Reason.IKE, VLAN);
    samples.addTagged("ESP, one VLAN tag", plainEsp, Reason.ESP, VLAN);
    samples.addTagged("ESP, two VLAN tags", plainEsp, Reason.ESP, SERVICE_VLAN, VLAN);

    byte[] longIke = ip(peer, virtual, UDP, udp(peer, virtual, IKE_PORT, IKE_PORT, ike(3600)));
    byte[] longEsp = ip(peer, virtual, ESP, esp(0x1002, 8, 3600));
    byte[] longAh = ip(peer, virtual, AH, ah(ESP, 0x1003, 4, esp(1, 2, 3600)));
    samples.addFragments("IKE", longIke, Reason.IKE);
    samples.addFragments("ESP", longEsp, Reason.ESP);
    samples.addFragments("AH", longAh, Reason.AH);
    switch (peer.family()) {
      case V4 -> {
        byte[] options = {(byte) 148, 4, 0, 0, 1, 1, 1, 1}; // router alert, padding
        samples.add(
            "ESP with IPv4 options",
            ipv4(peer, virtual, ESP, esp(0x1002, 9, 60), 0, options),
            Reason.ESP);
        samples.add(
            "IKE with all the IPv4 options there is room for",
            ipv4(peer, virtual, UDP, ikeDatagram(peer, virtual), 0, new byte[40]),
            Reason.IKE);
      }
      case V6 -> {
        samples.add(
            "ESP behind hop-by-hop options",
            ipv6(peer, virtual, HOP_BY_HOP, extension(ESP, 1, esp(0x1002, 9, 60))),
            Reason.ESP);
        samples.add(
            "IKE behind destination options and a routing header",
            ipv6(
                peer,
                virtual,
                DESTINATION_OPTIONS,
                extension(ROUTING, 2, extension(UDP, 3, ikeDatagram(peer, virtual)))),
            Reason.IKE);
        samples.add(
            "AH behind hop-by-hop options",
            ipv6(peer, virtual, HOP_BY_HOP, extension(AH, 1, ah(ESP, 5, 6, esp(1, 1, 24)))),
            Reason.AH);
      }
    }
    return samples.list;
  }

  /**
   * ICMP errors that some router on the way to the peer sends to the virtual address, because of
   * what the tunnel's server sent to the peer: all to be steered.
   */
  public List<Sample> errorsAboutPeer(IpAddress router, IpAddress virtual, IpAddress peer) {
    Samples samples = new Samples();
    byte[] sentEsp = ip(virtual, peer, ESP, esp(0x2001, 1, 1300));
    byte[] sentUdp = inUdp4500(virtual, peer, NAT_PORT, esp(0x2001, 2, 1300));
    switch (peer.family()) {
      case V4 -> {
        samples.add(
            "ICMP fragmentation needed, quoting ESP",
            error(router, virtual, 3, 4, 1400, quote(sentEsp, 28)),
            Reason.ICMP_ERROR);
        samples.add(
            "ICMP port unreachable, quoting UDP 4500",
            error(router, virtual, 3, 3, 0, quote(sentUdp, 548)),
            Reason.ICMP_ERROR);
        samples.add(
            "ICMP time exceeded, quoting ESP",
            error(router, virtual, 11, 0, 0, quote(sentEsp, 28)),
            Reason.ICMP_ERROR);
        samples.add(
            "ICMP parameter problem, quoting UDP 4500",
            error(router, virtual, 12, 0, 0, quote(sentUdp, 28)),
            Reason.ICMP_ERROR);
      }
      case V6 -> {
        samples.add(
            "ICMPv6 packet too big, quoting ESP",
            error(router, virtual, 2, 0, 1280, quote(sentEsp, 1232)),
            Reason.ICMP_ERROR);
        samples.add(
            "ICMPv6 unreachable, quoting UDP 4500",
            error(router, virtual, 1, 4, 0, quote(sentUdp, 1232)),
            Reason.ICMP_ERROR);
        samples.add(
            "ICMPv6 time exceeded, quoting ESP",
            error(router, virtual, 3, 0, 0, quote(sentEsp, 48)),
            Reason.ICMP_ERROR);
        samples.add(
            "ICMPv6 parameter problem, quoting UDP 4500",
            error(router, virtual, 4, 1, 6, quote(sentUdp, 48)),
            Reason.ICMP_ERROR);
      }
    }
    return samples.list;
  }

  /** What reaches the virtual address besides, and is the kernel's: from the peer's own address. */
  public List<Sample> otherToVirtual(IpAddress peer, IpAddress virtual, IpAddress router) {
    Samples samples = new Samples();
    boolean v4 = peer.isV4();
    int icmpProtocol = v4 ? ICMP : ICMPV6;
    samples.add(
        "ping",
        ip(
            peer,
            virtual,
            icmpProtocol,
            icmp(peer, virtual, v4 ? 8 : 128, 0, 0x0001_0001, new byte[56])),
        Reason.ICMP_OTHER);
    samples.add(
        "TCP", ip(peer, virtual, TCP, tcpSyn(peer, virtual, 40_000, 443)), Reason.NOT_IPSEC);
    samples.add(
        "DNS",
        ip(peer, virtual, UDP, udp(peer, virtual, 40_000, 53, new byte[30])),
        Reason.NOT_IPSEC);
    samples.add(
        "UDP from port 500, not to it",
        ip(peer, virtual, UDP, udp(peer, virtual, 500, 501, new byte[30])),
        Reason.NOT_IPSEC);
    byte[] anothers = ip(router, peer, ESP, esp(9, 9, 100));
    samples.add(
        "ICMP error about a packet that the virtual address did not send",
        error(router, virtual, v4 ? 3 : 1, 0, 0, quote(anothers, v4 ? 28 : 48)),
        Reason.ICMP_NOT_OURS);
    return samples.list;
  }

  /** What the target subnets send to a host behind the tunnel's peer: all to be steered. */
  public List<Sample> toInner(IpAddress host, IpAddress destination) {
    Samples samples = new Samples();
    boolean v4 = host.isV4();
    byte[] web = ip(host, destination, TCP, tcpSyn(host, destination, 443, 50_000));
    samples.add("TCP", web, Reason.INNER_DESTINATION);
    samples.addTagged("TCP, one VLAN tag", web, Reason.INNER_DESTINATION, VLAN);
    samples.addTagged("TCP, two VLAN tags", web, Reason.INNER_DESTINATION, SERVICE_VLAN, VLAN);
    byte[] datagram =
        ip(host, destination, UDP, udp(host, destination, 5060, 5060, new byte[3600]));
    int number = 0;
    for (byte[] fragment : fragments(datagram, FRAGMENT_PAYLOAD)) {
      number++;
      samples.add("UDP, fragment " + number, fragment, Reason.INNER_DESTINATION);
    }
    samples.add(
        "ping",
        ip(
            host,
            destination,
            v4 ? ICMP : ICMPV6,
            icmp(host, destination, v4 ? 8 : 128, 0, 7, new byte[56])),
        Reason.INNER_DESTINATION);
    switch (host.family()) {
      case V4 ->
          samples.add(
              "UDP with IPv4 options",
              ipv4(host, destination, UDP, ikeDatagram(host, destination), 0, new byte[12]),
              Reason.INNER_DESTINATION);
      case V6 ->
          samples.add(
              "nothing behind destination options",
              ipv6(
                  host,
                  destination,
                  DESTINATION_OPTIONS,
                  extension(NO_NEXT_HEADER, 1, new byte[0])),
              Reason.INNER_DESTINATION);
    }
    return samples.list;
  }

  private byte[] error(
      IpAddress router, IpAddress virtual, int type, int code, int word, byte[] quoted) {
    int protocol = router.isV4() ? ICMP : ICMPV6;
    return ip(router, virtual, protocol, icmp(router, virtual, type, code, word, quoted));
  }

  private static byte[] natPort(IpAddress peer, IpAddress virtual) {
    return ip(peer, virtual, UDP, udp(peer, virtual, 61_233, IKE_PORT, ike(200)));
  }

  private static byte[] ikeDatagram(IpAddress peer, IpAddress virtual) {
    return udp(peer, virtual, IKE_PORT, IKE_PORT, ike(100));
  }

  private static byte[] inUdp4500(
      IpAddress source, IpAddress destination, int sourcePort, byte[] payload) {
    return ip(source, destination, UDP, udp(source, destination, sourcePort, NAT_PORT, payload));
  }

  private final class Samples {
    private final List<Sample> list = new ArrayList<>();

    void add(String description, byte[] packet, Reason reason) {
      addTagged(description, packet, reason);
    }

    void addTagged(String description, byte[] packet, Reason reason, int... tags) {
      byte[] frame = ethernet(director, sender, packet, tags);
      list.add(new Sample(description, RawBytes.of(frame), reason));
    }

    void addFragments(String description, byte[] packet, Reason first) {
      List<byte[]> parts = fragments(packet, FRAGMENT_PAYLOAD);
      for (int i = 0; i < parts.size(); i++) {
        add(
            "%s, fragment %d of %d".formatted(description, i + 1, parts.size()),
            parts.get(i),
            i == 0 ? first : Reason.LATER_FRAGMENT);
      }
    }
  }
}
