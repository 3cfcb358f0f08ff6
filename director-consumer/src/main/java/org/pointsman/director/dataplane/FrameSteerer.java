package org.pointsman.director.dataplane;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.dataplane.DataPlaneStats.ServerStats;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.packet.Classification;
import org.pointsman.director.packet.Frames;
import org.pointsman.director.packet.PacketClassifier;
import org.pointsman.director.packet.PacketContext;
import org.pointsman.director.packet.Reason;
import org.pointsman.director.table.Room;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;

/**
 * What the data planes share that handle frames in this process: the table, the way of a frame
 * through classifier and rewrite, and the counters.
 *
 * <p>{@link #handle} is for any number of threads, allocates nothing, and takes no lock except to
 * sample a miss.
 */
public final class FrameSteerer implements AutoCloseable {
  private final PlaneSettings settings;
  private final @Nullable MacAddress directorMac;
  private final long sourceMac;
  private final SteeringTable table;
  private final PacketClassifier classifier;
  private final TableWriter verbs;
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
    this.context = newContext(Set.of());
    this.verbs = new TableWriter(settings.side(), table, new VirtualAddresses());
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

  /** The verbs, for one thread at a time. */
  public TableWriter verbs() {
    return verbs;
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
    for (int index : verbs.servers()) {
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

  private PacketContext newContext(Set<IpAddress> virtualAddresses) {
    return PacketContext.of(
        settings.side(), directorMac, List.copyOf(virtualAddresses), settings.localAddresses());
  }

  private final class VirtualAddresses implements TableWriter.Beside {
    private final Set<IpAddress> present = new TreeSet<>();

    @Override
    public void addVirtual(IpAddress address) {
      present.add(address);
      context = newContext(present);
    }

    @Override
    public void removeVirtual(IpAddress address) {
      present.remove(address);
      context = newContext(present);
    }
  }
}
