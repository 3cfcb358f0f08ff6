package org.pointsman.director.dataplane.xdp;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.dataplane.DataPlane;
import org.pointsman.director.dataplane.DataPlaneStats;
import org.pointsman.director.dataplane.DataPlaneStats.MissedAddress;
import org.pointsman.director.dataplane.DataPlaneStats.ServerStats;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.TableWriter;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.Room;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steers in the kernel: this process writes the table, an XDP program reads it.
 *
 * <p>What is attached steers on when this process ends, in whatever way, by the table as it was
 * then. A plane that is made anew fills a table of its own, which nobody reads yet, and at {@link
 * #start} takes the place of the old one without losing a packet; so it need not trust what it
 * finds, and may be of another size. It counts from there: counters are not carried over. {@link
 * #detach} ends the steering.
 *
 * <p>If the interface goes away, the plane waits for one of its name and attaches again.
 */
public final class XdpDataPlane implements DataPlane {
  public static final String NAME = "xdp";

  private static final Logger log = LoggerFactory.getLogger(XdpDataPlane.class);

  private static final long LOOK_SECONDS = 1;
  private static final int MISSED_SHOWN = 20;

  private final PlaneSettings plane;
  private final XdpSettings settings;
  private final MacAddress directorMac;
  private final XdpProgram program;
  private final SteeringTable table;
  private final SteeringTable own;
  private final TableWriter writer;
  private final AtomicLong unreachableOfTheGone = new AtomicLong();
  private final Thread watch;
  private final CountDownLatch closed = new CountDownLatch(1);
  private int out;
  private volatile @Nullable XdpAttachment attachment;
  private volatile @Nullable String problem;

  /**
   * Loads the program; {@link #start} attaches it.
   *
   * @throws XdpPlaneException if libbpf, the program, an interface, a BPF file system or the right
   *     to use them is missing, or the kernel refuses the program
   */
  public XdpDataPlane(PlaneSettings plane, XdpSettings settings) {
    this.plane = plane;
    this.settings = settings;
    var _ = Libbpf.require();
    var _ = Libc.requireInterface(settings.in());
    MacAddress given = settings.directorMac();
    directorMac = given != null ? given : Libc.macOf(settings.in());
    String outName = settings.out();
    out = leavesElsewhere() ? Libc.requireInterface(String.valueOf(outName)) : 0;
    MacAddress source = outName == null ? directorMac : Libc.macOf(outName);
    BpfFileSystem.require(settings.folder());
    program = XdpProgram.load(plane, directorMac, source);
    program.setOutInterface(out);
    table = new SteeringTable(plane.limits(), program.tableMemory(), System::nanoTime);
    own = new SteeringTable(XdpProgram.OWN_ADDRESSES, program.ownMemory(), System::nanoTime);
    writer = new TableWriter(plane.side(), table, new Beside());
    if (plane.side() == Side.INNER) {
      plane.localAddresses().forEach(address -> own.putOuter(address, 1));
    }
    watch = new Thread(this::watch, "xdp-" + settings.in());
    watch.setDaemon(true);
  }

  private boolean leavesElsewhere() {
    return settings.out() != null && !settings.out().equals(settings.in());
  }

  /** What the table does not hold: virtual addresses, and the kernel's counters. */
  private final class Beside implements TableWriter.Beside {
    @Override
    public void addVirtual(IpAddress address) {
      if (plane.side() == Side.OUTER) {
        own.putOuter(address, 1);
      }
    }

    @Override
    public void removeVirtual(IpAddress address) {
      if (plane.side() == Side.OUTER) {
        own.removeOuter(address);
      }
    }

    @Override
    public void forgetServer(int index) {
      unreachableOfTheGone.addAndGet(program.server(index).unreachable());
      program.forgetServer(index);
    }
  }

  /**
   * Takes a director's program off its interface and removes all that is pinned for it, whether the
   * director runs or not. Nothing of its side is steered any more.
   *
   * @param name the director's name
   * @param pins {@link XdpSettings#PINS}, if not told otherwise
   * @return what was removed; empty if there was nothing
   * @throws XdpPlaneException if libbpf or the right to do it is missing
   */
  public static List<Path> detach(Path pins, String name) {
    return XdpAttachment.detach(XdpSettings.folder(pins, name));
  }

  /** The address of the frames that are steered. */
  public MacAddress directorMac() {
    return directorMac;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    attach(Libc.requireInterface(settings.in()));
    watch.start();
  }

  private void attach(int index) {
    attachment =
        XdpAttachment.establish(settings.folder(), program, settings.in(), index, settings.mode());
  }

  @Override
  public List<Refusal> update(List<Entry> entries) {
    return writer.update(entries);
  }

  @Override
  public void delete(List<Entry.Key> keys) {
    writer.delete(keys);
  }

  @Override
  public boolean isEmpty() {
    return writer.isEmpty();
  }

  @Override
  public void prune(List<Entry> wanted) {
    writer.prune(wanted);
  }

  @Override
  public int lookup(IpAddress address) {
    return writer.lookup(address);
  }

  @Override
  public List<Room> room() {
    return table.room();
  }

  @Override
  public Set<Integer> unresolved() {
    return writer.unresolved();
  }

  /** Failures to send are the driver's to count: see {@code ethtool -S}. */
  @Override
  public DataPlaneStats stats() {
    TreeMap<Integer, ServerStats> servers = new TreeMap<>();
    long unreachable = unreachableOfTheGone.get();
    for (int index : writer.servers()) {
      ServerStats server = program.server(index);
      servers.put(index, server);
      unreachable += server.unreachable();
    }
    List<MissedAddress> missed =
        program.missed().stream()
            .sorted(
                Comparator.comparingLong(MissedAddress::packets)
                    .reversed()
                    .thenComparing(MissedAddress::address))
            .limit(MISSED_SHOWN)
            .toList();
    return new DataPlaneStats(servers, program.packetsByReason(), unreachable, 0, missed);
  }

  @Override
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** Lets go of everything. The kernel steers on by the table as it is now. */
  @Override
  public void close() {
    closed.countDown();
    try {
      watch.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return; // the thread may still be reading: leave it its memory
    }
    XdpAttachment attached = attachment;
    if (attached != null) {
      attached.close();
    }
    table.close();
    own.close();
    program.close();
  }

  // ---- interfaces come and go ----------------------------------------------------------------

  private void watch() {
    try {
      while (!closed.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
        look();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    String now;
    try {
      now = lookAtIn().or(this::lookAtOut).orElse(null);
    } catch (XdpPlaneException still) {
      now = still.getMessage();
    }
    if (now != null && problem == null) {
      log.warn("{}; looking again every {} s", now, LOOK_SECONDS);
    } else if (now == null && problem != null) {
      log.warn("interface {} is steered again", settings.in());
    }
    problem = now;
  }

  private Optional<String> lookAtIn() {
    XdpAttachment attached = attachment;
    if (attached != null && attached.isAttached()) {
      return Optional.empty();
    }
    if (attached != null && !attached.isPinned()) {
      return Optional.of(
          "the program was detached from interface %s; start the director again to steer"
              .formatted(settings.in()));
    }
    int index = Libc.interfaceIndex(settings.in());
    if (index == 0) {
      return Optional.of("interface %s is gone".formatted(settings.in()));
    }
    if (settings.directorMac() == null && !Libc.macOf(settings.in()).equals(directorMac)) {
      return Optional.of(
          "interface %s has another Ethernet address than before; start the director again"
              .formatted(settings.in()));
    }
    attach(index);
    if (attached != null) {
      attached.close();
    }
    return Optional.empty();
  }

  private Optional<String> lookAtOut() {
    if (!leavesElsewhere()) {
      return Optional.empty();
    }
    int index = Libc.interfaceIndex(String.valueOf(settings.out()));
    if (index == 0) {
      return Optional.of("interface %s is gone".formatted(settings.out()));
    }
    if (index != out) {
      out = index;
      program.setOutInterface(index);
    }
    return Optional.empty();
  }
}
