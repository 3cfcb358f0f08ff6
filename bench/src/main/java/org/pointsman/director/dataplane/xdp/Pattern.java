package org.pointsman.director.dataplane.xdp;

import org.pointsman.model.Side;

/** What the addresses of tunnels are; in the order of bench.bpf.c, which reckons them as well. */
public enum Pattern {
  /** Any addresses, all different. */
  OUTER_RANDOM,
  /** As an operator numbers tunnels: /28 after /28 of 10.0.0.0/8. */
  INNER_BLOCK,
  /** The worst there is: every /28 in a /24 of its own. */
  INNER_SCATTERED;

  /** How long the prefixes of the inner side are. */
  public static final int PREFIX_LENGTH = 28;

  Side side() {
    return this == OUTER_RANDOM ? Side.OUTER : Side.INNER;
  }

  /** The address, or the first one of the subnet, of a tunnel by its number below 2^20. */
  public int address(int tunnel) {
    int h = tunnel * 0x9e37_79b1;
    return switch (this) {
      case INNER_BLOCK -> 0x0a00_0000 + (tunnel << (32 - PREFIX_LENGTH));
      case INNER_SCATTERED -> (0x0b_0000 + (h & 0x3f_ffff)) << 8;
      case OUTER_RANDOM -> {
        h = (h ^ h >>> 15) * 0x2c1b_3c6d;
        yield h ^ h >>> 12;
      }
    };
  }
}
