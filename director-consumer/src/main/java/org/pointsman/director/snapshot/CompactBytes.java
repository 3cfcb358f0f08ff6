package org.pointsman.director.snapshot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes that grow, with short forms for small numbers. */
final class CompactBytes {
  private static final int MOST_OF_A_NUMBER = 10;

  private byte[] bytes = new byte[1 << 16];
  private ByteBuffer at = ByteBuffer.wrap(bytes);

  void clear() {
    at.clear();
  }

  void put(int oneByte) {
    room(1);
    at.put((byte) oneByte);
  }

  void put(byte[] all) {
    room(all.length);
    at.put(all);
  }

  void putInt(int value) {
    room(Integer.BYTES);
    at.putInt(value);
  }

  void putLong(long value) {
    room(Long.BYTES);
    at.putLong(value);
  }

  /** Unsigned, seven bits a byte, the lowest first. */
  void putNumber(long value) {
    room(MOST_OF_A_NUMBER);
    long left = value;
    while ((left & ~0x7fL) != 0) {
      at.put((byte) (left | 0x80));
      left >>>= 7;
    }
    at.put((byte) left);
  }

  /** Their length (32 bits) and they. */
  void writeTo(DataOutputStream out) throws IOException {
    out.writeInt(at.position());
    out.write(bytes, 0, at.position());
  }

  private void room(int more) {
    if (at.remaining() < more) {
      int position = at.position();
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, position + more));
      at = ByteBuffer.wrap(bytes).position(position);
    }
  }

  /**
   * The way back. Whatever is not there is a {@link java.nio.BufferUnderflowException} or an {@link
   * IllegalStateException}.
   */
  static final class Reader {
    private final ByteBuffer in;

    Reader(ByteBuffer in) {
      this.in = in;
    }

    int get() {
      return in.get() & 0xff;
    }

    int getInt() {
      return in.getInt();
    }

    long getLong() {
      return in.getLong();
    }

    long number() {
      long value = 0;
      for (int shift = 0; shift < Long.SIZE; shift += 7) {
        byte next = in.get();
        value |= (next & 0x7fL) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw new IllegalStateException("a number without an end");
    }

    /** A number of things of a byte or more, which cannot be more than what is left. */
    int count() {
      long count = number();
      if (count < 0 || count > in.remaining()) {
        throw new IllegalStateException(count + " wanted");
      }
      return (int) count;
    }

    String text(int length) {
      byte[] ascii = new byte[length];
      in.get(ascii);
      return new String(ascii, ISO_8859_1);
    }

    void requireEnd() {
      if (in.hasRemaining()) {
        throw new IllegalStateException(in.remaining() + " bytes follow");
      }
    }
  }
}
