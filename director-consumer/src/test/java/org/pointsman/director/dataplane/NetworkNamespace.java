package org.pointsman.director.dataplane;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A network namespace of one thread (unshare(2)): what it opens, runs and starts is in there, and
 * it goes with its last user. Nothing of the machine's network is touched, and nothing is left.
 */
public final class NetworkNamespace implements AutoCloseable {
  private static final int CLONE_NEWNET = 0x4000_0000;

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "namespace"));

  /** Why there can be no namespace here, or empty. */
  public Optional<String> enter() throws Exception {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.of("network namespaces are Linux's");
    }
    String ip = which("ip");
    if (ip.isEmpty()) {
      return Optional.of("the command 'ip' is missing; install iproute2");
    }
    int errno = run(NetworkNamespace::unshare);
    return errno == 0
        ? Optional.empty()
        : Optional.of("making a network namespace needs root (errno " + errno + ")");
  }

  /** A task in it, by which {@code ip link set … netns} finds it. */
  public String task() throws Exception {
    return run(() -> Path.of("/proc/thread-self").toRealPath().getFileName().toString());
  }

  /** Does something inside. */
  public <T> T run(Callable<T> task) throws Exception {
    try {
      return thread.submit(task).get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Exception exception) {
        throw exception;
      }
      if (failed.getCause() instanceof Error error) {
        throw error;
      }
      throw failed;
    }
  }

  /** Runs a command inside; its words are separated by spaces. */
  public void command(String words) throws Exception {
    run(
        () -> {
          Process process = new ProcessBuilder(words.split(" ")).redirectErrorStream(true).start();
          String output =
              new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          if (process.waitFor() != 0) {
            throw new IOException(words + ": " + output);
          }
          return null;
        });
  }

  @SuppressWarnings("restricted")
  private static int unshare() throws Exception {
    Linker linker = Linker.nativeLinker();
    MethodHandle unshare =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("unshare"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
            Linker.Option.captureCallState("errno"));
    VarHandle errno =
        Linker.Option.captureStateLayout()
            .varHandle(MemoryLayout.PathElement.groupElement("errno"));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
      int result = (int) unshare.invokeExact(state, CLONE_NEWNET);
      return result == 0 ? 0 : (int) errno.get(state, 0L);
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static String which(String command) throws Exception {
    Process process = new ProcessBuilder("sh", "-c", "command -v " + command).start();
    String path =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    process.waitFor();
    return path;
  }

  @Override
  public void close() {
    thread.close();
  }
}
