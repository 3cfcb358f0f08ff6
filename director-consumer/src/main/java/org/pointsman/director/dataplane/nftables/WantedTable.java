package org.pointsman.director.dataplane.nftables;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.pointsman.director.dataplane.DataPlane.Refusal;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.nftables.DisjointRanges.Delta;
import org.pointsman.director.dataplane.nftables.DisjointRanges.Range;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.Room;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.director.table.TableFullException;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpFamily;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;

/**
 * What the director was told, and what that makes of the table in the kernel. Entries of the other
 * side are of no use to it and are let go.
 */
final class WantedTable implements AutoCloseable {
  private final Side side;
  private final Set<IpAddress> local;
  private final SteeringTable table;
  private final DisjointRanges inner4;
  private final DisjointRanges inner6;
  private final Map<Integer, Entry.Server> servers = new TreeMap<>();
  private final Set<IpAddress> virtual = new TreeSet<>();
  private final ServerMarks marks = new ServerMarks();

  WantedTable(PlaneSettings settings) {
    side = settings.side();
    local = new TreeSet<>(settings.localAddresses());
    table = new SteeringTable(settings.limits());
    List<IpPrefix> holes = new ArrayList<>(Ruleset.NOT_ROUTABLE);
    local.forEach(address -> holes.add(IpPrefix.host(address)));
    inner4 = new DisjointRanges(IpFamily.V4, holes);
    inner6 = new DisjointRanges(IpFamily.V6, holes);
  }

  ServerMarks marks() {
    return marks;
  }

  /** The indexes of the servers. */
  Collection<Integer> servers() {
    return List.copyOf(servers.keySet());
  }

