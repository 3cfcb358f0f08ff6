package org.pointsman.director.dataplane.xdp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.pointsman.director.dataplane.DataPlaneStats.MissedAddress;
import org.pointsman.director.dataplane.DataPlaneStats.ServerStats;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.packet.Reason;
import org.pointsman.director.table.SteeringTableLayout.Section;
import org.pointsman.director.table.TableLimits;
import org.pointsman.director.table.TableMemory;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;

/**
 * The program in the kernel, with maps of its own: loaded, but nowhere attached.
 *
 * <p>A program is made for one side and one size; to change either, another one is made and takes
 * its place ({@link XdpAttachment}). Of the table only the sections of its side are in the kernel.
 */
public final class XdpProgram implements AutoCloseable {
  /** Room for virtual addresses on the outer side, for the director's own on the inner side. */
  static final TableLimits OWN_ADDRESSES = TableLimits.forTunnels(4096);

  private static final String RESOURCE = "steer.bpf.o";
  private static final String PROGRAM = "steer";
  private static final int LOG_BYTES = 1 << 24;
  private static final int SERVER_COUNTERS_BYTES = 24;
  private static final int MISSED_BYTES = 24;
  private static final int REASON_COUNTERS = 32;

  private static final Set<Section> OUTER =
      EnumSet.of(
          Section.HEADER,
          Section.SERVERS,
          Section.OUTER_V4,
          Section.OUTER_V6,
          Section.OUTER_V6_ENTRIES);
  private static final Set<Section> INNER =
      EnumSet.of(
          Section.HEADER,
          Section.SERVERS,
          Section.INNER_V4_SPANS,
          Section.INNER_V4_CELLS,
          Section.INNER_V4_GROUPS,
          Section.INNER_V4_SMALL_GROUPS,
          Section.INNER_V4_NARROW_GROUPS,
          Section.INNER_V6,
          Section.INNER_V6_ENTRIES);
  private static final Map<Section, String> OWN =
      new EnumMap<>(
          Map.of(
              Section.HEADER, "own_header",
              Section.OUTER_V4, "own_v4",
              Section.OUTER_V6, "own_v6",
              Section.OUTER_V6_ENTRIES, "own_v6_entries"));

  private final Libbpf libbpf;
  private final MemorySegment object;
  private final int fd;
  private final Map<Section, String> sections;
  private final int cpus;

  private XdpProgram(Libbpf libbpf, MemorySegment object, int fd, Map<Section, String> sections) {
    this.libbpf = libbpf;
    this.object = object;
    this.fd = fd;
    this.sections = sections;
    this.cpus = libbpf.possibleCpus();
  }

  /**
   * Loads the program that was built with this code.
   *
   * @param directorMac the address of the frames to steer
   * @param sourceMac the address from which servers get them
   * @throws XdpPlaneException if libbpf, the program or the right to load it is missing, or the
   *     kernel refuses it
   */
  public static XdpProgram load(
      PlaneSettings settings, MacAddress directorMac, MacAddress sourceMac) {
    return load(resource(), PROGRAM, settings, directorMac, sourceMac, _ -> {});
  }

  /** What else is to be set in an object before it is loaded. */
  interface Preparation {
    void prepare(MemorySegment object);
  }

  /** As the other one, with an object that has these maps and variables and a program of a name. */
  static XdpProgram load(
      byte[] elf,
      String program,
      PlaneSettings settings,
      MacAddress directorMac,
      MacAddress sourceMac,
      Preparation preparation) {
    Libbpf libbpf = Libbpf.require();
    MemorySegment object = libbpf.open(elf, "pointsman");
    try {
      Map<Section, String> sections = new EnumMap<>(Section.class);
      for (Section section : settings.side() == Side.OUTER ? OUTER : INNER) {
        sections.put(section, section.name().toLowerCase(Locale.ROOT));
      }
      size(libbpf, object, sections, settings.limits());
      size(libbpf, object, OWN, OWN_ADDRESSES);
      setConstants(libbpf, object, settings, directorMac, sourceMac);
      setSizes(libbpf, object, settings.limits());
      preparation.prepare(object);
      int fd = load(libbpf, object, program);
      return new XdpProgram(libbpf, object, fd, sections);
    } catch (RuntimeException failed) {
      libbpf.close(object);
      throw failed;
    }
  }

