package org.pointsman.assigner.engine;

import java.util.Collection;
import org.pointsman.model.Assignment;

/**
 * The room that tunnels need.
 *
 * @param tunnels how many they are
 * @param bitsPerSecond their expected traffic together; the greatest long if it is more than that
 */
record Demand(int tunnels, long bitsPerSecond) {
  static Demand ofOne(long bitsPerSecond) {
    return new Demand(1, bitsPerSecond);
  }

  static Demand of(Collection<Assignment> tunnels) {
    long bits = 0;
    for (Assignment tunnel : tunnels) {
      bits = Exact.saturatedSum(bits, tunnel.expectedBitsPerSecond());
    }
    return new Demand(tunnels.size(), bits);
  }

  Demand plus(Demand other) {
    return new Demand(
        tunnels + other.tunnels, Exact.saturatedSum(bitsPerSecond, other.bitsPerSecond));
  }
}
