package org.pointsman.assigner.engine;

/**
 * How large a cluster can be.
 *
 * @param servers the most servers
 * @param tunnels the most tunnels
 */
record Limits(int servers, int tunnels) {
  /**
   * 65,000 servers, because a director numbers them in 16 bits and keeps some numbers for itself;
   * 16,777,216 tunnels, because the decisions of a cluster are one task's memory.
   */
  static final Limits STANDARD = new Limits(65_000, 1 << 24);
}
