package org.pointsman.director.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;

/**
 * The contract of every data plane: the bytes of a frame in, a verdict out.
 *
 * <table>
 * <caption>What is steered, if the frame is addressed to the director</caption>
 * <tr><th>side</th><th>packet</th><th>looked up</th></tr>
 * <tr><td>outer</td><td>to a virtual address: UDP to port 500 or 4500, ESP, AH, later fragments
 * of these</td><td>its source</td></tr>
 * <tr><td>outer</td><td>to a virtual address: an ICMP or ICMPv6 error that quotes a packet which
 * that address sent</td><td>the quoted packet's destination</td></tr>
 * <tr><td>inner</td><td>to any routable unicast address that is not the director's</td>
 * <td>its destination, longest prefix</td></tr>
 * </table>
 *
 * Everything else is passed. An address without a tunnel is a miss. In detail:
 *
 * <ul>
 *   <li>Ethernet: up to two VLAN tags (802.1Q, 802.1ad). Broadcasts and multicasts are passed.
 *   <li>IPv4 with options, IPv6 with up to {@value #MOST_EXTENSION_HEADERS} extension headers
 *       (hop-by-hop only as the first, routing, destination options, one fragment header). AH is
 *       what was looked for, whatever follows it.
 *   <li>The destination port tells IKE: behind a NAT a peer's own port is anything.
 *   <li>Later fragments have no ports. Those of ESP and AH are known by their protocol. One of UDP
 *       (in IPv6 also one that starts with destination options) may belong to IKE or to anything
 *       else, so it goes where its source's tunnel is, and if there is none it is passed, not
 *       missed. A fragmented UDP service other than IKE on a virtual address is therefore of no use
 *       to peers. Later fragments of ICMP errors are passed: they quote nothing.
 *   <li>ICMP errors are destination unreachable, time exceeded and parameter problem (RFC 792), and
 *       ICMPv6 types 1 to 4 (RFC 4443). A redirect is for the director's own kernel.
 *   <li>Malformed, and so passed: a header that goes on behind the end of its packet, a length
 *       smaller than its header or larger than the frame, a first fragment without the whole
 *       transport header (RFC 1858), UDP lengths that do not fit. Checksums are not looked at;
 *       whoever takes the packet does that. Bytes behind the packet's end are Ethernet padding.
 *   <li>The time to live stays as it is, as with LVS's direct routing.
 * </ul>
 *
 * Stateless and immutable; any number of threads may use one, each with a {@link Classification} of
 * its own. Nothing is allocated, and nothing outside the given bytes is read.
 */
public final class PacketClassifier {
  /** Then a packet is passed; a bound that a kernel program can keep as well. */
  public static final int MOST_EXTENSION_HEADERS = 8;

  static final int ETHERNET_BYTES = 14;
  private static final int MOST_TAGS = 2;
  private static final int TYPE_IPV4 = 0x0800;
  private static final int TYPE_IPV6 = 0x86dd;
  private static final int TYPE_8021Q = 0x8100;
  private static final int TYPE_8021AD = 0x88a8;

  private final SteeringTable table;
  private final OuterClassifier outer;

  public PacketClassifier(SteeringTable table) {
    this.table = table;
    this.outer = new OuterClassifier(table);
  }

  /** Classifies a whole Ethernet frame, {@code length} bytes from {@code offset}. */
  public void classify(
      byte[] bytes, int offset, int length, PacketContext context, Classification out) {
    classifyFrame(bytes, offset, length, length, context, out);
  }

  /**
   * As {@link #classify(byte[], int, int, PacketContext, Classification)}, for bytes outside the
   * heap. They are copied to {@code copy} first, which the caller keeps and where a steered frame
   * can then be rewritten.
   *
   * @param copy at least {@code length} bytes
   */
  public void classify(
      MemorySegment frame,
      long offset,
      int length,
      byte[] copy,
      PacketContext context,
      Classification out) {
    MemorySegment.copy(frame, ValueLayout.JAVA_BYTE, offset, copy, 0, length);
    classifyFrame(copy, 0, length, length, context, out);
  }

  /**
   * Classifies an Ethernet frame of which a capture may have kept only the beginning.
   *
   * @param captured how many bytes there are
   * @param wire how many bytes the frame had
   */
  public void classifyFrame(
      byte[] bytes, int offset, int captured, int wire, PacketContext context, Classification out) {
    out.begin(bytes, offset, captured, wire);
    if (!out.reaches(offset + ETHERNET_BYTES, out.wireEnd)) {
      return;
    }
    long destination = Frames.mac(bytes, offset);
    if ((destination >>> 40 & 1) != 0) {
      out.pass(Reason.GROUP_FRAME);
      return;
    }
    MacAddress mine = context.directorMac();
    if (mine != null && destination != mine.bits()) {
      out.pass(Reason.NOT_ADDRESSED);
      return;
    }
    int at = offset + ETHERNET_BYTES;
    payload(out.u16(at - 2), at, context, out);
  }

