package org.pointsman.nms.cli;

import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that sends events. */
final class EventOptions {
  @Option(
      names = "--wait",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Wait for what the assigner decides, and print it; with --no-wait only until the log has"
              + " the event. Default: wait.")
  private boolean wait = true;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "10s",
      description = "How long to wait for the next decision. Default: ${DEFAULT-VALUE}.")
  private Duration timeout = Duration.ofSeconds(10);

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  boolean waits() {
    return wait;
  }

  Duration timeout() {
    return timeout;
  }

  ClusterOptions cluster() {
    return cluster;
  }
}
