package org.pointsman.director.neighbour;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpFamily;
import org.pointsman.model.MacAddress;

/**
 * The rtnetlink messages about neighbours, as bytes (rtnetlink(7), linux/neighbour.h): a header of
 * 16 bytes, {@code ndmsg} of 12, attributes. In the host's byte order, as all of netlink is.
 */
final class NeighbourMessages {
  /** What the kernel says of one address. */
  sealed interface Message {
    /**
     * A neighbour, or that one is gone.
     *
     * @param state as in linux/neighbour.h; {@link #isUsable} reads it
     * @param mac what is known of it, if anything
     */
    record Neighbour(
        boolean gone, int interfaceIndex, int state, IpAddress address, @Nullable MacAddress mac)
        implements Message {
      /** The kernel itself would send frames to {@link #mac}. */
      boolean isUsable() {
        return !gone && mac != null && (state & USABLE) != 0;
      }

      /** An operator has set it: it is not to be asked about. */
      boolean isFixed() {
        return (state & (PERMANENT | NOARP)) != 0;
      }

      /** Nobody has answered. */
      boolean isFailed() {
        return !gone && (state & FAILED) != 0;
      }
    }

    /**
     * The answer to a request.
     *
     * @param errno 0 if it was done
     */
    record Answer(int errno) implements Message {}
  }

  static final int EPERM = 1;

  private static final int HEADER_BYTES = 16;
  private static final int NDMSG_BYTES = 12;

  private static final int ERROR = 2;
  private static final int NEW_NEIGHBOUR = 28;
  private static final int DELETE_NEIGHBOUR = 29;
  private static final int GET_NEIGHBOURS = 30;

  private static final int REQUEST = 1;
  private static final int ACKNOWLEDGE = 4;
  private static final int DUMP = 0x300;
  private static final int CREATE = 0x400;
  private static final int REPLACE = 0x100;

  private static final int DESTINATION = 1;
  private static final int LINK_ADDRESS = 2;

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;

  private static final int REACHABLE = 0x02;
  private static final int STALE = 0x04;
  private static final int DELAY = 0x08;
  static final int PROBE = 0x10;
  private static final int FAILED = 0x20;
  private static final int NOARP = 0x40;
  private static final int PERMANENT = 0x80;
  private static final int USABLE = REACHABLE | STALE | DELAY | PROBE | NOARP | PERMANENT;

  private static final int USE = 1;

  private NeighbourMessages() {}

  /** Tell all that is known. */
  static byte[] list() {
    return request(GET_NEIGHBOURS, REQUEST | DUMP, NDMSG_BYTES);
  }

  /** Behave as if a packet were to be sent to this address: ask for it, if it is not known. */
  static byte[] use(int interfaceIndex, IpAddress address) {
    return about(interfaceIndex, address, 0, USE, CREATE | REPLACE);
  }

  /** Ask the neighbour, whose address is known, whether it is still there. */
  static byte[] probe(int interfaceIndex, IpAddress address) {
    return about(interfaceIndex, address, PROBE, 0, REPLACE);
  }

  private static byte[] about(
      int interfaceIndex, IpAddress address, int state, int neighbourFlags, int flags) {
    byte[] destination = address.toBytes();
    int attributeBytes = 4 + destination.length;
    byte[] request =
        request(NEW_NEIGHBOUR, REQUEST | ACKNOWLEDGE | flags, NDMSG_BYTES + attributeBytes);
    ByteBuffer message = ByteBuffer.wrap(request).order(ByteOrder.nativeOrder());
    message.put(HEADER_BYTES, (byte) (address.family() == IpFamily.V4 ? AF_INET : AF_INET6));
    message.putInt(HEADER_BYTES + 4, interfaceIndex);
    message.putShort(HEADER_BYTES + 8, (short) state);
    message.put(HEADER_BYTES + 10, (byte) neighbourFlags);
    message.position(HEADER_BYTES + NDMSG_BYTES);
    message.putShort((short) attributeBytes).putShort((short) DESTINATION).put(destination);
    return request;
  }

  private static byte[] request(int type, int flags, int payloadBytes) {
    byte[] request = new byte[HEADER_BYTES + payloadBytes];
    ByteBuffer header = ByteBuffer.wrap(request).order(ByteOrder.nativeOrder());
    header.putInt(0, request.length).putShort(4, (short) type).putShort(6, (short) flags);
    return request;
  }

  /**
   * Reads what one read of the socket gave. Messages about anything else are left out, and so is
   * the rest of a datagram from where it is not as it should be.
   */
  static void read(ByteBuffer datagram, Consumer<Message> messages) {
    ByteBuffer bytes = datagram.order(ByteOrder.nativeOrder());
    while (bytes.remaining() >= HEADER_BYTES) {
      int start = bytes.position();
      int length = bytes.getInt(start);
      if (length < HEADER_BYTES || length > bytes.remaining()) {
        return;
      }
      int type = Short.toUnsignedInt(bytes.getShort(start + 4));
      ByteBuffer payload =
          bytes.slice(start + HEADER_BYTES, length - HEADER_BYTES).order(ByteOrder.nativeOrder());
      Message message = message(type, payload);
      if (message != null) {
        messages.accept(message);
      }
      bytes.position(Math.min(bytes.limit(), start + aligned(length)));
    }
  }

  private static @Nullable Message message(int type, ByteBuffer payload) {
    return switch (type) {
      case ERROR -> payload.remaining() < 4 ? null : new Message.Answer(-payload.getInt(0));
      case NEW_NEIGHBOUR -> neighbour(false, payload);
      case DELETE_NEIGHBOUR -> neighbour(true, payload);
      default -> null;
    };
  }

  private static @Nullable Message neighbour(boolean gone, ByteBuffer payload) {
    if (payload.remaining() < NDMSG_BYTES) {
      return null;
    }
    int family = Byte.toUnsignedInt(payload.get(0));
    byte[] destination = null;
    byte[] link = null;
    payload.position(NDMSG_BYTES);
    while (payload.remaining() >= 4) {
      int start = payload.position();
      int length = Short.toUnsignedInt(payload.getShort(start));
      if (length < 4 || length > payload.remaining()) {
        break;
      }
      byte[] value = new byte[length - 4];
      payload.get(start + 4, value);
      switch (Short.toUnsignedInt(payload.getShort(start + 2))) {
        case DESTINATION -> destination = value;
        case LINK_ADDRESS -> link = value;
        default -> {} // counters and the like
      }
      payload.position(Math.min(payload.limit(), start + aligned(length)));
    }
    int bytes = family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0; // a bridge has others
    if (destination == null || destination.length != bytes || bytes == 0) {
      return null;
    }
    return new Message.Neighbour(
        gone,
        payload.getInt(4),
        Short.toUnsignedInt(payload.getShort(8)),
        IpAddress.of(destination),
        mac(link));
  }

  private static @Nullable MacAddress mac(byte @Nullable [] link) {
    if (link == null || link.length != 6) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.wrap(link); // as on the wire
    long bits = Short.toUnsignedLong(bytes.getShort()) << 32;
    bits |= Integer.toUnsignedLong(bytes.getInt());
    MacAddress mac = new MacAddress(bits);
    return bits == 0 || mac.isGroup() ? null : mac;
  }

  private static int aligned(int length) {
    return (length + 3) & ~3;
  }
}
