package org.pointsman.quickstart.demo;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpFamily;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

/**
 * Whether both sides name the server that the log names, tunnel by tunnel: the outer director for
 * each outer address, the inner one for an address in each inner subnet.
 *
 * <p>Goes by the assignments alone and finds the longest prefix in its own slow way, so that it
 * does not share a mistake with the directors' tables.
 *
 * @param tunnels how many were asked for
 * @param agreed for how many every answer was right
 * @param disagreements the first of the others, a sentence each
 */
record Agreement(int tunnels, int agreed, List<String> disagreements) {
  private static final int MOST_TOLD = 10;

  boolean isTotal() {
    return agreed == tunnels;
  }

  /**
   * Asks both sides about every tunnel.
   *
   * @param outer the server for an outer address, as the outer director has it
   * @param inner the server for an inner address, as the inner director has it
   */
  static Agreement check(
      Collection<Assignment> assignments,
      Function<IpAddress, Optional<ServerId>> outer,
      Function<IpAddress, Optional<ServerId>> inner) {
    Destinations destinations = new Destinations(assignments);
    int agreed = 0;
    List<String> told = new ArrayList<>();
    for (Assignment assignment : assignments) {
      List<String> wrong = new ArrayList<>();
      for (IpAddress address : assignment.outerAddresses()) {
        compare(assignment, "outer", address, outer.apply(address), wrong);
      }
      for (IpPrefix subnet : assignment.innerSubnets()) {
        IpAddress address = destinations.in(subnet, assignment.tunnel());
        if (address != null) {
          compare(assignment, "inner", address, inner.apply(address), wrong);
        }
      }
      if (wrong.isEmpty()) {
        agreed++;
      } else if (told.size() < MOST_TOLD) {
        told.addAll(wrong);
      }
    }
    return new Agreement(assignments.size(), agreed, List.copyOf(told));
  }

  private static void compare(
      Assignment assignment,
      String side,
      IpAddress address,
      Optional<ServerId> answer,
      List<String> wrong) {
    if (!answer.equals(Optional.ofNullable(assignment.server()))) {
      wrong.add(
          "expected the %s director to send %s of %s to %s but it names %s"
              .formatted(
                  side,
                  address,
                  assignment.tunnel(),
                  assignment.server(),
                  answer.map(ServerId::value).orElse("nobody")));
    }
  }

  /** Finds addresses that are a tunnel's own where subnets are nested. */
  static final class Destinations {
    private static final int MOST_TRIED = 4096;

    private final Map<IpPrefix, TunnelId> owners = new HashMap<>();
    private final Map<IpFamily, TreeSet<Integer>> lengths = new HashMap<>();

    Destinations(Collection<Assignment> assignments) {
      for (Assignment assignment : assignments) {
        for (IpPrefix subnet : assignment.innerSubnets()) {
          owners.put(subnet, assignment.tunnel());
          lengths.computeIfAbsent(subnet.family(), _ -> new TreeSet<>()).add(subnet.length());
        }
      }
    }

    /** An address of the subnet that no longer prefix takes away, or null if there is none. */
    @Nullable IpAddress in(IpPrefix subnet, TunnelId owner) {
      IpAddress address = subnet.address();
      for (int tried = 0; tried < MOST_TRIED && subnet.contains(address); tried++) {
        IpPrefix longest = longest(address);
        if (longest.length() == subnet.length() && owner.equals(owners.get(longest))) {
          return address;
        }
        IpAddress next = after(longest.last());
        if (next == null) {
          return null;
        }
        address = next;
      }
      return null;
    }

    private IpPrefix longest(IpAddress address) {
      for (int length : lengths.getOrDefault(address.family(), new TreeSet<>()).descendingSet()) {
        IpPrefix candidate = IpPrefix.containing(address, length);
        if (owners.containsKey(candidate)) {
          return candidate;
        }
      }
      throw new IllegalStateException("the subnet itself holds " + address);
    }

    private static @Nullable IpAddress after(IpAddress address) {
      if (address.isV4()) {
        return address.bits() == -1 ? null : IpAddress.v4(address.bits() + 1);
      }
      long low = address.low() + 1;
      return IpAddress.v6(low == 0 ? address.high() + 1 : address.high(), low);
    }
  }
}
