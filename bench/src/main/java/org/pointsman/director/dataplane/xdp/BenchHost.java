package org.pointsman.director.dataplane.xdp;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;

/** What a benchmark on a network does to its own thread. */
public final class BenchHost {
  private static final int CLONE_NEWNET = 0x4000_0000;
  private static final int CPU_SET_BYTES = 128;

  /** Shape of {@code sched_setaffinity}. */
  public interface SetAffinity {
    int call(MemorySegment errno, int thread, long bytes, MemorySegment cpus);
  }

  private BenchHost() {}

  /** Processor time of this thread, with the kernel's part; on a busy machine the clock runs on. */
  public static long processorNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** Gives this thread, and what it starts, a network of its own, empty but for a loopback. */
  public static void ownNetwork() {
    SymbolLookup libc = Linker.nativeLinker().defaultLookup();
    Libc.OfInt unshare = CFunctions.bind(libc, "unshare", Libc.OfInt.class);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = CFunctions.errnoState(arena);
      if (unshare.call(errno, CLONE_NEWNET) != 0) {
        throw new XdpPlaneException(
            "expected to make a network namespace but got '%s'; run it as root"
                .formatted(Libc.error(CFunctions.errno(errno))));
      }
    }
  }

  /** Keeps this thread, and so the packets that it sends, on one processor. */
  public static void stayOn(int cpu) {
    SymbolLookup libc = Linker.nativeLinker().defaultLookup();
    SetAffinity set = CFunctions.bind(libc, "sched_setaffinity", SetAffinity.class);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cpus = arena.allocate(CPU_SET_BYTES, 8);
      cpus.set(ValueLayout.JAVA_LONG, cpu / 64 * 8L, 1L << (cpu % 64));
      int _ = set.call(CFunctions.errnoState(arena), 0, CPU_SET_BYTES, cpus);
    }
  }
}
