package org.pointsman.director.dataplane;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pointsman.director.packet.Reason;
import org.pointsman.director.packet.Verdict;
import org.pointsman.model.IpAddress;

/**
 * What a data plane has counted.
 *
 * @param servers by server index
 * @param packetsByReason packets for each reason of a verdict; a reason not listed had none
 * @param unreachable packets not sent because their server's MAC address is not known
 * @param sendFailures packets that the interface did not take
 * @param missedAddresses a sample of the addresses that were looked up and not found, most packets
 *     first
 */
public record DataPlaneStats(
    SortedMap<Integer, ServerStats> servers,
    Map<Reason, Long> packetsByReason,
    long unreachable,
    long sendFailures,
    List<MissedAddress> missedAddresses) {

  /** What went to one server. */
  public record ServerStats(long packets, long bytes, long unreachable) {}

  /**
   * An address without a tunnel, on the outer side who sent (or to whom a quoted packet went), on
   * the inner side the destination.
   *
   * @param packets at least this many
   */
  public record MissedAddress(IpAddress address, long packets) {}

  public DataPlaneStats {
    servers = Collections.unmodifiableSortedMap(new TreeMap<>(servers));
    EnumMap<Reason, Long> copy = new EnumMap<>(Reason.class);
    copy.putAll(packetsByReason);
    packetsByReason = Collections.unmodifiableMap(copy);
    missedAddresses = List.copyOf(missedAddresses);
  }

  /** Packets with this verdict. */
  public long packets(Verdict verdict) {
    return packetsByReason.entrySet().stream()
        .filter(entry -> entry.getKey().verdict() == verdict)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** What went to the server with this index. */
  public ServerStats server(int index) {
    return servers.getOrDefault(index, new ServerStats(0, 0, 0));
  }

  public long packets(Reason reason) {
    return packetsByReason.getOrDefault(reason, 0L);
  }
}
