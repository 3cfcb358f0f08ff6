package org.pointsman.director.dataplane.nftables;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pointsman.director.dataplane.nftables.DisjointRanges.Range;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;

/**
 * What stands in a table's maps, or is to stand there. Servers are named by mark.
 *
 * @param servers mark → MAC address, empty if it is not known
 * @param virtual the virtual addresses
 * @param local the director's own addresses
 * @param outer outer address → mark
 * @param inner4 ranges of inner IPv4 addresses with their marks, in order
 * @param inner6 the same for IPv6
 */
record TableState(
    Map<Integer, Optional<MacAddress>> servers,
    Set<IpAddress> virtual,
    Set<IpAddress> local,
    Map<IpAddress, Integer> outer,
    List<Range> inner4,
    List<Range> inner6) {
  static final TableState EMPTY =
      new TableState(Map.of(), Set.of(), Set.of(), Map.of(), List.of(), List.of());
}
