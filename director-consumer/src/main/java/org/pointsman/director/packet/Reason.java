package org.pointsman.director.packet;

/** Why a packet got its verdict. Each reason belongs to one verdict. */
public enum Reason {
  /** UDP to port 500 of a virtual address (RFC 7296 §2). */
  IKE(Verdict.STEER, "IKE"),
  /** UDP to port 4500: IKE, ESP or a keep-alive behind a NAT (RFC 3947, RFC 3948). */
  NAT_TRAVERSAL(Verdict.STEER, "UDP 4500"),
  /** ESP (RFC 4303). */
  ESP(Verdict.STEER, "ESP"),
  /** AH (RFC 4302). */
  AH(Verdict.STEER, "AH"),
  /** A later fragment of ESP or AH, or of UDP from a known outer address. */
  LATER_FRAGMENT(Verdict.STEER, "later fragment"),
  /** An ICMP or ICMPv6 error about a packet that the virtual address sent. */
  ICMP_ERROR(Verdict.STEER, "ICMP error"),
  /** From the clear side, to an inner subnet of a tunnel. */
  INNER_DESTINATION(Verdict.STEER, "inner destination"),

  /** The frame is for another Ethernet address. */
  NOT_ADDRESSED(Verdict.PASS, "frame for another host"),
  /** The frame is a broadcast or multicast. */
  GROUP_FRAME(Verdict.PASS, "broadcast or multicast frame"),
  /** More than two VLAN tags. */
  TOO_MANY_TAGS(Verdict.PASS, "more than two VLAN tags"),
  /** Neither IPv4 nor IPv6: ARP and the like. */
  NOT_IP(Verdict.PASS, "not IP"),
  /** A header that contradicts itself or goes on behind the end of its packet. */
  MALFORMED(Verdict.PASS, "malformed"),
  /** More IPv6 extension headers than any honest packet has. */
  TOO_MANY_HEADERS(Verdict.PASS, "too many IPv6 extension headers"),
  /** The capture kept too little of the packet to tell. */
  CUT_SHORT(Verdict.PASS, "cut short by the capture"),
  /** Outer: not to a virtual address. */
  NOT_VIRTUAL(Verdict.PASS, "not to a virtual address"),
  /** Outer: to a virtual address, but neither IKE nor IPsec. */
  NOT_IPSEC(Verdict.PASS, "neither IKE nor IPsec"),
  /** Outer: ICMP that is no error, or of a kind that a host's kernel deals with. */
  ICMP_OTHER(Verdict.PASS, "ICMP other than errors"),
  /** Outer: an ICMP error about a packet that its receiver did not send. */
  ICMP_NOT_OURS(Verdict.PASS, "ICMP error about another's packet"),
  /** Outer: a later UDP fragment from an unknown address; nothing says that it is IKE. */
  UNKNOWN_FRAGMENT(Verdict.PASS, "later fragment, unknown source"),
  /** Inner: to the director itself. */
  LOCAL(Verdict.PASS, "to the director itself"),
  /** Inner: to a multicast, broadcast, link-local, loopback or unspecified address. */
  NOT_ROUTABLE(Verdict.PASS, "not a routable unicast address"),

  /** Outer: no tunnel has this outer address. */
  UNKNOWN_PEER(Verdict.MISS, "unknown outer address"),
  /** Inner: no tunnel has a subnet that holds this address. */
  UNKNOWN_DESTINATION(Verdict.MISS, "unknown inner destination");

  private final Verdict verdict;
  private final String text;

  Reason(Verdict verdict, String text) {
    this.verdict = verdict;
    this.text = text;
  }

  public Verdict verdict() {
    return verdict;
  }

  /** The reason in a few words. */
  @Override
  public String toString() {
    return text;
  }
}
