package org.pointsman.director.table;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.pointsman.director.table.SteeringTableLayout.Section;

/**
 * Zeroed memory of this process from C's {@code calloc}.
 *
 * <p>{@link Arena#allocate} would write zeros over the whole block and so make every page of it
 * real. {@code calloc} takes large blocks fresh from the operating system, which hands them out
 * zeroed, page by page, when they are first touched; and it is in every C library.
 */
final class ProcessMemory implements TableMemory {
  private static final long ALIGNMENT = 64;
  private static final MethodHandle CALLOC;
  private static final MethodHandle FREE;

  static {
    Linker linker = Linker.nativeLinker();
    CALLOC = link(linker, "calloc", true);
    FREE = link(linker, "free", false);
  }

  private final Arena arena = Arena.ofShared();

  @SuppressWarnings("restricted") // launchers enable native access
  private static MethodHandle link(Linker linker, String name, boolean allocates) {
    MemorySegment address = linker.defaultLookup().findOrThrow(name);
    return linker.downcallHandle(
        address,
        allocates
            ? FunctionDescriptor.of(
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG)
            : FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
  }

  @Override
  @SuppressWarnings("restricted")
  public MemorySegment section(Section section, long bytes) {
    long size = bytes + ALIGNMENT;
    MemorySegment block = calloc(size);
    if (block.equals(MemorySegment.NULL)) {
      throw new OutOfMemoryError(
          "expected %,d bytes for the table's section %s but the system has none; lower --max-tunnels"
              .formatted(bytes, section));
    }
    long skip = -block.address() & (ALIGNMENT - 1);
    return block.reinterpret(size, arena, ProcessMemory::free).asSlice(skip, bytes);
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
