package org.pointsman.director.table;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.pointsman.director.table.SteeringTableLayout.Section;

/**
 * Zeroed memory of this process from C's {@code calloc}.
 *
 * <p>{@link Arena#allocate} would write zeros over the whole block and so make every page of it
 * real. {@code calloc} takes large blocks fresh from the operating system, which hands them out
 * zeroed, page by page, when they are first touched; and it is in every C library.
 *
 * <p>Linux is asked for large pages in large sections (madvise(2), MADV_HUGEPAGE), since addresses
 * looked up are anywhere in them: with small pages a processor cannot remember where all of these
 * are. Where there are none to be had, small ones will do.
 */
final class ProcessMemory implements TableMemory {
  private static final long ALIGNMENT = 64;
  private static final long LARGE_PAGE = 2 << 20;
  private static final int MADV_HUGEPAGE = 14;
  private static final MethodHandle CALLOC;
  private static final MethodHandle FREE;
  private static final Optional<MethodHandle> MADVISE;

  static {
    Linker linker = Linker.nativeLinker();
    SymbolLookup c = linker.defaultLookup();
    CALLOC =
        link(
            linker,
            c.findOrThrow("calloc"),
            FunctionDescriptor.of(
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    FREE = link(linker, c.findOrThrow("free"), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
    FunctionDescriptor madvise =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
    MADVISE =
        System.getProperty("os.name").equals("Linux")
            ? c.find("madvise").map(address -> link(linker, address, madvise))
            : Optional.empty();
  }

  private final Arena arena = Arena.ofShared();

  @SuppressWarnings("restricted") // launchers enable native access
  private static MethodHandle link(Linker linker, MemorySegment address, FunctionDescriptor shape) {
    return linker.downcallHandle(address, shape);
  }

  @Override
  @SuppressWarnings("restricted")
  public MemorySegment section(Section section, long bytes) {
    long alignment = bytes < 2 * LARGE_PAGE ? ALIGNMENT : LARGE_PAGE;
    long size = bytes + alignment;
    MemorySegment block = calloc(size);
    if (block.equals(MemorySegment.NULL)) {
      throw new OutOfMemoryError(
          "expected %,d bytes for the table's section %s but the system has none; lower --max-tunnels"
              .formatted(bytes, section));
    }
    long skip = -block.address() & (alignment - 1);
    MemorySegment made =
        block.reinterpret(size, arena, ProcessMemory::free).asSlice(skip, bytes, alignment);
    if (alignment == LARGE_PAGE) {
      MADVISE.ifPresent(madvise -> askForLargePages(madvise, made));
    }
    return made;
  }

  private static void askForLargePages(MethodHandle madvise, MemorySegment section) {
    long whole = section.byteSize() / LARGE_PAGE * LARGE_PAGE;
    try {
      int _ = (int) madvise.invokeExact(section, whole, MADV_HUGEPAGE); // a wish
    } catch (Throwable impossible) {
      throw new AssertionError("madvise throws nothing", impossible);
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  private static MemorySegment calloc(long bytes) {
    try {
      return (MemorySegment) CALLOC.invokeExact(1L, bytes);
    } catch (Throwable impossible) {
      throw new AssertionError("calloc throws nothing", impossible);
    }
  }

  private static void free(MemorySegment block) {
    try {
      FREE.invokeExact(block);
    } catch (Throwable impossible) {
      throw new AssertionError("free throws nothing", impossible);
    }
  }
}
