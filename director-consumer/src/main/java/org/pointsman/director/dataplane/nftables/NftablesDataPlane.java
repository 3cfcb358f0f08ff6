package org.pointsman.director.dataplane.nftables;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.dataplane.DataPlane;
import org.pointsman.director.dataplane.DataPlaneStats;
import org.pointsman.director.dataplane.DataPlaneStats.MissedAddress;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.Room;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steers in the kernel, with a table of nftables at the ingress of an interface.
 *
 * <p>The table outlives this object and its process: {@link #close} leaves it steering, and the
 * next director of the same name takes it over, finds out what it has, and changes what is
 * different. {@link #detach} removes it. A director with other settings makes a table of its own,
 * fills it, and lets it take the old one's place in one moment.
 *
 * <p>Whatever else changes the host's rules (a firewall that is loaded anew flushes all tables) may
 * take the table away, and an interface may go and come back. A thread looks every second, says so
 * in {@link #problem}, and puts it right.
 */
public final class NftablesDataPlane implements DataPlane {
  public static final String NAME = "nftables";

  private static final Logger log = LoggerFactory.getLogger(NftablesDataPlane.class);

  private static final long LOOK_SECONDS = 1;

  /** Entries for one transaction, so that the memory for it stays small. */
  private static final int MOST_ENTRIES = 100_000;

  /** No element takes more in a message. */
  private static final int ELEMENT_BYTES = 80;

  /** A prefix takes at most two ranges away and brings three, each with a beginning and an end. */
  private static final int ELEMENTS_OF_ENTRY = 10;

  /** Elements that are read back; to make a table anew is faster than to read more. */
  private static final int MOST_READ = 250_000;

  private final PlaneSettings plane;
  private final NftablesSettings settings;
  private final Netlink netlink;
  private final Netlink route;
  private final WantedTable wanted;
  private final PacketCounts counts = new PacketCounts();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private KernelTable table;
  private TableState found = TableState.EMPTY;
  private boolean started;
  private boolean isRight = true;
  private List<MissedAddress> missed = List.of();
  private volatile @Nullable String problem;

  /**
   * Finds the table that is there, or makes one; {@link #start} lets it steer.
   *
   * @throws NftablesException if a library, an interface, or the right to use it is missing
   */
  public NftablesDataPlane(PlaneSettings plane, NftablesSettings settings) {
    CLibrary.missing()
        .ifPresent(
            missing -> {
              throw missing;
            });
    this.plane = plane;
    this.settings = settings;
    this.netlink = new Netlink(Netlink.NETFILTER);
    this.route = new Netlink(Netlink.ROUTE);
    this.wanted = new WantedTable(plane);
    try {
      Program program = program();
      Optional<KernelTable> steering = steering(program);
      Optional<TableState> known = steering.flatMap(t -> t.read(MOST_READ));
      if (steering.isPresent() && known.isPresent()) {
        table = steering.get();
        found = known.get();
        wanted.marks().adopt(found.servers());
        counts.begin(table.counters());
        log.info("table {} is there and steers on", table.name());
      } else {
        table = make(program);
      }
    } catch (NftablesException unusable) {
      closeAll();
      throw unusable;
    }
    this.thread = new Thread(this::run, "nftables-" + settings.in());
    thread.setDaemon(true);
  }

  /**
   * Removes the tables of a director, so that nothing is steered any more. Where the libraries are
   * missing no director can have left one.
   *
   * @param name the director's name
   * @return the names of the tables that were there
   * @throws NftablesException if they cannot be removed
   */
  public static List<String> detach(String name) {
    if (CLibrary.missing().isPresent()) {
      return List.of();
    }
    try (Netlink netlink = new Netlink(Netlink.NETFILTER)) {
      List<String> names = KernelTable.names(netlink, prefix(name));
      if (!names.isEmpty()) {
        KernelTable.delete(netlink, names);
      }
      return names;
    }
  }

  /** The name of its table at present. */
  public synchronized String table() {
    return table.name();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public synchronized void start() {
    try {
      bring(found);
      if (!table.isHooked()) {
        hook();
      }
    } catch (NftablesException failure) {
      failed(failure);
    }
    found = TableState.EMPTY;
    wanted.marks().settle();
    started = true;
    thread.start();
  }

  @Override
  public synchronized List<Refusal> update(List<Entry> entries) {
    List<Refusal> refused = new ArrayList<>();
    int most = mostEntries();
    for (int from = 0; from < entries.size(); ) {
      int to = from + Math.min(most, entries.size() - from);
      Changes changes = new Changes();
      List<Entry> part = entries.subList(from, to);
      from = to;
      refused.addAll(wanted.update(part, changes));
      commit(changes);
    }
    return refused;
  }

  @Override
  public synchronized void delete(List<Entry.Key> keys) {
    int most = mostEntries();
    for (int from = 0; from < keys.size(); ) {
      int to = from + Math.min(most, keys.size() - from);
      Changes changes = new Changes();
      wanted.delete(keys.subList(from, to), changes);
      from = to;
      commit(changes);
    }
  }

  @Override
  public synchronized boolean isEmpty() {
    return wanted.isEmpty();
  }

  @Override
  public synchronized void prune(List<Entry> entries) {
    delete(wanted.except(entries));
  }

  @Override
  public synchronized int lookup(IpAddress address) {
    return wanted.lookup(address);
  }

  @Override
  public synchronized Set<Integer> unresolved() {
    return wanted.unresolved();
  }

  @Override
  public synchronized List<Room> room() {
    return wanted.room();
  }

  @Override
  public synchronized DataPlaneStats stats() {
    try {
      counts.see(table.counters());
      missed = table.missed();
    } catch (NftablesException away) {
      log.debug("the counters stay as they were", away);
    }
    Map<Integer, Integer> marks = new TreeMap<>();
    wanted.servers().forEach(index -> marks.put(index, wanted.marks().of(index)));
    return counts.stats(marks, missed);
  }

  @Override
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** Ends; the table goes on steering as it is. */
  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return; // the thread may still use what would be closed
    }
    synchronized (this) {
      closeAll();
    }
  }

  private void closeAll() {
    netlink.close();
    route.close();
    wanted.close();
  }

  // ---- the table -----------------------------------------------------------------------------

  /** The rules of the table, and a name that tells its settings apart. */
  private record Program(String name, Ruleset rules) {
    /** A table has the name, or this one while another of the name still steers. */
    String otherName() {
      return name + "_2";
    }
  }

  private Program program() {
    Link in = Link.named(route, settings.in());
    String outName = settings.out() == null ? settings.in() : settings.out();
    Link out = Link.named(route, outName);
    MacAddress own = settings.directorMac();
    MacAddress directorMac = own != null ? own : mac(settings.in(), in);
    MacAddress source = settings.out() == null ? directorMac : mac(outName, out);
    Ruleset rules = new Ruleset(plane.side(), directorMac, source, outName, plane.onMiss());
    String settled = "%d %d %s".formatted(in.index(), out.index(), rules.text(""));
    return new Program(prefix(settings.name()) + checksum(settled), rules);
  }

  /** The table of this program that steers, if there is one. */
  private Optional<KernelTable> steering(Program program) {
    return Stream.of(program.name(), program.otherName())
        .map(name -> new KernelTable(netlink, name))
        .filter(KernelTable::isHooked)
        .findFirst();
  }

  private static MacAddress mac(String name, Link link) {
    return link.mac()
        .orElseThrow(
            () ->
                new NftablesException(
                    "expected an Ethernet interface but %s has no MAC address; give --director-mac and an Ethernet interface for --out"
                        .formatted(name)));
  }

  /** What the names of a director's tables begin with; names that only look alike differ. */
  private static String prefix(String name) {
    return "pointsman_%s_%s_".formatted(name.replaceAll("[^A-Za-z0-9]", "_"), checksum(name));
  }

  private static String checksum(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return "%08x".formatted(crc.getValue());
  }

  /** A new table, with nothing in it, that does not steer yet. */
  private KernelTable make(Program program) {
    boolean isTaken = new KernelTable(netlink, program.name()).isHooked();
    String name = isTaken ? program.otherName() : program.name();
    if (KernelTable.names(netlink, name).contains(name)) {
      KernelTable.delete(netlink, List.of(name)); // half made, by one who then ended
    }
    Libnftables.run(program.rules().text(name));
    return new KernelTable(netlink, name);
  }

  /** Makes the table in the kernel what it is to be. */
  private void bring(TableState have) {
    for (Changes changes : Difference.between(have, wanted.state(), mostElements())) {
      table.commit(changes);
    }
  }

  private void hook() {
    List<String> others = new ArrayList<>(KernelTable.names(netlink, prefix(settings.name())));
    others.remove(table.name());
    table.hook(settings.in(), others);
    log.info("table {} steers the frames of {}", table.name(), settings.in());
  }

  /** How many entries may be changed in one transaction; before the start there is none. */
  private int mostEntries() {
    return started
        ? Math.min(MOST_ENTRIES, Math.max(1, mostElements() / ELEMENTS_OF_ENTRY))
        : Integer.MAX_VALUE;
  }

  private int mostElements() {
    return Math.min(4 * MOST_ENTRIES, netlink.mostBytes() / ELEMENT_BYTES);
  }

  private void commit(Changes changes) {
    changes.goneMarks().forEach(counts::forget);
    if (!started || !isRight) {
      return; // all of it is compared and brought at once
    }
    try {
      table.commit(changes);
    } catch (NftablesException failure) {
      failed(failure);
    }
  }

  private void failed(NftablesException failure) {
    isRight = false;
    String sentence = failure.getMessage();
    if (!String.valueOf(sentence).equals(problem)) {
      log.warn("table {}: {}", table.name(), sentence);
    }
    problem = sentence;
  }

  // ---- the thread that looks after it --------------------------------------------------------

  private void run() {
    try {
      while (!closed.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
        look();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void look() {
    try {
      Program program = program();
      boolean isThere =
          List.of(program.name(), program.otherName()).contains(table.name()) && table.isHooked();
      if (isThere && isRight) {
        return;
      }
      Optional<TableState> known = isThere ? table.read(MOST_READ) : Optional.empty();
      if (known.isPresent()) {
        bring(known.get());
      } else {
        problem =
            "expected table %s as it was but it is gone or changed; it is made anew"
                .formatted(table.name());
        log.warn("{}", problem);
        counts.beginAnew();
        table = make(program);
        bring(TableState.EMPTY);
        hook();
      }
      isRight = true;
      problem = null;
      log.warn("table {} is right again", table.name());
    } catch (NftablesException still) {
      failed(still);
    }
  }
}
