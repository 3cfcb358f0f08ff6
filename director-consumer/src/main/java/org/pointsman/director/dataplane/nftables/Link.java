package org.pointsman.director.dataplane.nftables;

import static org.pointsman.director.dataplane.nftables.CLibrary.INT;
import static org.pointsman.director.dataplane.nftables.CLibrary.SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pointsman.model.MacAddress;

/**
 * A network interface, asked of the kernel by rtnetlink(7): the JDK does not see those without an
 * IP address.
 *
 * @param index the kernel's number for it; another one if it went away and came back
 * @param mac its Ethernet address, if it has one
 */
record Link(int index, Optional<MacAddress> mac) {
  private static final short GET_LINK = 18;
  private static final int LINK_HEADER_BYTES = 16;
  private static final int AT_INDEX = Netlink.HEADER_BYTES + 4;
  private static final short ATTRIBUTE_ADDRESS = 1;
  private static final short ATTRIBUTE_NAME = 3;
  private static final int MOST_NAME_BYTES = 15;
  private static final int SEQUENCE = 9;

  /**
   * @throws NftablesException if there is none of this name
   */
  static Link named(Netlink route, String name) {
    if (name.length() > MOST_NAME_BYTES || !name.matches("[!#-~&&[^/\\\\]]+")) {
      throw missing(name);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      int at = Netlink.HEADER_BYTES + LINK_HEADER_BYTES;
      MemorySegment request = arena.allocate(256, 8);
      request.set(INT, 0, at + 4 + (((int) text.byteSize() + 3) & ~3));
      request.set(SHORT, Netlink.AT_TYPE, GET_LINK);
      request.set(SHORT, 6, (short) (1 | Netlink.FLAG_ACK));
      request.set(INT, 8, SEQUENCE);
      request.set(SHORT, at, (short) (4 + text.byteSize()));
      request.set(SHORT, at + 2, ATTRIBUTE_NAME);
      request.asSlice(at + 4).copyFrom(text);
      List<Link> found = new ArrayList<>();
      route.ask("interface " + name, request, found::clear, answer -> found.add(read(answer)));
      return found.getFirst();
    } catch (NftablesException failure) {
      throw failure.errno() == Errno.ENODEV ? missing(name) : failure;
    }
  }

  private static NftablesException missing(String name) {
    return new NftablesException(
        "expected an interface but there is no %s here; check its name".formatted(name));
  }

  private static Link read(MemorySegment message) {
    Optional<MacAddress> mac = Optional.empty();
    long at = Netlink.HEADER_BYTES + LINK_HEADER_BYTES;
    while (at + 4 <= message.byteSize()) {
      int length = Short.toUnsignedInt(message.get(SHORT, at));
      if (message.get(SHORT, at + 2) == ATTRIBUTE_ADDRESS && length == 4 + 6) {
        byte[] bytes = message.asSlice(at + 4, 6).toArray(ValueLayout.JAVA_BYTE);
        mac = Optional.of(Element.macOf(bytes));
      }
      at += Math.max(4, (length + 3) & ~3);
    }
    return new Link(message.get(INT, AT_INDEX), mac);
  }
}
