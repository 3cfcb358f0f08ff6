package org.pointsman.director.dataplane.nftables;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpFamily;
import org.pointsman.model.IpPrefix;

/**
 * Nested prefixes, longest first, as ranges that do not overlap: the kernel's interval maps refuse
 * nested ones.
 *
 * <p>The ranges are as long as they can be: two that touch have different servers. So they follow
 * from which address has which server, and from nothing else, neither the prefixes' number nor
 * their history; and what the kernel has can be compared with them range by range. {@link #apply}
 * says which ranges go and which come, never one that stays.
 *
 * <p>Example: 10.0.0.0/8 → 1 is the range 10.0.0.0–10.255.255.255. Then 10.1.0.0/16 → 2 takes this
 * one away and brings three: 10.0.0.0–10.0.255.255 → 1, 10.1.0.0–10.1.255.255 → 2,
 * 10.2.0.0–10.255.255.255 → 1. Then 10.2.0.0/16 → 2 takes the last two away and brings
 * 10.1.0.0–10.2.255.255 → 2 and 10.3.0.0–10.255.255.255 → 1.
 *
 * <p>Holes are prefixes whose addresses never get a server, whatever prefix holds them.
 */
final class DisjointRanges {
  /** Addresses {@code first} to {@code last}, both included. */
  record Range(IpAddress first, IpAddress last, int server) {}

  /** What changed: to be removed first, then added. No range is in both. */
  record Delta(List<Range> removed, List<Range> added) {}

  /** So many more prefixes than changes, or everything is laid out anew, which is one pass. */
  private static final int WORTH_A_SEARCH = 4;

  private final IpFamily family;
  private final List<IpPrefix> holes;

  /** Prefix → server; a hole's server is 0. */
  private final NavigableMap<IpPrefix, Integer> prefixes = new TreeMap<>();

  private final int[] countByLength = new int[129];

  /** By first address. */
  private final NavigableMap<IpAddress, Range> ranges = new TreeMap<>();

  DisjointRanges(IpFamily family, Collection<IpPrefix> holes) {
    this.family = family;
    List<IpPrefix> outermost = new ArrayList<>();
    for (IpPrefix hole : holes.stream().filter(h -> h.family() == family).sorted().toList()) {
      if (outermost.stream().noneMatch(outer -> outer.contains(hole.address()))) {
        outermost.add(hole);
        prefixes.put(hole, 0);
        countByLength[hole.length()]++;
      }
    }
    this.holes = List.copyOf(outermost);
  }

  /** Every range, by address. */
  Collection<Range> ranges() {
    return Collections.unmodifiableCollection(ranges.values());
  }

  int prefixCount() {
    return prefixes.size() - holes.size();
  }

  /** The server of an address, or 0. */
  int server(IpAddress address) {
    Map.Entry<IpAddress, Range> at = ranges.floorEntry(address);
    return at != null && at.getValue().last().compareTo(address) >= 0 ? at.getValue().server() : 0;
  }

  /**
   * Puts prefixes on servers, or removes them.
   *
   * @param changes by prefix, all of this family; 0 for one that goes
   */
  Delta apply(Map<IpPrefix, Integer> changes) {
    List<IpPrefix> changed = new ArrayList<>();
    changes.forEach(
        (prefix, server) -> {
          if (set(prefix, server)) {
            changed.add(prefix);
          }
        });
    DeltaBuilder delta = new DeltaBuilder();
    if (changed.size() > prefixes.size() / WORTH_A_SEARCH) {
      layOut(IpPrefix.containing(zero(), 0), delta);
    } else {
      Collections.sort(changed);
      IpPrefix last = null;
      for (IpPrefix prefix : changed) {
        if (last == null || !last.contains(prefix.address())) {
          last = prefix;
          layOut(prefix, delta);
        }
      }
    }
    return delta.build();
  }

  private boolean set(IpPrefix prefix, int server) {
    for (IpPrefix hole : holes) {
      if (hole.length() <= prefix.length() && hole.contains(prefix.address())) {
        return false;
      }
    }
    Integer before = server == 0 ? prefixes.remove(prefix) : prefixes.put(prefix, server);
    countByLength[prefix.length()] += (server == 0 ? 0 : 1) - (before == null ? 0 : 1);
    return !Objects.equals(before, server == 0 ? null : (Integer) server);
  }

  /** Replaces the ranges of a region by those that follow from the prefixes now. */
  private void layOut(IpPrefix region, DeltaBuilder delta) {
    IpAddress first = region.address();
    IpAddress last = region.last();
    List<Range> old = touching(first, last);
    Pieces pieces = new Pieces();
    for (Range range : old) {
      if (range.first().compareTo(first) < 0) {
        pieces.add(range.first(), min(range.last(), before(first)), range.server());
      }
    }
    flatten(region, pieces);
    for (Range range : old) {
      if (range.last().compareTo(last) > 0) {
        pieces.add(max(range.first(), after(last)), range.last(), range.server());
      }
    }
    Set<Range> kept = new HashSet<>(pieces.list);
    for (Range range : old) {
      if (!kept.contains(range)) {
        ranges.remove(range.first());
        delta.remove(range);
      }
    }
    old.forEach(kept::remove); // what is left of it is new
    for (Range range : pieces.list) {
      if (kept.contains(range)) {
        ranges.put(range.first(), range);
        delta.add(range);
      }
    }
  }

