package org.pointsman.nms.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/**
 * Does something as a user who may do little. To Linux each thread has rights of its own; only the
 * C library sees to it that a process's threads have the same. So a thread that asks the kernel
 * itself gives up root's alone, and ends with the work.
 */
final class WithoutRights {
  private static final long NOBODY = 65_534;

  private WithoutRights() {}

  /** Whoever is not root already has none. */
  static <T> T run(Callable<T> task) throws Exception {
    FutureTask<T> work =
        new FutureTask<>(
            () -> {
              if ("root".equals(System.getProperty("user.name"))) {
                giveUp();
              }
              return task.call();
            });
    Thread.ofPlatform().name("without-rights").start(work);
    return work.get();
  }

  @SuppressWarnings("restricted")
  private static void giveUp() throws Exception {
    long setresuid =
        switch (System.getProperty("os.arch")) {
          case "amd64" -> 117;
          case "aarch64" -> 147;
          default -> throw new IllegalStateException("setresuid's number is not known here");
        };
    Linker linker = Linker.nativeLinker();
    MethodHandle syscall =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    try {
      long result = (long) syscall.invokeExact(setresuid, NOBODY, NOBODY, NOBODY);
      if (result != 0) {
        throw new IllegalStateException("the kernel keeps this thread root");
      }
    } catch (Exception | Error known) {
      throw known;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
