package org.pointsman.model;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IPv4 or IPv6 address as plain numbers, so that comparing and hashing one allocates nothing.
 *
 * <p>Addresses order by family (IPv4 first), then numerically.
 *
 * @param family IPv4 or IPv6
 * @param high the upper 64 bits in network order; 0 for IPv4
 * @param low the lower 64 bits in network order; for IPv4 the 32 address bits, unsigned
 */
public record IpAddress(IpFamily family, long high, long low) implements Comparable<IpAddress> {
  private static final long MAPPED_V4 = 0x0000_ffff_0000_0000L;

  public IpAddress {
    if (family == IpFamily.V4 && (high != 0 || low >>> 32 != 0)) {
      throw new InvalidValueException("expected 32 bits for an IPv4 address but got more");
    }
  }

  /** The IPv4 address whose 32 bits are {@code bits}, in network order. */
  public static IpAddress v4(int bits) {
    return new IpAddress(IpFamily.V4, 0, Integer.toUnsignedLong(bits));
  }

  /** The IPv6 address with these 128 bits, in network order. */
  public static IpAddress v6(long high, long low) {
    return new IpAddress(IpFamily.V6, high, low);
  }

  /**
   * The address in {@code bytes}, network order.
   *
   * @param bytes 4 or 16 of them
   * @throws InvalidValueException on any other length
   */
  public static IpAddress of(byte[] bytes) {
    return switch (bytes.length) {
      case 4 -> v4((int) word(bytes, 0, 4));
      case 16 -> v6(word(bytes, 0, 8), word(bytes, 8, 8));
      default ->
          throw new InvalidValueException(
              "expected 4 or 16 bytes for an IP address but got " + bytes.length);
    };
  }

  /**
   * Reads an address literal. IPv4 must be four decimal numbers without leading zeros; an
   * IPv4-mapped IPv6 address ({@code ::ffff:192.0.2.1}, RFC 4291 §2.5.5.2) is read as the IPv4
   * address that it stands for. Zones ({@code %eth0}) are refused: they mean nothing on another
   * host.
   *
   * @throws InvalidValueException if {@code text} is no address
   */
  public static IpAddress parse(String text) {
    String trimmed = text.strip();
    if (trimmed.indexOf(':') < 0) {
      return parseV4(trimmed, text);
    }
    if (!hasOnlyV6Characters(trimmed)) {
      throw noAddress(text);
    }
    try {
      IpAddress address = of(Inet6Address.ofLiteral(trimmed).getAddress());
      boolean mapped =
          address.family == IpFamily.V6
              && address.high == 0
              && (address.low & 0xffff_ffff_0000_0000L) == MAPPED_V4;
      return mapped ? v4((int) address.low) : address;
    } catch (IllegalArgumentException notALiteral) {
      throw noAddress(text);
    }
  }

  /** By hand: every address in every record is read by it. */
  private static IpAddress parseV4(String dotted, String text) {
    long bits = 0;
    int at = 0;
    for (int part = 0; part < 4; part++) {
      int end = part < 3 ? dotted.indexOf('.', at) : dotted.length();
      if (end <= at || end - at > 3) {
        throw noAddress(text);
      }
      int number = 0;
      for (int i = at; i < end; i++) {
        int digit = dotted.charAt(i) - '0';
        if (digit < 0 || digit > 9) {
          throw noAddress(text);
        }
        number = 10 * number + digit;
      }
      if (dotted.charAt(at) == '0' && end - at > 1) {
        throw new InvalidValueException(
            "expected an IP address but got '%s', where a number starts with 0; write it in plain decimal"
                .formatted(text));
      }
      if (number > 255) {
        throw noAddress(text);
      }
      bits = bits << 8 | number;
      at = end + 1;
    }
    return new IpAddress(IpFamily.V4, 0, bits);
  }

  private static boolean hasOnlyV6Characters(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isHex = c <= 'f' && Character.digit(c, 16) >= 0; // no digits of other scripts
      if (!isHex && c != ':' && c != '.') {
        return false;
      }
    }
    return true;
  }

  /** 32 or 128. */
  public int bits() {
    return family.bits();
  }

  public boolean isV4() {
    return family == IpFamily.V4;
  }

  /** The 4 or 16 bytes, network order; a new array. */
  public byte[] toBytes() {
    byte[] bytes = new byte[bits() / 8];
    for (int i = 0; i < bytes.length; i++) {
      int shift = 8 * ((bytes.length - 1 - i) % 8);
      long word = bytes.length == 16 && i < 8 ? high : low;
      bytes[i] = (byte) (word >>> shift);
    }
    return bytes;
  }

  /** The same address as the JDK's type. */
  public InetAddress toInetAddress() {
    try {
      return InetAddress.getByAddress(toBytes());
    } catch (UnknownHostException impossible) {
      throw new AssertionError("4 and 16 bytes are always an address", impossible);
    }
  }

  @Override
  public int compareTo(IpAddress other) {
    int byFamily = family.compareTo(other.family);
    if (byFamily != 0) {
      return byFamily;
    }
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  /** The canonical text: dotted decimal, or RFC 5952 (lower case, the longest run of zeros cut). */
  @Override
  public String toString() {
    return isV4() ? dottedQuad() : rfc5952();
  }

  private String dottedQuad() {
    return (low >>> 24)
        + "."
        + ((low >>> 16) & 0xff)
        + "."
        + ((low >>> 8) & 0xff)
        + "."
        + (low & 0xff);
  }

  private String rfc5952() {
    int cutFrom = -1;
    int cutLength = 1; // a single zero group is not shortened (RFC 5952 §4.2.2)
    for (int i = 0; i < 8; i++) {
      int run = 0;
      while (i + run < 8 && group(i + run) == 0) {
        run++;
      }
      if (run > cutLength) {
        cutFrom = i;
        cutLength = run;
      }
      i += run;
    }
    StringBuilder text = new StringBuilder(39);
    for (int i = 0; i < 8; i++) {
      if (i == cutFrom) {
        text.append("::");
        i += cutLength - 1;
      } else {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(group(i)));
      }
    }
    return text.toString();
  }

  private int group(int index) {
    long word = index < 4 ? high : low;
    return (int) (word >>> (48 - 16 * (index % 4))) & 0xffff;
  }

  private static long word(byte[] bytes, int from, int count) {
    long word = 0;
    for (int i = from; i < from + count; i++) {
      word = (word << 8) | (bytes[i] & 0xff);
    }
    return word;
  }

  private static InvalidValueException noAddress(String text) {
    return new InvalidValueException(
        "expected an IP address such as 192.0.2.7 or 2001:db8::7 but got '%s'".formatted(text));
  }
}
