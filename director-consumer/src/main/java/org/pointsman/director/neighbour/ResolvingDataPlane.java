package org.pointsman.director.neighbour;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.dataplane.DataPlane;
import org.pointsman.director.dataplane.DataPlaneStats;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.Room;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A data plane whose servers need no MAC address of their own: those that have only an IP address
 * get the one that a {@link NeighbourResolver} finds, and another when that changes.
 *
 * <p>A server of which nothing is found has no MAC address in the plane behind this one, which
 * counts its packets as unreachable and sends them nowhere. A MAC address that the log gives is
 * never asked about.
 *
 * <p>Changes come on the resolver's thread. Each becomes one update of one server; none of its
 * tunnels is touched.
 */
public final class ResolvingDataPlane implements DataPlane {
  private static final Logger log = LoggerFactory.getLogger(ResolvingDataPlane.class);

  private final DataPlane plane;
  private final NeighbourResolver resolver;
  private final String segment;

  /** The servers without a MAC address of their own, by index. Guarded by this. */
  private final Map<Integer, Entry.Server> unresolved = new TreeMap<>();

  /** What the resolver has told. Guarded by this. */
  private final Map<IpAddress, MacAddress> found = new TreeMap<>();

  /**
   * @param plane to be closed with this one
   * @param resolver to be started and closed with this one
   * @param segment where the servers are, for people to read: the interface's name
   */
  public ResolvingDataPlane(DataPlane plane, NeighbourResolver resolver, String segment) {
    this.plane = plane;
    this.resolver = resolver;
    this.segment = segment;
    resolver.start(this::changed);
  }

  @Override
  public String name() {
    return plane.name();
  }

  @Override
  public synchronized void start() {
    plane.start();
  }

  @Override
  public synchronized List<Refusal> update(List<Entry> entries) {
    boolean watchesOthers = false;
    for (Entry entry : entries) {
      if (entry instanceof Entry.Server server) {
        Entry.Server now = needsAsking(server) ? server : null;
        Entry.Server before =
            now == null
                ? unresolved.remove(server.index())
                : unresolved.put(server.index(), server);
        watchesOthers |= !Objects.equals(now, before);
      }
    }
    if (watchesOthers) {
      watch();
    }
    return plane.update(entries.stream().map(this::resolved).toList());
  }

  @Override
  public synchronized void delete(List<Entry.Key> keys) {
    plane.delete(keys);
    boolean any = false;
    for (Entry.Key key : keys) {
      any |= key instanceof Entry.Key.Server(int index) && unresolved.remove(index) != null;
    }
    if (any) {
      watch();
    }
  }

  @Override
  public synchronized boolean isEmpty() {
    return plane.isEmpty();
  }

  @Override
  public synchronized void prune(List<Entry> wanted) {
    plane.prune(wanted);
    Set<Integer> keep = new HashSet<>();
    for (Entry entry : wanted) {
      if (entry instanceof Entry.Server server) {
        keep.add(server.index());
      }
    }
    if (unresolved.keySet().retainAll(keep)) {
      watch();
    }
  }

  @Override
  public int lookup(IpAddress address) {
    return plane.lookup(address);
  }

  @Override
  public Set<Integer> unresolved() {
    return plane.unresolved();
  }

  @Override
  public DataPlaneStats stats() {
    return plane.stats();
  }

  @Override
  public List<Room> room() {
    return plane.room();
  }

  /** The plane's, the resolver's, and the servers that nobody answers for. */
  @Override
  public Optional<String> problem() {
    String all =
        Stream.of(plane.problem(), resolver.problem(), missing())
            .flatMap(Optional::stream)
            .collect(Collectors.joining("; "));
    return all.isEmpty() ? Optional.empty() : Optional.of(all);
  }

  @Override
  public void close() {
    resolver.close();
    plane.close();
  }

  /** The plane behind this one. */
  public DataPlane plane() {
    return plane;
  }

  // ---- what the resolver tells -----------------------------------------------------------------

  private synchronized void changed(IpAddress address, @Nullable MacAddress mac) {
    MacAddress before = mac == null ? found.remove(address) : found.put(address, mac);
    if (mac == null ? before == null : mac.equals(before)) {
      return;
    }
    for (Entry.Server server : unresolved.values()) {
      if (address.equals(server.address())) {
        tell(server, before, mac);
        plane.update(List.of(resolved(server)));
      }
    }
  }

  private void tell(Entry.Server server, @Nullable MacAddress before, @Nullable MacAddress mac) {
    if (mac == null) {
      log.warn(
          "server {}: nobody answers for {} on {} any more; its packets are counted as unreachable",
          server.server(),
          server.address(),
          segment);
    } else if (before == null) {
      log.info("server {}: {} is at {}", server.server(), server.address(), mac);
    } else {
      log.info(
          "server {}: {} is at {} now, no longer at {}",
          server.server(),
          server.address(),
          mac,
          before);
    }
  }

  private static boolean needsAsking(Entry.Server server) {
    return server.mac() == null && server.address() != null;
  }

  private Entry resolved(Entry entry) {
    if (entry instanceof Entry.Server server && needsAsking(server)) {
      return server.withMac(found.get(server.address()));
    }
    return entry;
  }

  private void watch() {
    Set<IpAddress> addresses =
        unresolved.values().stream()
            .map(Entry.Server::address)
            .flatMap(Stream::ofNullable)
            .collect(Collectors.toSet());
    found.keySet().retainAll(addresses);
    resolver.watch(addresses);
  }

  private synchronized Optional<String> missing() {
    List<Entry.Server> silent =
        unresolved.values().stream()
            .filter(server -> !found.containsKey(server.address()))
            .toList();
    if (silent.isEmpty()) {
      return Optional.empty();
    }
    String names =
        silent.stream()
            .map(server -> "%s (%s)".formatted(server.server(), server.address()))
            .collect(Collectors.joining(", "));
    return Optional.of(
        "expected an answer on %s but nobody says where these servers are: %s; their packets are counted as unreachable. Check that they run and are on that segment, or register them with --mac"
            .formatted(segment, names));
  }
}