  /** Whether the jar has the program. */
  static boolean isBuilt() {
    return XdpProgram.class.getResource(RESOURCE) != null;
  }

  private static byte[] resource() {
    try (InputStream in = XdpProgram.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new XdpPlaneException(
            "expected the XDP program in the jar but it was built without; install clang and libbpf's headers (Debian, Ubuntu: clang llvm libbpf-dev) and build it again");
      }
      return in.readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static void size(
      Libbpf libbpf, MemorySegment object, Map<Section, String> sections, TableLimits limits) {
    sections.forEach(
        (section, name) -> {
          MemorySegment map = libbpf.map(object, name);
          long elements = section.bytes(limits) / libbpf.valueSize(map);
          libbpf.setMaxEntries(map, Math.toIntExact(elements));
        });
  }

  /** The layout of {@code .rodata}: the constants in steer.bpf.c, in their order. */
  private static void setConstants(
      Libbpf libbpf,
      MemorySegment object,
      PlaneSettings settings,
      MacAddress directorMac,
      MacAddress sourceMac) {
    MemorySegment constants = libbpf.initialValue(libbpf.map(object, ".rodata"));
    constants.set(ValueLayout.JAVA_INT, 0, settings.side() == Side.INNER ? 1 : 0);
    constants.set(ValueLayout.JAVA_INT, 4, settings.onMiss() == OnMiss.DROP ? 1 : 0);
    setMac(constants, 8, directorMac);
    setMac(constants, 16, sourceMac);
  }

  /** The layout of {@code .rodata.sizes} in lookups.h. */
  private static void setSizes(Libbpf libbpf, MemorySegment object, TableLimits limits) {
    MemorySegment sizes = libbpf.initialValue(libbpf.map(object, ".rodata.sizes"));
    int at = 0;
    for (TableLimits table : List.of(limits, OWN_ADDRESSES)) {
      sizes.setAtIndex(ValueLayout.JAVA_INT, at++, table.outerV4Buckets());
      sizes.setAtIndex(ValueLayout.JAVA_INT, at++, table.outerV4TagShift());
    }
  }

  private static void setMac(MemorySegment at, long offset, MacAddress mac) {
    for (int i = 0; i < 6; i++) {
      at.set(ValueLayout.JAVA_BYTE, offset + i, (byte) (mac.bits() >>> (40 - 8 * i)));
    }
  }

  private static int load(Libbpf libbpf, MemorySegment object, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment log = arena.allocate(LOG_BYTES);
      MemorySegment program = libbpf.program(object, name);
      libbpf.setLogBuffer(program, log);
      String _ = libbpf.takeSaid();
      int result = libbpf.load(object);
      if (result < 0) {
        throw refused(-result, libbpf.takeSaid(), Libbpf.text(log));
      }
      return libbpf.programFd(program);
    }
  }

  private static XdpPlaneException refused(int errno, String said, String verifier) {
    List<String> missing = Capabilities.missing();
    if (!missing.isEmpty() || errno == Libc.EPERM) {
      return new XdpPlaneException(
          "expected to load the XDP program but this process may not (%s)%s; run it as root or with the capabilities BPF, NET_ADMIN and PERFMON"
              .formatted(
                  Libc.error(errno),
                  missing.isEmpty() ? "" : ", for it lacks " + String.join(", ", missing)));
    }
    String what = verifier.isEmpty() ? said : "what its verifier says:%n%s".formatted(verifier);
    return new XdpPlaneException(
        "expected the kernel to take the XDP program but it answered '%s'; a kernel of 5.15 or newer does, so please report %s"
            .formatted(Libc.error(errno), what));
  }

  int fd() {
    return fd;
  }

  /** The descriptor of one of its maps. */
  int mapFd(String name) {
    return libbpf.mapFd(libbpf.map(object, name));
  }

  /** The maps by name, to be pinned. */
  Map<String, Integer> maps() {
    List<String> names = new ArrayList<>(sections.values());
    names.addAll(OWN.values());
    names.addAll(List.of("server_counters", "reason_counters", "misses"));
    Map<String, Integer> fds = new TreeMap<>();
    names.forEach(name -> fds.put(name, mapFd(name)));
    return fds;
  }

  // ---- its memory ----------------------------------------------------------------------------

