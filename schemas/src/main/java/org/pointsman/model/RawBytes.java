package org.pointsman.model;

import java.util.Arrays;
import java.util.HexFormat;

/** Bytes with value semantics: equal if their contents are. */
public final class RawBytes {
  private final byte[] bytes;

  private RawBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  public static RawBytes of(byte[] bytes) {
    return new RawBytes(bytes.clone());
  }

  /** The first {@code most} bytes of {@code bytes}. */
  public static RawBytes cut(byte[] bytes, int most) {
    return new RawBytes(Arrays.copyOf(bytes, Math.min(bytes.length, most)));
  }

  /** A new array. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  public int length() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RawBytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 32))
        + (bytes.length > 32 ? "… (" + bytes.length + " bytes)" : "");
  }
}
