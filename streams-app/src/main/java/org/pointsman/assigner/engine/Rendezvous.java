package org.pointsman.assigner.engine;

import java.util.Comparator;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Policy;

/**
 * Weighted rendezvous hashing: each server draws a number from the tunnel's name and its own, and
 * the greatest wins. The choice depends on nothing that happened before.
 *
 * <p>Balance: each tunnel goes to a server with probability {@code w/W}, on its own; of n tunnels a
 * server has {@code n·w/W} on average, with a standard deviation of {@code √(n·(w/W)·(1 − w/W))}:
 * of 10,000 tunnels on four equal servers, 2,500 ± 43. Stability: a server that goes takes only its
 * own tunnels with it, and one that comes would attract only its share, equally from all others.
 *
 * <p>How: {@code h} is a fraction between 0 and 1 made of the two names, and the score is {@code
 * −w/ln h}. Since {@code −ln h} of an even h is exponentially distributed, so is {@code −ln h/w}
 * with rate w, and the least of several has rate w of W in all. The hash is fixed for ever: 64-bit
 * FNV-1a over a name's characters (names are ASCII), the server's multiplied by an odd constant and
 * added to the tunnel's, then MurmurHash3's 64-bit finalizer; its upper 53 bits plus one half,
 * divided by 2^53, are h. {@link StrictMath} gives the same logarithm on every machine.
 *
 * <p>Worked example: h is 0.5 for a of weight 1 and 0.3 for b of weight 2. The scores are {@code
 * 1/0.69 = 1.44} and {@code 2/1.20 = 1.66}; b wins, and would have lost with weight 1.
 *
 * <p>Source: D. G. Thaler and C. V. Ravishankar, Using Name-Based Mappings to Increase Hit Rates,
 * IEEE/ACM Transactions on Networking 6 (1998); the weights after J. Resch, New Hashing Algorithms
 * for Data Storage (2015).
 */
final class Rendezvous implements PlacementPolicy {
  private static final Comparator<Slot> RANKING = Comparator.comparing(slot -> slot.id);
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final long GOLDEN_RATIO = 0x9e3779b97f4a7c15L;

  @Override
  public Policy policy() {
    return Policy.RENDEZVOUS;
  }

  @Override
  public Comparator<Slot> ranking() {
    return RANKING;
  }

  @Override
  public @Nullable Slot choose(ServerBook book, Request request) {
    String tunnel = request.first().value();
    Slot best = null;
    double bestScore = 0;
    for (SortedSet<Slot> equals : book.openByWeight().values()) {
      for (Slot slot : equals) {
        double score = score(tunnel, slot.id.value(), slot.weight());
        boolean wins =
            best == null
                || score > bestScore
                || (score == bestScore && slot.id.compareTo(best.id) < 0);
        if (wins && request.suits(slot)) {
          best = slot;
          bestScore = score;
        }
      }
    }
    return best;
  }

  static double score(String tunnel, String server, int weight) {
    double h = ((hash(tunnel, server) >>> 11) + 0.5) * 0x1p-53;
    return -weight / StrictMath.log(h);
  }

  static long hash(String tunnel, String server) {
    return mixed(fnv1a(tunnel) + (fnv1a(server) * GOLDEN_RATIO));
  }

  private static long fnv1a(String name) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }

  private static long mixed(long hash) {
    long mixed = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }
}
