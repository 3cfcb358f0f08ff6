package org.pointsman.director.dataplane.nftables;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.dataplane.nftables.DisjointRanges.Range;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;

/**
 * An element of a set or map as the kernel has it: addresses in network order, marks in the
 * machine's own.
 *
 * @param data what a map gives for the key, or null
 * @param object the name of the counter that a map of counters gives, or null
 * @param end true if a range ends before the key
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a million of them are made at a time
record Element(byte[] key, byte @Nullable [] data, @Nullable String object, boolean end) {

  /** What a map of bytes gives. */
  byte[] bytes() {
    return Objects.requireNonNull(data, "an element of a map");
  }

  static Element address(IpAddress address) {
    return new Element(address.toBytes(), null, null, false);
  }

  /** The address twice, as one key. */
  static Element twice(IpAddress address) {
    byte[] once = address.toBytes();
    byte[] key = Arrays.copyOf(once, 2 * once.length);
    System.arraycopy(once, 0, key, once.length, once.length);
    return new Element(key, null, null, false);
  }

  static Element steered(IpAddress address, int mark) {
    return new Element(address.toBytes(), ofMark(mark), null, false);
  }

  static Element begin(Range range, int mark) {
    return new Element(range.first().toBytes(), ofMark(mark), null, false);
  }

  /** Where the addresses behind a range begin; null if there are none behind it. */
  static @Nullable Element end(Range range) {
    byte[] key = DisjointRanges.after(range.last()).toBytes();
    return isZero(key) ? null : new Element(key, null, null, true);
  }

  static Element mac(int mark, MacAddress mac) {
    byte[] bytes = Arrays.copyOfRange(ByteBuffer.allocate(8).putLong(mac.bits()).array(), 2, 8);
    return new Element(ofMark(mark), bytes, null, false);
  }

  static Element counter(int mark, String counter) {
    return new Element(ofMark(mark), null, counter, false);
  }

  static Element mark(int mark) {
    return new Element(ofMark(mark), null, null, false);
  }

  static MacAddress macOf(byte[] bytes) {
    return new MacAddress(
        ByteBuffer.wrap(ByteBuffer.allocate(8).putShort((short) 0).put(bytes).array()).getLong());
  }

  static int markOf(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt();
  }

  private static byte[] ofMark(int mark) {
    return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(mark).array();
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }
}
