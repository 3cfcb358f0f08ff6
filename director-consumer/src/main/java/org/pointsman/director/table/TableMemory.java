package org.pointsman.director.table;

import java.lang.foreign.MemorySegment;
import org.pointsman.director.table.SteeringTableLayout.Section;

/**
 * Where a {@link SteeringTable}'s bytes live: this process's own memory ({@link #ofProcess}), or
 * memory that is shared with another reader.
 */
public interface TableMemory extends AutoCloseable {

  /**
   * The memory of one section: {@code bytes} long, aligned to 64 bytes, zero. Asked for once for
   * each section.
   */
  MemorySegment section(Section section, long bytes);

  /** Gives the memory back; whoever reads it afterwards gets an {@link IllegalStateException}. */
  @Override
  void close();

  /**
   * Memory of this process. Pages are taken from the operating system when they are first written,
   * so what is reserved for inner prefixes costs nothing on an outer director.
   */
  static TableMemory ofProcess() {
    return new ProcessMemory();
  }
}
