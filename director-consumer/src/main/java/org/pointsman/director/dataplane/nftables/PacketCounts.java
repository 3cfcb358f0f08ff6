package org.pointsman.director.dataplane.nftables;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pointsman.director.dataplane.DataPlaneStats;
import org.pointsman.director.dataplane.DataPlaneStats.MissedAddress;
import org.pointsman.director.dataplane.DataPlaneStats.ServerStats;
import org.pointsman.director.dataplane.nftables.KernelTable.Count;
import org.pointsman.director.packet.Reason;

/**
 * The table's counters since this director began, although those in the kernel began earlier (the
 * director was started again), or later (the table was made anew).
 */
final class PacketCounts {
  private static final int SHOWN = 20;

  /** nftables counts from the network header on. A VLAN tag is not counted, see Ruleset. */
  private static final int ETHERNET_BYTES = 14;

  private final Map<String, Count> before = new HashMap<>();
  private final Map<String, Count> last = new HashMap<>();

  /** Takes what the counters of a table say before this director counts. */
  void begin(Map<String, Count> counters) {
    before.clear();
    before.putAll(counters);
    see(counters);
  }

  /** The table is to be made anew: its counters begin at 0, those of the director go on. */
  void beginAnew() {
    Map<String, Count> negative = new HashMap<>();
    last.keySet().forEach(name -> negative.put(name, minus(Count.ZERO, since(name))));
    before.clear();
    before.putAll(negative);
    last.clear();
  }

  /** A server's counters are gone; new ones of this name begin at 0. */
  void forget(int mark) {
    for (String name : List.of(Changes.sentCounter(mark), Changes.lostCounter(mark))) {
      before.remove(name);
      last.remove(name);
    }
  }

  void see(Map<String, Count> counters) {
    last.clear();
    last.putAll(counters);
  }

  /**
   * @param marks server index → mark
   */
  DataPlaneStats stats(Map<Integer, Integer> marks, List<MissedAddress> missed) {
    Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    for (Reason reason : Reason.values()) {
      long packets = since(Ruleset.counter(reason)).packets();
      if (packets > 0) {
        reasons.put(reason, packets);
      }
    }
    TreeMap<Integer, ServerStats> servers = new TreeMap<>();
    marks.forEach(
        (index, mark) -> {
          Count sent = since(Changes.sentCounter(mark));
          servers.put(
              index,
              new ServerStats(
                  sent.packets(),
                  sent.bytes() + ETHERNET_BYTES * sent.packets(),
                  since(Changes.lostCounter(mark)).packets()));
        });
    List<MissedAddress> most =
        missed.stream()
            .sorted(
                Comparator.comparingLong(MissedAddress::packets)
                    .reversed()
                    .thenComparing(MissedAddress::address))
            .limit(SHOWN)
            .toList();
    return new DataPlaneStats(servers, reasons, since(Ruleset.UNREACHABLE).packets(), 0, most);
  }

  private Count since(String name) {
    return minus(last.getOrDefault(name, Count.ZERO), before.getOrDefault(name, Count.ZERO));
  }

  private static Count minus(Count a, Count b) {
    return new Count(a.packets() - b.packets(), a.bytes() - b.bytes());
  }
}
