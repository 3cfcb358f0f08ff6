package org.pointsman.lab;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.pointsman.cli.CliException;

/**
 * Does something in a network namespace: on a thread of its own that enters it (setns(2)) and ends
 * with the work. A socket belongs for ever to the namespace in which it was made, so what was
 * opened there serves every thread of this process afterwards.
 */
final class NamespaceThread {
  private static final int CLONE_NEWNET = 0x4000_0000;
  private static final int READ_ONLY = 0;

  private NamespaceThread() {}

  /** Runs {@code task} inside and gives what it gives. */
  static <T> T in(String namespace, Callable<T> task) {
    FutureTask<T> work =
        new FutureTask<>(
            () -> {
              enter(namespace);
              return task.call();
            });
    Thread.ofPlatform().name("in-" + namespace).start(work);
    try {
      return work.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw new CliException(
          "expected to work in namespace %s but: %s".formatted(namespace, failed.getCause()));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CliException("interrupted");
    }
  }

  @SuppressWarnings("restricted")
  private static void enter(String namespace) throws Exception {
    Linker linker = Linker.nativeLinker();
    MethodHandle open =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("open"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    MethodHandle setns = call(linker, "setns", 2);
    MethodHandle close = call(linker, "close", 1);
    try (Arena arena = Arena.ofConfined()) {
      int file = (int) open.invokeExact(arena.allocateFrom("/run/netns/" + namespace), READ_ONLY);
      if (file < 0 || (int) setns.invokeExact(file, CLONE_NEWNET) != 0) {
        throw new CliException(
            "expected to enter namespace %s but could not; is this root, and is the lab up?"
                .formatted(namespace));
      }
      int _ = (int) close.invokeExact(file);
    } catch (Exception | Error known) {
      throw known;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle call(Linker linker, String name, int arguments) {
    ValueLayout.OfInt[] layouts = new ValueLayout.OfInt[arguments];
    java.util.Arrays.fill(layouts, ValueLayout.JAVA_INT);
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts));
  }
}