  /** The indexes of those of them that have no MAC address. */
  Set<Integer> unresolved() {
    return servers.values().stream()
        .filter(server -> server.mac() == null)
        .map(Entry.Server::index)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The index of the server to which an address goes, or 0. */
  int lookup(IpAddress address) {
    return switch (side) {
      case OUTER -> table.outer(address);
      case INNER -> table.inner(address);
    };
  }

  /**
   * How full its parts with bounds are. They bound the kernel's table too, whose sets have no size:
   * what has no room here is refused and never gets there.
   */
  List<Room> room() {
    return table.room();
  }

  /** All of it, as the kernel's table is to be. */
  TableState state() {
    Map<Integer, Optional<MacAddress>> macs = new TreeMap<>();
    servers.forEach(
        (index, server) ->
            macs.put(marks.assign(index, server.mac()), Optional.ofNullable(server.mac())));
    Map<IpAddress, Integer> outer = new HashMap<>();
    table.forEachOuter((address, server) -> outer.put(address, marks.assign(server, null)));
    return new TableState(macs, Set.copyOf(virtual), local, outer, marked(inner4), marked(inner6));
  }

  private List<Range> marked(DisjointRanges ranges) {
    return ranges.ranges().stream()
        .map(r -> new Range(r.first(), r.last(), marks.assign(r.server(), null)))
        .toList();
  }

  /** {@link org.pointsman.director.dataplane.DataPlane#update}, and what is to be done for it. */
  List<Refusal> update(Collection<Entry> entries, Changes changes) {
    Map<Entry.Key, Entry> latest = new LinkedHashMap<>();
    entries.forEach(entry -> latest.put(entry.key(), entry));
    List<Refusal> refused = new ArrayList<>();
    Prefixes prefixes = new Prefixes();
    for (Entry entry : latest.values()) {
      try {
        put(entry, changes, prefixes);
      } catch (TableFullException full) {
        refused.add(new Refusal(entry, String.valueOf(full.getMessage())));
      }
    }
    prefixes.apply(changes);
    return refused;
  }

  private void put(Entry entry, Changes changes, Prefixes prefixes) {
    switch (entry) {
      case Entry.Server server -> {
        Entry.Server before = servers.put(server.index(), server);
        int mark = marks.assign(server.index(), server.mac());
        if (before == null) {
          changes.addServer(mark);
        }
        MacAddress macBefore = before == null ? null : before.mac();
        if (!Objects.equals(macBefore, server.mac())) {
          changes.setMac(mark, macBefore, server.mac());
        }
      }
      case Entry.Outer(IpAddress address, int server) -> {
        if (side == Side.OUTER) {
          int before = table.outer(address);
          table.putOuter(address, server);
          setOuter(address, before, server, changes);
        }
      }
      case Entry.Inner(IpPrefix prefix, int server) -> {
        if (side == Side.INNER) {
          table.putInner(prefix, server);
          prefixes.set(prefix, server);
        }
      }
      case Entry.Virtual(IpAddress address) -> {
        if (side == Side.OUTER && virtual.add(address)) {
          changes.addVirtual(address);
        }
      }
    }
  }

  /** {@link org.pointsman.director.dataplane.DataPlane#delete}, and what is to be done for it. */
  void delete(Collection<Entry.Key> keys, Changes changes) {
    Prefixes prefixes = new Prefixes();
    Set<Integer> gone = new TreeSet<>();
    for (Entry.Key key : keys) {
      switch (key) {
        case Entry.Key.Server(int index) -> gone.add(index);
        case Entry.Key.Outer(IpAddress address) -> {
          int before = table.outer(address);
          if (table.removeOuter(address)) {
            setOuter(address, before, 0, changes);
          }
        }
        case Entry.Key.Inner(IpPrefix prefix) -> {
          if (table.removeInner(prefix)) {
            prefixes.set(prefix, 0);
          }
        }
        case Entry.Key.Virtual(IpAddress address) -> {
          if (virtual.remove(address)) {
            changes.removeVirtual(address);
          }
        }
      }
    }
    prefixes.apply(changes);
    for (int index : gone) {
      Entry.Server server = servers.remove(index);
      if (server != null) {
        changes.removeServer(marks.of(index), server.mac());
        marks.release(index);
      }
    }
  }

  /** {@link org.pointsman.director.dataplane.DataPlane#isEmpty}. */
  boolean isEmpty() {
    return table.outerSize() == 0
        && table.innerSize() == 0
        && servers.isEmpty()
        && virtual.isEmpty();
  }

  /** The keys of everything that is not wanted. */
  List<Entry.Key> except(Collection<Entry> wanted) {
    Set<Entry.Key> keep = new HashSet<>();
    wanted.forEach(entry -> keep.add(entry.key()));
    List<Entry.Key> present = new ArrayList<>();
    table.forEachOuter((address, _) -> present.add(new Entry.Key.Outer(address)));
    table.forEachInner((prefix, _) -> present.add(new Entry.Key.Inner(prefix)));
    virtual.forEach(address -> present.add(new Entry.Key.Virtual(address)));
    servers.keySet().forEach(index -> present.add(new Entry.Key.Server(index)));
    present.removeIf(keep::contains);
    return present;
  }

  private void setOuter(IpAddress address, int before, int now, Changes changes) {
    if (before != now) {
      changes.setOuter(
          address, before == 0 ? 0 : marks.of(before), now == 0 ? 0 : marks.assign(now, null));
    }
  }

  /** The prefixes that a call changes, and then the ranges. */
  private final class Prefixes {
    private final Map<IpPrefix, Integer> v4 = new LinkedHashMap<>();
    private final Map<IpPrefix, Integer> v6 = new LinkedHashMap<>();

    void set(IpPrefix prefix, int server) {
      (prefix.family() == IpFamily.V4 ? v4 : v6).put(prefix, server);
    }

    void apply(Changes changes) {
      apply(inner4, v4, changes);
      apply(inner6, v6, changes);
    }

    private void apply(DisjointRanges ranges, Map<IpPrefix, Integer> prefixes, Changes changes) {
      if (!prefixes.isEmpty()) {
        Delta delta = ranges.apply(prefixes);
        delta.removed().forEach(changes::removeRange);
        delta.added().forEach(r -> changes.addRange(r, marks.assign(r.server(), null)));
      }
    }
  }

  @Override
  public void close() {
    table.close();
  }
}
