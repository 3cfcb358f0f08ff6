package org.pointsman.director.dataplane.xdp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;

/**
 * The steering program with one of several lookups, and its maps: {@code bench.bpf.c}. In the XDP
 * plane's own package, which shows the rest of the world less than a benchmark needs.
 */
public final class BenchProgram implements AutoCloseable {
  /** Where IPv4 addresses are looked up; in the order of bench.bpf.c. */
  public enum Lookups {
    TABLE,
    KERNEL,
    NONE
  }

  public static final MacAddress DIRECTOR = MacAddress.parse("02:00:00:00:00:01");
  public static final IpAddress VIP = IpAddress.parse("203.0.113.1");

  private static final String RESOURCE = "/org/pointsman/bench/bench.bpf.o";
  private static final int CONSTANTS_BYTES = 24;
  private static final int BATCH = 65_536;

  /** Shape of {@code bpf_map_update_batch}. */
  public interface UpdateBatch {
    int call(
        MemorySegment errno,
        int fd,
        MemorySegment keys,
        MemorySegment values,
        MemorySegment count,
        MemorySegment options);
  }

  private final XdpProgram program;
  private final Side side;
  private final SteeringTable table;
  private final SteeringTable own;

  private BenchProgram(XdpProgram program, PlaneSettings settings) {
    this.program = program;
    this.side = settings.side();
    this.table = new SteeringTable(settings.limits(), program.tableMemory(), System::nanoTime);
    this.own = new SteeringTable(XdpProgram.OWN_ADDRESSES, program.ownMemory(), System::nanoTime);
    own.putOuter(VIP, 1);
  }

  /**
   * Loads the program that steers one frame again and again, each time for another tunnel.
   *
   * @param tunnels for how many entries there is to be room, in the table and in the kernel's maps
   */
  public static BenchProgram load(Lookups lookups, Pattern pattern, int tunnels) {
    return load("steer_next", lookups, pattern, tunnels, new int[16], 0, 0);
  }

  /**
   * Loads the program that sends a frame with one address after the other.
   *
   * @param frame what is to be sent, with 0 for the address that changes, and no checksum
   * @param interfaceName where to
   */
  public static BenchProgram generator(
      Side side, int[] addresses, byte[] frame, String interfaceName) {
    int sum = 0; // of the IP header, in the byte order that the program has
    for (int at = 14; at < 34; at += 2) {
      sum += (frame[at] & 0xff) | (frame[at + 1] & 0xff) << 8;
    }
    int index = Libc.requireInterface(interfaceName);
    Pattern pattern = side == Side.OUTER ? Pattern.OUTER_RANDOM : Pattern.INNER_BLOCK;
    return load("generate", Lookups.NONE, pattern, 1, addresses, index, sum);
  }

  /** Loads the program that does nothing, to see what a test run costs beside its program. */
  public static BenchProgram nothing() {
    return load("nothing", Lookups.NONE, Pattern.OUTER_RANDOM, 1, new int[16], 0, 0);
  }

  /** Loads the program that counts and drops. */
  public static BenchProgram sink() {
    return load("sink", Lookups.NONE, Pattern.OUTER_RANDOM, 1, new int[16], 0, 0);
  }

