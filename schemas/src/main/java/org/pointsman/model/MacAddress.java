package org.pointsman.model;

import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * An Ethernet address.
 *
 * @param bits the 48 bits, the first byte on the wire uppermost
 */
public record MacAddress(long bits) implements Comparable<MacAddress> {
  private static final Pattern FORM = Pattern.compile("[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}");

  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new InvalidValueException("expected 48 bits for a MAC address but got more");
    }
  }

  /**
   * Reads {@code 02:00:5e:10:00:01}, or the same with hyphens.
   *
   * @throws InvalidValueException if it is none
   */
  public static MacAddress parse(String text) {
    String trimmed = text.strip();
    if (!FORM.matcher(trimmed).matches()) {
      throw new InvalidValueException(
          "expected a MAC address such as 02:00:5e:10:00:01 but got '%s'".formatted(text));
    }
    return new MacAddress(HexFormat.fromHexDigitsToLong(trimmed.replaceAll("[:-]", "")));
  }

  /** True for a group address (the lowest bit of the first byte), broadcast among them. */
  public boolean isGroup() {
    return ((bits >>> 40) & 1) != 0;
  }

  @Override
  public int compareTo(MacAddress other) {
    return Long.compare(bits, other.bits);
  }

  @Override
  public String toString() {
    String hex = HexFormat.of().toHexDigits(bits, 12);
    return String.join(":", hex.split("(?<=\\G..)"));
  }
}
