package org.pointsman.assigner;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.cli.ConnectionOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs an assigner until it is told to stop. */
@Command(
    name = "assigner",
    mixinStandardHelpOptions = true,
    description =
        "Run an assigner: decides which real server has which tunnel. Start several to have one take over when another fails.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it was told to stop",
      "1:it could not start, or had to stop; nothing is lost",
      "2:the command line is not right"
    })
public final class AssignerCommand implements Callable<Integer> {
  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  @Option(
      names = "--state-dir",
      paramLabel = "FOLDER",
      description =
          "Where Kafka Streams keeps its files; one for each assigner. Default: pointsman-assigner in the system's temporary folder.")
  private @Nullable Path stateDirectory;

  @Option(
      names = "--application-id",
      paramLabel = "ID",
      defaultValue = AssignerSettings.DEFAULT_APPLICATION_ID,
      description = "What all instances of this assigner share. Default: ${DEFAULT-VALUE}.")
  private String applicationId = "";

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many partitions are worked on at once. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--standby-replicas",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "How many other instances keep each cluster's state ready. Default: ${DEFAULT-VALUE}.")
  private int standbyReplicas;

  @Option(
      names = "--replication-factor",
      paramLabel = "N",
      defaultValue = "-1",
      description = "How many brokers keep the internal topics. Default: the broker's.")
  private int replicationFactor;

  @Option(
      names = "--commit-interval",
      paramLabel = "TIME",
      defaultValue = "5ms",
      description =
          "The least time between two transactions; with a backlog they last 100 ms."
              + " Default: ${DEFAULT-VALUE}.")
  private Duration commitInterval = AssignerSettings.DEFAULT_COMMIT_INTERVAL;

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description =
          "Serve metrics for Prometheus at http://localhost:PORT/metrics. Default: serve none.")
  private @Nullable Integer metricsPort;

  @Override
  public Integer call() throws InterruptedException {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    if (metricsPort == null) {
      return run(meters);
    }
    try (MetricsEndpoint _ = MetricsEndpoint.start(meters, metricsPort)) {
      return run(meters);
    }
  }

  private Integer run(MeterRegistry meters) throws InterruptedException {
    Path state =
        stateDirectory != null
            ? stateDirectory
            : Path.of(System.getProperty("java.io.tmpdir"), "pointsman-assigner");
    AssignerSettings settings =
        new AssignerSettings(
            applicationId, state, threads, standbyReplicas, replicationFactor, commitInterval);
    Assigner assigner = Assigner.start(connection.connection(), settings, meters);
    Thread stop = new Thread(assigner::close, "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    assigner.awaitStopped();
    Optional<Throwable> failure = assigner.failure();
    if (failure.isPresent()) {
      assigner.close();
      throw failure.get() instanceof CliException sentence
          ? sentence
          : new CliException("the assigner had to stop: " + failure.get());
    }
    return Cli.OK;
  }
}