  /** The memory of the table that it reads. Sections of the other side are this process's own. */
  public TableMemory tableMemory() {
    return new MappedMemory(sections);
  }

  /** The memory of its second table: the addresses that are the director's, as outer ones. */
  public TableMemory ownMemory() {
    return new MappedMemory(OWN);
  }

  private final class MappedMemory implements TableMemory {
    private final Map<Section, String> mapped;
    private final Arena arena = Arena.ofShared();
    private final TableMemory others = TableMemory.ofProcess();

    MappedMemory(Map<Section, String> mapped) {
      this.mapped = mapped;
    }

    @Override
    public MemorySegment section(Section section, long bytes) {
      String name = mapped.get(section);
      return name == null ? others.section(section, bytes) : Libc.map(mapFd(name), bytes, arena);
    }

    @Override
    public void close() {
      arena.close();
      others.close();
    }
  }

  /** Says on which interface frames leave; 0 for the one they came in on. */
  void setOutInterface(int index) {
    try (Arena arena = Arena.ofConfined()) {
      int result =
          libbpf.update(
              mapFd(".bss"),
              arena.allocateFrom(ValueLayout.JAVA_INT, 0),
              arena.allocateFrom(ValueLayout.JAVA_INT, index));
      if (result < 0) {
        throw new IllegalStateException("no word to the program: " + Libc.error(-result));
      }
    }
  }

  // ---- its counters --------------------------------------------------------------------------

  /** Packets by reason, of all processors. */
  public Map<Reason, Long> packetsByReason() {
    Map<Reason, Long> packets = new EnumMap<>(Reason.class);
    try (Arena arena = Arena.ofConfined()) {
      long[] sums = ofAllProcessors(arena, "reason_counters", 0, REASON_COUNTERS);
      Reason[] reasons = Reason.values(); // the program numbers them in this order
      for (int i = 0; i < reasons.length; i++) {
        if (sums[i] > 0) {
          packets.put(reasons[i], sums[i]);
        }
      }
    }
    return packets;
  }

  /** What went to a server, of all processors. */
  ServerStats server(int index) {
    try (Arena arena = Arena.ofConfined()) {
      long[] sums = ofAllProcessors(arena, "server_counters", index, 3);
      return new ServerStats(sums[0], sums[1], sums[2]);
    }
  }

  void forgetServer(int index) {
    try (Arena arena = Arena.ofConfined()) {
      int map = mapFd("server_counters");
      int _ =
          libbpf.update(
              map,
              arena.allocateFrom(ValueLayout.JAVA_INT, index),
              arena.allocate((long) SERVER_COUNTERS_BYTES * cpus, 8));
    }
  }

  private long[] ofAllProcessors(Arena arena, String map, int index, int numbers) {
    MemorySegment values = arena.allocate(8L * numbers * cpus, 8);
    MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_INT, index);
    long[] sums = new long[numbers];
    if (libbpf.lookup(mapFd(map), key, values)) {
      for (int i = 0; i < numbers * cpus; i++) {
        sums[i % numbers] += values.getAtIndex(ValueLayout.JAVA_LONG, i);
      }
    }
    return sums;
  }

  /** The addresses that were missed last, in no order. */
  List<MissedAddress> missed() {
    int map = mapFd("misses");
    List<MissedAddress> missed = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(MISSED_BYTES, 8);
      MemorySegment next = arena.allocate(MISSED_BYTES, 8);
      MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
      boolean more = libbpf.nextKey(map, MemorySegment.NULL, next);
      // Keys may come and go meanwhile and lead back to the first: so there is a bound.
      for (int i = 0; more && i < 8192; i++) {
        key.copyFrom(next);
        if (libbpf.lookup(map, key, count)) {
          long low = key.get(ValueLayout.JAVA_LONG, 8);
          boolean v4 = key.get(ValueLayout.JAVA_LONG, 16) != 0;
          IpAddress address =
              v4 ? IpAddress.v4((int) low) : IpAddress.v6(key.get(ValueLayout.JAVA_LONG, 0), low);
          missed.add(new MissedAddress(address, count.get(ValueLayout.JAVA_LONG, 0)));
        }
        more = libbpf.nextKey(map, key, next);
      }
    }
    return missed;
  }

  @Override
  public void close() {
    libbpf.close(object);
  }
}
