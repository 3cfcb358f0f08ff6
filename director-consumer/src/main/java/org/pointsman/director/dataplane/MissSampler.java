package org.pointsman.director.dataplane;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.pointsman.director.dataplane.DataPlaneStats.MissedAddress;
import org.pointsman.director.packet.Classification;
import org.pointsman.model.IpAddress;

/**
 * Which addresses are missed most, in bounded memory: 64 sets of four; a newcomer takes the place
 * of the set's rarest. So a few that are missed again and again stay, whatever a scan brings in
 * between.
 */
final class MissSampler {
  private static final int SETS = 64;
  private static final int WAYS = 4;
  private static final int SHOWN = 20;

  private final long[] high = new long[SETS * WAYS];
  private final long[] low = new long[SETS * WAYS];
  private final boolean[] v4 = new boolean[SETS * WAYS];
  private final long[] count = new long[SETS * WAYS];

  synchronized void miss(Classification missed) {
    long hash = (missed.keyHigh() * 31 + missed.keyLow()) * 0x9e37_79b9_7f4a_7c15L;
    int first = (int) (hash >>> 58) * WAYS;
    int rarest = first;
    for (int i = first; i < first + WAYS; i++) {
      if (count[i] > 0
          && high[i] == missed.keyHigh()
          && low[i] == missed.keyLow()
          && v4[i] == missed.keyIsV4()) {
        count[i]++;
        return;
      }
      if (count[i] < count[rarest]) {
        rarest = i;
      }
    }
    high[rarest] = missed.keyHigh();
    low[rarest] = missed.keyLow();
    v4[rarest] = missed.keyIsV4();
    count[rarest] = 1;
  }

  synchronized List<MissedAddress> most() {
    List<MissedAddress> all = new ArrayList<>();
    for (int i = 0; i < count.length; i++) {
      if (count[i] > 0) {
        IpAddress address = v4[i] ? IpAddress.v4((int) low[i]) : IpAddress.v6(high[i], low[i]);
        all.add(new MissedAddress(address, count[i]));
      }
    }
    all.sort(
        Comparator.comparingLong(MissedAddress::packets)
            .reversed()
            .thenComparing(MissedAddress::address));
    return List.copyOf(all.subList(0, Math.min(SHOWN, all.size())));
  }
}
