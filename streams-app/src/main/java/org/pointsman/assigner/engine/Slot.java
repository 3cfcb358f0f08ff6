package org.pointsman.assigner.engine;

import org.jspecify.annotations.Nullable;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;

/**
 * A real server as the policies see it. Only its {@link ServerBook} changes it, because the book
 * ranks slots by what is in them.
 */
final class Slot {
  final ServerId id;
  @Nullable RealServer server; // null while tunnels name a server that was not registered (yet)
  int tunnels;
  long turns;

  // The sum of the tunnels' traffic can be more than a long holds: carry · 2^64 + bits.
  private long bits;
  private long carry;

  Slot(ServerId id) {
    this.id = id;
  }

  Slot(Slot other) {
    this.id = other.id;
    this.server = other.server;
    this.tunnels = other.tunnels;
    this.turns = other.turns;
    this.bits = other.bits;
    this.carry = other.carry;
  }

  /** True if the server may be given tunnels at all. */
  boolean isEligible() {
    return server != null && server.alive() && !server.draining();
  }

  /** True if it may be given tunnels and one without traffic would fit. */
  boolean isOpen() {
    return isEligible() && fits(Demand.ofOne(0));
  }

  /** Its weight while it may be given tunnels, otherwise 0. */
  int weight() {
    return server != null && isEligible() ? server.weight() : 0;
  }

  /** True if its limits leave room for that. */
  boolean fits(Demand demand) {
    if (server == null) {
      return false;
    }
    Integer mostTunnels = server.maxTunnels();
    Long mostBits = server.maxBitsPerSecond();
    return (mostTunnels == null || (long) tunnels + demand.tunnels() <= mostTunnels)
        && (mostBits == null
            || (demand.bitsPerSecond() <= mostBits
                && bitsPerSecond() <= mostBits - demand.bitsPerSecond()));
  }

  /** The expected traffic of its tunnels; the greatest long if it is more than that. */
  long bitsPerSecond() {
    return carry == 0 && bits >= 0 ? bits : Long.MAX_VALUE;
  }

  void addBits(long more) {
    bits += more;
    if (Long.compareUnsigned(bits, more) < 0) {
      carry++;
    }
  }

  void removeBits(long less) {
    if (Long.compareUnsigned(bits, less) < 0) {
      carry--;
    }
    bits -= less;
  }
}
