package org.pointsman.director.packet;

import org.pointsman.director.table.SteeringTable;

/**
 * The outer side of {@link PacketClassifier}'s contract: what is looked for behind the IP header.
 * Offsets are into the bytes of the {@link Classification}; {@code at} is where the IP header
 * starts and {@code end} where it says that the packet ends.
 */
final class OuterClassifier {
  private static final int HOP_BY_HOP = 0;
  private static final int ICMP = 1;
  private static final int UDP = 17;
  private static final int ROUTING = 43;
  private static final int FRAGMENT = 44;
  private static final int ESP = 50;
  private static final int AH = 51;
  private static final int ICMPV6 = 58;
  private static final int DESTINATION_OPTIONS = 60;

  private static final int PORT_IKE = 500;
  private static final int PORT_NAT_TRAVERSAL = 4500;

  private final SteeringTable table;

  OuterClassifier(SteeringTable table) {
    this.table = table;
  }

  void v4(int at, int payload, int end, PacketContext context, Classification out) {
    int destination = out.i32(at + 16);
    if (!context.virtualAddresses().containsV4(destination)) {
      out.pass(Reason.NOT_VIRTUAL);
      return;
    }
    int source = out.i32(at + 12);
    int fragment = out.u16(at + 6);
    boolean moreFragments = (fragment & 0x2000) != 0;
    int protocol = out.u8(at + 9);
    if ((fragment & 0x1fff) != 0) {
      out.keyV4(source);
      laterFragment(protocol, table.outerV4(source), false, out);
      return;
    }
    if (protocol == ICMP) {
      icmpV4(payload, end, destination, out);
      return;
    }
    Reason reason = transport(protocol, payload, end, moreFragments, out);
    if (reason.verdict() == Verdict.STEER) {
      out.keyV4(source);
      out.found(table.outerV4(source), reason, Reason.UNKNOWN_PEER);
    } else {
      out.pass(reason);
    }
  }

  private void icmpV4(int at, int end, int destination, Classification out) {
    if (!out.reaches(at + 8, end)) {
      return;
    }
    int type = out.u8(at);
    if (type != 3 && type != 11 && type != 12) {
      out.pass(Reason.ICMP_OTHER);
      return;
    }
    int quoted = at + 8;
    if (!out.reaches(quoted + 20, end)) {
      return;
    }
    if (out.u8(quoted) >>> 4 != 4 || (out.u8(quoted) & 0xf) < 5) {
      out.pass(Reason.MALFORMED);
    } else if (out.i32(quoted + 12) != destination) {
      out.pass(Reason.ICMP_NOT_OURS);
    } else {
      int peer = out.i32(quoted + 16);
      out.keyV4(peer);
      out.found(table.outerV4(peer), Reason.ICMP_ERROR, Reason.UNKNOWN_PEER);
    }
  }

  void v6(int at, int end, PacketContext context, Classification out) {
    if (!context.virtualAddresses().containsV6(out.i64(at + 24), out.i64(at + 32))) {
      out.pass(Reason.NOT_VIRTUAL);
      return;
    }
    int next = out.u8(at + 6);
    int header = at + 40;
    boolean fragmented = false;
    boolean moreFragments = false;
    for (int headers = 0; isExtension(next); headers++) {
      if (headers == PacketClassifier.MOST_EXTENSION_HEADERS) {
        out.pass(Reason.TOO_MANY_HEADERS);
        return;
      }
      if (!out.reaches(header + 8, end)) {
        return;
      }
      if ((next == HOP_BY_HOP && headers > 0) || (next == FRAGMENT && fragmented)) {
        out.pass(Reason.MALFORMED);
        return;
      }
      int bytes = next == FRAGMENT ? 8 : (out.u8(header + 1) + 1) * 8;
      if (!out.reaches(header + bytes, end)) {
        return;
      }
      int following = out.u8(header);
      if (next == FRAGMENT) {
        fragmented = true;
        moreFragments = (out.u16(header + 2) & 1) != 0;
        if ((out.u16(header + 2) & 0xfff8) != 0) {
          long high = out.i64(at + 8);
          long low = out.i64(at + 16);
          out.keyV6(high, low);
          laterFragment(following, table.outerV6(high, low), true, out);
          return;
        }
      }
      next = following;
      header += bytes;
    }
    if (next == ICMPV6) {
      icmpV6(header, end, at + 24, out);
      return;
    }
    Reason reason = transport(next, header, end, moreFragments, out);
    if (reason.verdict() == Verdict.STEER) {
      long high = out.i64(at + 8);
      long low = out.i64(at + 16);
      out.keyV6(high, low);
      out.found(table.outerV6(high, low), reason, Reason.UNKNOWN_PEER);
    } else {
      out.pass(reason);
    }
  }

  private void icmpV6(int at, int end, int destination, Classification out) {
    if (!out.reaches(at + 8, end)) {
      return;
    }
    int type = out.u8(at);
    if (type < 1 || type > 4) {
      out.pass(Reason.ICMP_OTHER);
      return;
    }
    int quoted = at + 8;
    if (!out.reaches(quoted + 40, end)) {
      return;
    }
    if (out.u8(quoted) >>> 4 != 6) {
      out.pass(Reason.MALFORMED);
    } else if (out.i64(quoted + 8) != out.i64(destination)
        || out.i64(quoted + 16) != out.i64(destination + 8)) {
      out.pass(Reason.ICMP_NOT_OURS);
    } else {
      long high = out.i64(quoted + 24);
      long low = out.i64(quoted + 32);
      out.keyV6(high, low);
      out.found(table.outerV6(high, low), Reason.ICMP_ERROR, Reason.UNKNOWN_PEER);
    }
  }

  /** What a packet or first fragment to a virtual address is, by its transport header. */
  private static Reason transport(
      int protocol, int at, int end, boolean moreFragments, Classification out) {
    return switch (protocol) {
      case UDP -> {
        if (!out.reaches(at + 8, end)) {
          yield out.reason();
        }
        int length = out.u16(at + 4);
        if (length < 8 || (!moreFragments && at + length > end)) {
          yield Reason.MALFORMED;
        }
        yield switch (out.u16(at + 2)) {
          case PORT_IKE -> Reason.IKE;
          case PORT_NAT_TRAVERSAL -> Reason.NAT_TRAVERSAL;
          default -> Reason.NOT_IPSEC;
        };
      }
      case ESP -> out.reaches(at + 8, end) ? Reason.ESP : out.reason();
      case AH -> out.reaches(at + 12, end) ? Reason.AH : out.reason();
      default -> Reason.NOT_IPSEC;
    };
  }

  private static void laterFragment(int protocol, int server, boolean v6, Classification out) {
    if (protocol == ESP || protocol == AH) {
      out.found(server, Reason.LATER_FRAGMENT, Reason.UNKNOWN_PEER);
    } else if (protocol == UDP || (v6 && protocol == DESTINATION_OPTIONS)) {
      out.found(server, Reason.LATER_FRAGMENT, Reason.UNKNOWN_FRAGMENT);
    } else {
      out.pass(Reason.NOT_IPSEC);
    }
  }

  private static boolean isExtension(int nextHeader) {
    return nextHeader == HOP_BY_HOP
        || nextHeader == ROUTING
        || nextHeader == FRAGMENT
        || nextHeader == DESTINATION_OPTIONS;
  }
}
