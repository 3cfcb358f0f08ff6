package org.pointsman.quickstart.demo;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** What the demo says while it runs: lines, and on a terminal a bar for what takes long. */
final class DemoConsole {
  private static final int REFRESH_MILLIS = 100;

  private final PrintWriter out;
  private final PrintStream terminal;
  private final boolean isTerminal;

  DemoConsole(PrintWriter out, PrintStream terminal, boolean isTerminal) {
    this.out = out;
    this.terminal = terminal;
    this.isTerminal = isTerminal;
  }

  void title(String text) {
    out.println();
    out.println(text);
    out.flush();
  }

  void line(String name, String text) {
    out.printf(Locale.ROOT, "  %-22s %s%n", name, text);
    out.flush();
  }

  /** Does something, then says what came of it and how long it took. */
  <T> T timed(String name, Callable<T> work, Function<? super T, String> tell) throws Exception {
    long start = System.nanoTime();
    T result = work.call();
    double seconds = (System.nanoTime() - start) / 1e9;
    line(name, String.format(Locale.ROOT, "%-40s %6.1f s", tell.apply(result), seconds));
    return result;
  }

  /** Work that takes a while. */
  interface Steps {
    void run() throws Exception;
  }

  /** Runs it, and shows how far it is by asking {@code done} now and then. */
  void progress(String name, long all, LongSupplier done, Steps work) throws Exception {
    if (!isTerminal) {
      work.run();
      return;
    }
    try (ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName("  " + name)
            .setInitialMax(all)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REFRESH_MILLIS)
            .showSpeed()
            .clearDisplayOnFinish()
            .setConsumer(new ConsoleProgressBarConsumer(terminal))
            .build()) {
      Thread watcher =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try {
                      while (true) {
                        bar.stepTo(done.getAsLong());
                        Thread.sleep(REFRESH_MILLIS);
                      }
                    } catch (InterruptedException finished) {
                      Thread.currentThread().interrupt();
                    }
                  });
      try {
        work.run();
      } finally {
        watcher.interrupt();
        watcher.join();
      }
    }
  }
}