  private static BenchProgram load(
      String name,
      Lookups lookups,
      Pattern pattern,
      int room,
      int[] addresses,
      int generateTo,
      int headerSum) {
    PlaneSettings settings =
        new PlaneSettings(pattern.side(), List.of(), OnMiss.DROP, TableLimits.forTunnels(room));
    Libbpf libbpf = Libbpf.require();
    XdpProgram program =
        XdpProgram.load(
            resource(),
            name,
            settings,
            DIRECTOR,
            DIRECTOR,
            object -> {
              MemorySegment constants = libbpf.initialValue(libbpf.map(object, ".rodata.bench"));
              if (constants.byteSize() != CONSTANTS_BYTES) {
                throw new IllegalStateException("bench.bpf.c has other constants");
              }
              constants.set(ValueLayout.JAVA_INT, 0, List.of(Lookups.values()).indexOf(lookups));
              constants.set(ValueLayout.JAVA_INT, 4, addresses.length - 1);
              constants.set(ValueLayout.JAVA_INT, 8, generateTo);
              constants.set(ValueLayout.JAVA_INT, 12, headerSum);
              constants.set(ValueLayout.JAVA_INT, 16, List.of(Pattern.values()).indexOf(pattern));
              constants.set(ValueLayout.JAVA_INT, 20, room);
              libbpf.setMaxEntries(libbpf.map(object, "addresses"), addresses.length / 16);
              int inKernel = lookups == Lookups.KERNEL ? room : 1;
              libbpf.setMaxEntries(libbpf.map(object, "kernel_hash"), inKernel);
              libbpf.setMaxEntries(libbpf.map(object, "kernel_trie"), inKernel);
            });
    BenchProgram made = new BenchProgram(program, settings);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment map = Libc.map(program.mapFd("addresses"), 4L * addresses.length, arena);
      for (int i = 0; i < addresses.length; i++) {
        map.setAtIndex(ValueLayout.JAVA_INT, i, Integer.reverseBytes(addresses[i]));
      }
    }
    return made;
  }

  private static byte[] resource() {
    try (InputStream in = BenchProgram.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new XdpPlaneException(
            "expected bench.bpf.o in the jar but it was built without; install clang and libbpf's headers (Debian, Ubuntu: clang llvm libbpf-dev) and build it again");
      }
      return in.readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  public XdpTestRun testRun() {
    return new XdpTestRun(program);
  }

  /** The table that the program reads if its lookups are in it. */
  public SteeringTable table() {
    return table;
  }

  /** Puts the program on an interface; it stays until {@link #detach}. */
  public int attach(String name) {
    int link =
        Libbpf.require()
            .createXdpLink(program.fd(), Libc.requireInterface(name), XdpMode.NATIVE.flags);
    if (link < 0) {
      throw new XdpPlaneException(name + ": " + Libc.error(-link));
    }
    return link;
  }

  /** Takes a program off again. */
  public static void detach(int link) {
    Libc.close(link);
  }

  /** How many frames its {@code sink} has had. */
  public long arrived() {
    Libbpf libbpf = Libbpf.require();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment values = arena.allocate(8L * libbpf.possibleCpus(), 8);
      MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
      boolean _ = libbpf.lookup(program.mapFd("arrived"), key, values);
      long sum = 0;
      for (long i = 0; i < values.byteSize() / 8; i++) {
        sum += values.getAtIndex(ValueLayout.JAVA_LONG, i);
      }
      return sum;
    }
  }

  /**
   * Fills the kernel's map of this side: outer the hash, inner the trie.
   *
   * @param length of the prefixes on the inner side
   * @param batched with as few calls as possible, else with one for each entry
   * @return nanoseconds of processor time, without making the arrays that the calls take
   */
  public long fillKernelMap(int[] addresses, int length, int[] servers, boolean batched) {
    int keyBytes = side == Side.OUTER ? 4 : 8;
    int fd = program.mapFd(side == Side.OUTER ? "kernel_hash" : "kernel_trie");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment keys = arena.allocate((long) keyBytes * addresses.length, 8);
      MemorySegment values = arena.allocate(4L * addresses.length, 8);
      for (int i = 0; i < addresses.length; i++) {
        values.setAtIndex(ValueLayout.JAVA_INT, i, servers[i]);
        if (side == Side.OUTER) {
          keys.setAtIndex(ValueLayout.JAVA_INT, i, addresses[i]);
        } else {
          keys.setAtIndex(ValueLayout.JAVA_INT, 2L * i, length);
          keys.setAtIndex(ValueLayout.JAVA_INT, 2L * i + 1, Integer.reverseBytes(addresses[i]));
        }
      }
      long start = BenchHost.processorNanos();
      if (batched) {
        inBatches(arena, fd, keys, keyBytes, values);
      } else {
        Libbpf libbpf = Libbpf.require();
        for (int i = 0; i < addresses.length; i++) {
          int result =
              libbpf.update(
                  fd, keys.asSlice((long) keyBytes * i, keyBytes), values.asSlice(4L * i, 4));
          check(result);
        }
      }
      return BenchHost.processorNanos() - start;
    }
  }

  @SuppressWarnings("restricted")
  private static void inBatches(
      Arena arena, int fd, MemorySegment keys, int keyBytes, MemorySegment values) {
    UpdateBatch update =
        CFunctions.bind(
            SymbolLookup.libraryLookup("libbpf.so.1", Arena.global()),
            "bpf_map_update_batch",
            UpdateBatch.class);
    MemorySegment errno = CFunctions.errnoState(arena);
    MemorySegment options = arena.allocate(24, 8);
    options.set(ValueLayout.JAVA_LONG, 0, 24);
    MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
    long all = values.byteSize() / 4;
    for (long from = 0; from < all; from += BATCH) {
      count.set(ValueLayout.JAVA_INT, 0, (int) Math.min(BATCH, all - from));
      check(
          update.call(
              errno, fd, keys.asSlice(from * keyBytes), values.asSlice(4 * from), count, options));
    }
  }

  private static void check(int result) {
    if (result < 0) {
      throw new XdpPlaneException("update refused: " + Libc.error(-result));
    }
  }

  @Override
  public void close() {
    table.close();
    own.close();
    program.close();
  }
}
