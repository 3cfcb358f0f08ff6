package org.pointsman.director.dataplane;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.pointsman.director.dataplane.DataPlane.Refusal;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.InnerV4Batch;
import org.pointsman.director.table.OuterV4Batch;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.director.table.TableFullException;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;

/**
 * The verbs of a {@link DataPlane} that steers by a {@link SteeringTable}. One thread at a time
 * calls it.
 */
public final class TableWriter {
  /** What the table does not hold and its plane keeps elsewhere. */
  public interface Beside {
    /**
     * An address is virtual now.
     *
     * @throws TableFullException if there is no room for it
     */
    void addVirtual(IpAddress address);

    /** An address is virtual no more. */
    void removeVirtual(IpAddress address);

    /** A server is gone; its index may get another one. */
    default void forgetServer(int index) {}
  }

  private static final int FEWEST_IN_BATCH = 4096;

  private final Side side;
  private final SteeringTable table;
  private final Beside beside;
  private final Set<IpAddress> virtualAddresses = new TreeSet<>();

  /** Asked for by any thread, and replaced whole. */
  private volatile Set<Integer> servers = Set.of();

  public TableWriter(Side side, SteeringTable table, Beside beside) {
    this.side = side;
    this.table = table;
    this.beside = beside;
  }

  /** {@link DataPlane#update}. */
  public List<Refusal> update(List<Entry> entries) {
    return entries.size() < FEWEST_IN_BATCH ? updateEach(entries) : updateInBatch(entries);
  }

  /** As the first load is: what is of IPv4 goes together, and after all others. */
  private List<Refusal> updateInBatch(List<Entry> entries) {
    List<Entry> others = new ArrayList<>();
    OuterV4Batch addresses = new OuterV4Batch(side == Side.OUTER ? entries.size() : 0);
    InnerV4Batch prefixes = new InnerV4Batch(side == Side.INNER ? entries.size() : 0);
    for (Entry entry : entries) {
      if (entry instanceof Entry.Outer outer && outer.address().isV4()) {
        addresses.add((int) outer.address().low(), outer.server());
      } else if (entry instanceof Entry.Inner inner && inner.prefix().address().isV4()) {
        IpPrefix prefix = inner.prefix();
        prefixes.add((int) prefix.address().low(), prefix.length(), inner.server());
      } else {
        others.add(entry);
      }
    }
    List<Refusal> refused = updateEach(others);
    Map<IpAddress, String> noRoom = table.putOuter(addresses);
    Map<IpPrefix, String> noInnerRoom = table.putInner(prefixes);
    if (!noRoom.isEmpty() || !noInnerRoom.isEmpty()) {
      for (Entry entry : entries) {
        String why =
            switch (entry) {
              case Entry.Outer outer -> noRoom.get(outer.address());
              case Entry.Inner inner -> noInnerRoom.get(inner.prefix());
              default -> null;
            };
        if (why != null) {
          refused.add(new Refusal(entry, why));
        }
      }
    }
    return refused;
  }

  private List<Refusal> updateEach(List<Entry> entries) {
    List<Refusal> refused = new ArrayList<>();
    for (Entry entry : entries) {
      try {
        put(entry);
      } catch (TableFullException full) {
        refused.add(new Refusal(entry, String.valueOf(full.getMessage())));
      }
    }
    return refused;
  }

  private void put(Entry entry) {
    switch (entry) {
      case Entry.Server server -> {
        MacAddress mac = server.mac();
        table.setServerMac(server.index(), mac == null ? 0 : mac.bits());
        if (!servers.contains(server.index())) {
          Set<Integer> more = new HashSet<>(servers);
          more.add(server.index());
          servers = Set.copyOf(more);
        }
      }
      case Entry.Outer outer -> table.putOuter(outer.address(), outer.server());
      case Entry.Inner inner -> table.putInner(inner.prefix(), inner.server());
      case Entry.Virtual(IpAddress address) -> {
        if (!virtualAddresses.contains(address)) {
          beside.addVirtual(address);
          virtualAddresses.add(address);
        }
      }
    }
  }

  /** {@link DataPlane#delete}. */
  public void delete(List<Entry.Key> keys) {
    for (Entry.Key key : keys) {
      switch (key) {
        case Entry.Key.Server(int index) -> {
          if (servers.contains(index)) {
            Set<Integer> fewer = new HashSet<>(servers);
            fewer.remove(index);
            servers = Set.copyOf(fewer);
            beside.forgetServer(index);
          }
          table.clearServer(index);
        }
        case Entry.Key.Outer(IpAddress address) -> table.removeOuter(address);
        case Entry.Key.Inner inner -> table.removeInner(inner.prefix());
        case Entry.Key.Virtual(IpAddress address) -> {
          if (virtualAddresses.remove(address)) {
            beside.removeVirtual(address);
          }
        }
      }
    }
  }

  /** {@link DataPlane#isEmpty}. */
  public boolean isEmpty() {
    return table.outerSize() == 0
        && table.innerSize() == 0
        && servers.isEmpty()
        && virtualAddresses.isEmpty();
  }

  /** {@link DataPlane#prune}. */
  public void prune(List<Entry> wanted) {
    Set<Entry.Key> keep = new HashSet<>();
    wanted.forEach(entry -> keep.add(entry.key()));
    List<Entry.Key> present = new ArrayList<>();
    table.forEachOuter((address, _) -> present.add(new Entry.Key.Outer(address)));
    table.forEachInner((prefix, _) -> present.add(new Entry.Key.Inner(prefix)));
    virtualAddresses.forEach(address -> present.add(new Entry.Key.Virtual(address)));
    servers.forEach(index -> present.add(new Entry.Key.Server(index)));
    present.removeIf(keep::contains);
    delete(present);
  }

  /** {@link DataPlane#lookup}. */
  public int lookup(IpAddress address) {
    return side == Side.OUTER ? table.outer(address) : table.inner(address);
  }

  /** The indexes of the servers that there are. */
  public Set<Integer> servers() {
    return servers;
  }

  /** {@link DataPlane#unresolved}. */
  public Set<Integer> unresolved() {
    return servers.stream()
        .filter(index -> table.serverMac(index) == 0)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The addresses that are virtual; for the thread that calls the verbs. */
  public List<IpAddress> virtualAddresses() {
    return List.copyOf(virtualAddresses);
  }
}