  /** The ranges that have an address in common with these, or end or begin right beside them. */
  private List<Range> touching(IpAddress first, IpAddress last) {
    IpAddress from = first.equals(zero()) ? first : before(first);
    IpAddress to = last.equals(highest(family)) ? last : after(last);
    Map.Entry<IpAddress, Range> left = ranges.floorEntry(from);
    List<Range> found = new ArrayList<>();
    if (left != null && left.getValue().last().compareTo(from) >= 0) {
      found.add(left.getValue());
    }
    found.addAll(ranges.subMap(from, false, to, true).values());
    return found;
  }

  /** One pass over the region's prefixes in order, with a stack of those that are open. */
  private void flatten(IpPrefix region, Pieces pieces) {
    record Open(IpAddress last, int server) {}
    Deque<Open> open = new ArrayDeque<>();
    open.push(new Open(region.last(), cover(region)));
    IpAddress at = region.address();
    boolean past = false; // everything up to the region's last address is said
    for (Map.Entry<IpPrefix, Integer> entry : prefixes.tailMap(region, true).entrySet()) {
      IpPrefix prefix = entry.getKey();
      if (prefix.address().compareTo(region.last()) > 0) {
        break;
      }
      while (open.element().last().compareTo(prefix.address()) < 0) {
        Open ends = open.pop();
        if (at.compareTo(ends.last()) <= 0) {
          pieces.add(at, ends.last(), ends.server());
          at = after(ends.last());
        }
      }
      if (at.compareTo(prefix.address()) < 0) {
        pieces.add(at, before(prefix.address()), open.element().server());
        at = prefix.address();
      }
      open.push(new Open(prefix.last(), entry.getValue()));
    }
    while (!open.isEmpty() && !past) {
      Open ends = open.pop();
      if (at.compareTo(ends.last()) <= 0) {
        pieces.add(at, ends.last(), ends.server());
        past = ends.last().equals(region.last());
        at = past ? at : after(ends.last());
      }
    }
  }

  /** The server of the longest prefix around this one, which itself does not count. */
  private int cover(IpPrefix prefix) {
    for (int length = prefix.length() - 1; length >= 0; length--) {
      if (countByLength[length] > 0) {
        Integer server = prefixes.get(IpPrefix.containing(prefix.address(), length));
        if (server != null) {
          return server;
        }
      }
    }
    return 0;
  }

  // ---- addresses -----------------------------------------------------------------------------

  private IpAddress zero() {
    return family == IpFamily.V4 ? IpAddress.v4(0) : IpAddress.v6(0, 0);
  }

  static IpAddress highest(IpFamily family) {
    return family == IpFamily.V4 ? IpAddress.v4(-1) : IpAddress.v6(-1, -1);
  }

  /** The next address; that of the highest one wraps around to zero. */
  static IpAddress after(IpAddress address) {
    return address.isV4()
        ? IpAddress.v4((int) address.low() + 1)
        : IpAddress.v6(address.high() + (address.low() == -1 ? 1 : 0), address.low() + 1);
  }

  static IpAddress before(IpAddress address) {
    return address.isV4()
        ? IpAddress.v4((int) address.low() - 1)
        : IpAddress.v6(address.high() - (address.low() == 0 ? 1 : 0), address.low() - 1);
  }

  private static IpAddress min(IpAddress a, IpAddress b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static IpAddress max(IpAddress a, IpAddress b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  /** Pieces in order, joined where they touch and agree; those without a server are left out. */
  private static final class Pieces {
    private final List<Range> list = new ArrayList<>();

    void add(IpAddress first, IpAddress last, int server) {
      if (server == 0) {
        return;
      }
      Range end = list.isEmpty() ? null : list.getLast();
      if (end != null && end.server() == server && after(end.last()).equals(first)) {
        list.set(list.size() - 1, new Range(end.first(), last, server));
      } else {
        list.add(new Range(first, last, server));
      }
    }
  }

  /** What one region brings and the next takes away again is no change. */
  private static final class DeltaBuilder {
    private final Map<IpAddress, Range> removed = new TreeMap<>();
    private final Map<IpAddress, Range> added = new TreeMap<>();

    void remove(Range range) {
      if (!added.remove(range.first(), range)) {
        removed.put(range.first(), range);
      }
    }

    void add(Range range) {
      if (!removed.remove(range.first(), range)) {
        added.put(range.first(), range);
      }
    }

    Delta build() {
      return new Delta(List.copyOf(removed.values()), List.copyOf(added.values()));
    }
  }
}
