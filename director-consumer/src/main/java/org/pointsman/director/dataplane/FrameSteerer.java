package org.pointsman.director.dataplane;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.dataplane.DataPlane.Refusal;
import org.pointsman.director.dataplane.DataPlaneStats.ServerStats;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.packet.Classification;
import org.pointsman.director.packet.Frames;
import org.pointsman.director.packet.PacketClassifier;
import org.pointsman.director.packet.PacketContext;
import org.pointsman.director.packet.Reason;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.Room;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.director.table.TableFullException;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;

/**
 * What the data planes share that handle frames in this process: the table and its verbs, the way
 * of a frame through classifier and rewrite, and the counters.
 *
 * <p>The verbs are for one thread at a time. {@link #handle} is for any number of them, allocates
 * nothing, and takes no lock except to sample a miss.
 */
public final class FrameSteerer implements AutoCloseable {
  private final PlaneSettings settings;
  private final @Nullable MacAddress directorMac;
  private final long sourceMac;
  private final SteeringTable table;
  private final PacketClassifier classifier;
  private final Set<IpAddress> virtualAddresses = new TreeSet<>();
  private final Map<Integer, Entry.Server> servers = new ConcurrentHashMap<>();
  private final Map<Reason, LongAdder> byReason = new EnumMap<>(Reason.class);
  private final LongAdder unreachable = new LongAdder();
  private final MissSampler misses = new MissSampler();
  private volatile PacketContext context;

  /**
   * @param directorMac the address of the frames to steer, or null for any
   * @param sourceMac the source address of frames sent to servers, or null for the one that the
   *     frame came for
   */
  public FrameSteerer(
      PlaneSettings settings, @Nullable MacAddress directorMac, @Nullable MacAddress sourceMac) {
    this.settings = settings;
    this.directorMac = directorMac;
    this.sourceMac = sourceMac == null ? 0 : sourceMac.bits();
    this.table = new SteeringTable(settings.limits());
    this.classifier = new PacketClassifier(table);
    this.context = newContext();
    for (Reason reason : Reason.values()) {
      byReason.put(reason, new LongAdder());
    }
  }

  /** The table, for lookups; only this class writes to it. */
  public SteeringTable table() {
    return table;
  }

  public PacketClassifier classifier() {
    return classifier;
  }

  /** What holds besides the table at this moment. */
  public PacketContext context() {
    return context;
  }

  // ---- packets -------------------------------------------------------------------------------

  /**
   * Classifies and counts a frame, and rewrites it in place if it is to be sent.
   *
   * @param scratch this thread's; says afterwards what the packet was
   */
  public Handling handle(byte[] bytes, int offset, int length, Classification scratch) {
    classifier.classify(bytes, offset, length, context, scratch);
    counter(scratch.reason()).increment();
    return switch (scratch.verdict()) {
      case STEER -> redirect(bytes, offset, length, scratch.server());
      case PASS -> Handling.PASS;
      case MISS -> {
        misses.miss(scratch);
        yield settings.onMiss() == OnMiss.DROP ? Handling.DROP : Handling.PASS;
      }
    };
  }

  private Handling redirect(byte[] bytes, int offset, int length, int server) {
    long mac = table.serverMac(server);
    if (mac == 0) {
      table.countUnreachable(server);
      unreachable.increment();
      return Handling.DROP;
    }
    Frames.redirect(bytes, offset, mac, sourceMac);
    table.countSteered(server, length);
    return Handling.SEND;
  }

  // ---- verbs ---------------------------------------------------------------------------------

  /** {@link DataPlane#update}. */
  public List<Refusal> update(List<Entry> entries) {
    List<Refusal> refused = new ArrayList<>();
    boolean virtualChanged = false;
    for (Entry entry : entries) {
      try {
        switch (entry) {
          case Entry.Server server -> {
            servers.put(server.index(), server);
            MacAddress mac = server.mac();
            table.setServerMac(server.index(), mac == null ? 0 : mac.bits());
          }
          case Entry.Outer outer -> table.putOuter(outer.address(), outer.server());
          case Entry.Inner inner -> table.putInner(inner.prefix(), inner.server());
          case Entry.Virtual(IpAddress address) -> virtualChanged |= virtualAddresses.add(address);
        }
      } catch (TableFullException full) {
        refused.add(new Refusal(entry, String.valueOf(full.getMessage())));
      }
    }
    if (virtualChanged) {
      context = newContext();
    }
    return refused;
  }

  /** {@link DataPlane#delete}. */
  public void delete(List<Entry.Key> keys) {
    boolean virtualChanged = false;
    for (Entry.Key key : keys) {
      switch (key) {
        case Entry.Key.Server(int index) -> {
          servers.remove(index);
          table.clearServer(index);
        }
        case Entry.Key.Outer(IpAddress address) -> table.removeOuter(address);
        case Entry.Key.Inner inner -> table.removeInner(inner.prefix());
        case Entry.Key.Virtual(IpAddress address) ->
            virtualChanged |= virtualAddresses.remove(address);
      }
    }
    if (virtualChanged) {
      context = newContext();
    }
  }

  /** {@link DataPlane#prune}. */
  public void prune(List<Entry> wanted) {
    Set<Entry.Key> keep = new HashSet<>();
    wanted.forEach(entry -> keep.add(entry.key()));
    List<Entry.Key> present = new ArrayList<>();
    table.forEachOuter((address, _) -> present.add(new Entry.Key.Outer(address)));
    table.forEachInner((prefix, _) -> present.add(new Entry.Key.Inner(prefix)));
    virtualAddresses.forEach(address -> present.add(new Entry.Key.Virtual(address)));
    servers.keySet().forEach(index -> present.add(new Entry.Key.Server(index)));
    present.removeIf(keep::contains);
    delete(present);
  }

  /** {@link DataPlane#lookup}. */
  public int lookup(IpAddress address) {
    return settings.side() == Side.OUTER ? table.outer(address) : table.inner(address);
  }

  /** {@link DataPlane#room}. */
  public List<Room> room() {
    return table.room();
  }

  /** {@link DataPlane#stats}. */
  public DataPlaneStats stats(long sendFailures) {
    Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    byReason.forEach(
        (reason, counter) -> {
          if (counter.sum() > 0) {
            reasons.put(reason, counter.sum());
          }
        });
    TreeMap<Integer, ServerStats> perServer = new TreeMap<>();
    for (int index : servers.keySet()) {
      perServer.put(
          index,
          new ServerStats(
              table.packets(index), table.bytes(index), table.unreachablePackets(index)));
    }
    return new DataPlaneStats(perServer, reasons, unreachable.sum(), sendFailures, misses.most());
  }

  @Override
  public void close() {
    table.close();
  }

  private LongAdder counter(Reason reason) {
    return Objects.requireNonNull(byReason.get(reason)); // each has one
  }

  private PacketContext newContext() {
    return PacketContext.of(
        settings.side(), directorMac, List.copyOf(virtualAddresses), settings.localAddresses());
  }
}
