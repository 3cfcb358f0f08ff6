package org.pointsman.model;

/**
 * An IP prefix (CIDR, RFC 4632): the addresses whose first {@code length} bits are those of {@code
 * address}.
 *
 * @param address the lowest address of the prefix; its host bits are 0
 * @param length 0 to 32 or 0 to 128
 */
public record IpPrefix(IpAddress address, int length) implements Comparable<IpPrefix> {
  public IpPrefix {
    if (length < 0 || length > address.bits()) {
      throw new InvalidValueException(
          "expected a prefix length of 0 to %d for %s but got %d"
              .formatted(address.bits(), address, length));
    }
    IpAddress lowest = masked(address, length);
    if (!lowest.equals(address)) {
      throw new InvalidValueException(
          "expected a prefix but %s/%d has host bits set; did you mean %s/%d, or %s/%d for the one"
                  .formatted(address, length, lowest, length, address, address.bits())
              + " address?");
    }
  }

  /** The prefix of {@code length} bits that holds {@code address}; host bits are cleared. */
  public static IpPrefix containing(IpAddress address, int length) {
    return new IpPrefix(masked(address, length), length);
  }

  /** The prefix that holds this one address. */
  public static IpPrefix host(IpAddress address) {
    return new IpPrefix(address, address.bits());
  }

  /**
   * Reads {@code address/length}; an address alone is the prefix of that one address.
   *
   * @throws InvalidValueException if it is no prefix, or has host bits set
   */
  public static IpPrefix parse(String text) {
    String trimmed = text.strip();
    int slash = trimmed.indexOf('/');
    if (slash < 0) {
      return host(IpAddress.parse(trimmed));
    }
    String digits = trimmed.substring(slash + 1);
    if (digits.isEmpty()
        || digits.length() > 3
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new InvalidValueException(
          "expected a prefix such as 10.1.2.0/28 or 2001:db8:1::/48 but got '%s'".formatted(text));
    }
    return new IpPrefix(IpAddress.parse(trimmed.substring(0, slash)), Integer.parseInt(digits));
  }

  public IpFamily family() {
    return address.family();
  }

  public boolean contains(IpAddress other) {
    return other.family() == address.family() && masked(other, length).equals(address);
  }

  /** The highest address of the prefix. */
  public IpAddress last() {
    return switch (address.family()) {
      case V4 ->
          new IpAddress(
              IpFamily.V4,
              0,
              address.low() | (length == 0 ? 0xffff_ffffL : 0xffff_ffffL >>> length));
      case V6 -> IpAddress.v6(address.high() | ~highMask(length), address.low() | ~lowMask(length));
    };
  }

  /** By address, then shorter prefixes first. */
  @Override
  public int compareTo(IpPrefix other) {
    int byAddress = address.compareTo(other.address);
    return byAddress != 0 ? byAddress : Integer.compare(length, other.length);
  }

  @Override
  public String toString() {
    return address + "/" + length;
  }

  private static IpAddress masked(IpAddress address, int length) {
    return switch (address.family()) {
      case V4 ->
          IpAddress.v4(length == 0 ? 0 : (int) address.low() & (-1 << (32 - Math.min(length, 32))));
      case V6 -> IpAddress.v6(address.high() & highMask(length), address.low() & lowMask(length));
    };
  }

  private static long highMask(int length) {
    return length == 0 ? 0 : -1L << (64 - Math.min(length, 64));
  }

  private static long lowMask(int length) {
    return length <= 64 ? 0 : -1L << (128 - length);
  }
}
