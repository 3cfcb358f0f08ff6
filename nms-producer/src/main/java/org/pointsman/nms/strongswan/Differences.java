package org.pointsman.nms.strongswan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.pointsman.model.Assignment;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;

/**
 * What charon says of a tunnel against what was announced. The directors steer by the announced
 * addresses and subnets, so a difference means packets that take another way than the tunnel's.
 */
final class Differences {
  private Differences() {}

  /** A sentence for each difference. */
  static List<String> between(Sa sa, Assignment announced) {
    List<String> lines = new ArrayList<>();
    Set<String> reported = new TreeSet<>();
    sa.remoteSubnets()
        .forEach(text -> reported.add(prefix(text).map(IpPrefix::toString).orElse(text)));
    Set<String> known = new TreeSet<>();
    announced.innerSubnets().forEach(subnet -> known.add(subnet.toString()));
    if (!reported.isEmpty() && !known.equals(reported)) {
      lines.add(
          "tunnel %s was announced with subnet %s but its peer has agreed on %s; announce it anew, or correct one of the two"
              .formatted(
                  announced.tunnel(), String.join(", ", known), String.join(", ", reported)));
    }
    IpAddress host = sa.remoteHost();
    if (host != null && !announced.outerAddresses().contains(host)) {
      lines.add(
          "tunnel %s was announced from %s but its peer is at %s; the directors steer by the announced addresses, so announce it anew"
              .formatted(announced.tunnel(), announced.outerAddresses(), host));
    }
    return lines;
  }

  /** Empty for what is none, such as {@code dynamic}, or one with a protocol and port. */
  static Optional<IpPrefix> prefix(String selector) {
    try {
      return Optional.of(IpPrefix.parse(selector));
    } catch (InvalidValueException none) {
      return Optional.empty();
    }
  }
}
