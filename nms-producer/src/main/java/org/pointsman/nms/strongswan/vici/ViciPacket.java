package org.pointsman.nms.strongswan.vici;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.pointsman.nms.strongswan.vici.ViciValue.Section;

/**
 * A packet of the protocol, without the 32-bit length that goes before it on a socket. Clients send
 * the first three kinds, charon the others.
 */
public sealed interface ViciPacket {
  /** charon's own limit, and so the longest that is worth waiting for. */
  int MAX_BYTES = 512 * 1024;

  /** Do something. */
  record CommandRequest(String command, Section message) implements ViciPacket {}

  /** Tell about these events from now on. */
  record EventRegister(String event) implements ViciPacket {}

  /** Tell no more. */
  record EventUnregister(String event) implements ViciPacket {}

  /** What came of the command that was asked for. */
  record CommandResponse(Section message) implements ViciPacket {}

  /** There is no such command. */
  record CommandUnknown() implements ViciPacket {}

  /** The events were registered or unregistered. */
  record EventConfirm() implements ViciPacket {}

  /** There are no such events. */
  record EventUnknown() implements ViciPacket {}

  /** Something happened. */
  record Event(String event, Section message) implements ViciPacket {}

  /** The packet's bytes. */
  default byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    switch (this) {
      case CommandRequest request -> write(0, request.command(), request.message(), out);
      case CommandResponse response -> {
        out.write(1);
        out.writeBytes(ViciMessages.encode(response.message()));
      }
      case CommandUnknown _ -> out.write(2);
      case EventRegister register -> write(3, register.event(), Section.EMPTY, out);
      case EventUnregister unregister -> write(4, unregister.event(), Section.EMPTY, out);
      case EventConfirm _ -> out.write(5);
      case EventUnknown _ -> out.write(6);
      case Event event -> write(7, event.event(), event.message(), out);
    }
    return out.toByteArray();
  }

  private static void write(int type, String name, Section message, ByteArrayOutputStream out) {
    out.write(type);
    ViciMessages.name(name, out);
    out.writeBytes(ViciMessages.encode(message));
  }

  /**
   * Reads a packet.
   *
   * @throws ViciException if it is none
   */
  static ViciPacket decode(byte[] packet) throws ViciException {
    ByteBuffer bytes = ByteBuffer.wrap(packet);
    if (!bytes.hasRemaining()) {
      throw new ViciException("expected a VICI packet but it is empty; is this charon's socket?");
    }
    int type = bytes.get() & 0xff;
    return switch (type) {
      case 0 -> new CommandRequest(ViciMessages.name(bytes), ViciMessages.decode(bytes));
      case 1 -> new CommandResponse(ViciMessages.decode(bytes));
      case 2 -> new CommandUnknown();
      case 3 -> new EventRegister(ViciMessages.name(bytes));
      case 4 -> new EventUnregister(ViciMessages.name(bytes));
      case 5 -> new EventConfirm();
      case 6 -> new EventUnknown();
      case 7 -> new Event(ViciMessages.name(bytes), ViciMessages.decode(bytes));
      default ->
          throw new ViciException(
              "expected a VICI packet of type 0 to 7 but it has type %d; is this charon's socket?"
                  .formatted(type));
    };
  }
}
