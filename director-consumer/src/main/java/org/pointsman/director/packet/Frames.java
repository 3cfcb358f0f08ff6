package org.pointsman.director.packet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Ethernet addresses in the bytes of a frame: what a director reads and rewrites. */
public final class Frames {
  static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Frames() {}

  /** The 48 bits at {@code at}. */
  static long mac(byte[] bytes, int at) {
    int upper = (int) (short) SHORT.get(bytes, at) & 0xffff;
    return ((long) upper << 32) | Integer.toUnsignedLong((int) INT.get(bytes, at + 2));
  }

  private static void setMac(byte[] bytes, int at, long mac) {
    SHORT.set(bytes, at, (short) (mac >>> 32));
    INT.set(bytes, at + 2, (int) mac);
  }

  /**
   * Sends a frame on as LVS's direct routing does: the server's address as destination, the
   * director's as source, and nothing else changed.
   *
   * @param serverMac 48 bits
   * @param directorMac 48 bits, or 0 to take the address that the frame was sent to
   */
  public static void redirect(byte[] bytes, int offset, long serverMac, long directorMac) {
    setMac(bytes, offset + 6, directorMac != 0 ? directorMac : mac(bytes, offset));
    setMac(bytes, offset, serverMac);
  }
}
