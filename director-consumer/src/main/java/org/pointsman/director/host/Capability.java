package org.pointsman.director.host;

/** The privileges that data planes need one by one, with their numbers in linux/capability.h. */
enum Capability {
  NET_ADMIN(12),
  NET_RAW(13),
  SYS_ADMIN(21),
  PERFMON(38),
  BPF(39);

  private final int bit;

  Capability(int bit) {
    this.bit = bit;
  }

  /** True if this one is in a set as {@code /proc/self/status} shows it. */
  boolean isIn(long set) {
    return (set >>> bit & 1) != 0;
  }

  @Override
  public String toString() {
    return "CAP_" + name();
  }
}