  /**
   * As {@link #classifyFrame}, for what stands behind another link layer's header.
   *
   * @param etherType what that header says it is
   */
  public void classifyPayload(
      int etherType,
      byte[] bytes,
      int offset,
      int captured,
      int wire,
      PacketContext context,
      Classification out) {
    out.begin(bytes, offset, captured, wire);
    payload(etherType, offset, context, out);
  }

  private void payload(int etherType, int offset, PacketContext context, Classification out) {
    int type = etherType;
    int at = offset;
    for (int tags = 0; type == TYPE_8021Q || type == TYPE_8021AD; tags++) {
      if (tags == MOST_TAGS) {
        out.pass(Reason.TOO_MANY_TAGS);
        return;
      }
      if (!out.reaches(at + 4, out.wireEnd)) {
        return;
      }
      type = out.u16(at + 2);
      at += 4;
    }
    switch (type) {
      case TYPE_IPV4 -> ipv4(at, context, out);
      case TYPE_IPV6 -> ipv6(at, context, out);
      default -> out.pass(Reason.NOT_IP);
    }
  }

  /** As {@link #classifyFrame}, for a packet that starts with its IP header. */
  public void classifyIp(
      byte[] bytes, int offset, int captured, int wire, PacketContext context, Classification out) {
    out.begin(bytes, offset, captured, wire);
    if (!out.reaches(offset + 1, out.wireEnd)) {
      return;
    }
    switch (out.u8(offset) >>> 4) {
      case 4 -> ipv4(offset, context, out);
      case 6 -> ipv6(offset, context, out);
      default -> out.pass(Reason.MALFORMED);
    }
  }

  private void ipv4(int at, PacketContext context, Classification out) {
    if (!out.reaches(at + 20, out.wireEnd)) {
      return;
    }
    int headerBytes = (out.u8(at) & 0xf) * 4;
    int end = at + out.u16(at + 2);
    if (out.u8(at) >>> 4 != 4 || headerBytes < 20 || end > out.wireEnd) {
      out.pass(Reason.MALFORMED);
      return;
    }
    if (!out.reaches(at + headerBytes, end)) {
      return;
    }
    if (context.side() == Side.INNER) {
      innerV4(out.i32(at + 16), context, out);
    } else {
      outer.v4(at, at + headerBytes, end, context, out);
    }
  }

  private void innerV4(int destination, PacketContext context, Classification out) {
    if (context.localAddresses().containsV4(destination)) {
      out.pass(Reason.LOCAL);
    } else if (!isRoutableV4(destination)) {
      out.pass(Reason.NOT_ROUTABLE);
    } else {
      out.keyV4(destination);
      out.found(table.innerV4(destination), Reason.INNER_DESTINATION, Reason.UNKNOWN_DESTINATION);
    }
  }

  private void ipv6(int at, PacketContext context, Classification out) {
    if (!out.reaches(at + 40, out.wireEnd)) {
      return;
    }
    int end = at + 40 + out.u16(at + 4);
    if (out.u8(at) >>> 4 != 6 || end > out.wireEnd) {
      out.pass(Reason.MALFORMED);
    } else if (context.side() == Side.INNER) {
      innerV6(out.i64(at + 24), out.i64(at + 32), context, out);
    } else {
      outer.v6(at, end, context, out);
    }
  }

  private void innerV6(long high, long low, PacketContext context, Classification out) {
    if (context.localAddresses().containsV6(high, low)) {
      out.pass(Reason.LOCAL);
    } else if (!isRoutableV6(high, low)) {
      out.pass(Reason.NOT_ROUTABLE);
    } else {
      out.keyV6(high, low);
      out.found(table.innerV6(high, low), Reason.INNER_DESTINATION, Reason.UNKNOWN_DESTINATION);
    }
  }

  private static boolean isRoutableV4(int address) {
    return address >>> 24 != 0 // "this network", RFC 791
        && address >>> 24 != 127
        && address >>> 28 != 0xe // multicast
        && address >>> 16 != 0xa9fe // link-local, RFC 3927
        && address != -1;
  }

  private static boolean isRoutableV6(long high, long low) {
    return high >>> 56 != 0xff // multicast
        && high >>> 54 != 0x3fa // link-local, fe80::/10
        && (high != 0 || low >>> 1 != 0); // unspecified and loopback
  }
}
