package org.pointsman.nms.cli;

import java.io.Console;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Where standard error goes. {@link System#console} knows of standard input and output only, and an
 * import may have both of these redirected.
 */
final class StandardError {
  private static final int DESCRIPTOR = 2;

  private StandardError() {}

  /** True if a person looks at it. */
  static boolean isTerminal() {
    Optional<MemorySegment> isatty = Linker.nativeLinker().defaultLookup().find("isatty");
    return isatty.isPresent()
        ? isTerminal(isatty.get())
        : Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  /**
   * @param isatty POSIX's {@code int isatty(int)}
   */
  @SuppressWarnings("restricted") // launchers enable native access
  private static boolean isTerminal(MemorySegment isatty) {
    FunctionDescriptor signature =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    try {
      return (int) Linker.nativeLinker().downcallHandle(isatty, signature).invokeExact(DESCRIPTOR)
          == 1;
    } catch (Throwable impossible) {
      throw new IllegalStateException("isatty cannot fail", impossible);
    }
  }
}
