package org.pointsman.assigner.audit.command;

import java.io.Console;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar on the terminal while a topic is read, or nothing. */
final class Progress implements AutoCloseable {
  private final boolean isVisible;
  private @Nullable ProgressBar bar;

  private Progress(boolean isVisible) {
    this.isVisible = isVisible;
  }

  /** Visible only where a person looks on. */
  static Progress onTerminal() {
    return new Progress(
        Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false));
  }

  /** Begins the next topic. */
  void start(String topic, long records) {
    stop();
    if (isVisible) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(topic)
              .setInitialMax(records)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(200)
              .showSpeed()
              .build();
    }
  }

  void step() {
    if (bar != null) {
      bar.step();
    }
  }

  /** Ends the bar, if there is one. */
  void stop() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  @Override
  public void close() {
    stop();
  }
}
