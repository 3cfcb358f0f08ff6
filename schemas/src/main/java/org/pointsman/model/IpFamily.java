package org.pointsman.model;

/** IPv4 or IPv6. */
public enum IpFamily {
  V4(32),
  V6(128);

  private final int bits;

  IpFamily(int bits) {
    this.bits = bits;
  }

  /** Bits of an address of this family: 32 or 128. */
  public int bits() {
    return bits;
  }
}
