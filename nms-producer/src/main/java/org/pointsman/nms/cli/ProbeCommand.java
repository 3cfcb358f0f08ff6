package org.pointsman.nms.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.CliException;
import org.pointsman.model.InvalidValueException;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.follow.ClusterNews;
import org.pointsman.nms.probe.Asker;
import org.pointsman.nms.probe.Probe;
import org.pointsman.nms.probe.ProbeSettings;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Watches the health of a cluster's servers. */
@Command(
    name = "probe",
    description =
        "Ask each real server as a peer would, and publish it down when it does not answer, and up again.")
public final class ProbeCommand implements Callable<Integer> {
  private static final Duration DELIVERY = Duration.ofMinutes(1);
  private static final int IKE_PORT = 500;

  private final NmsConnector connector;

  @Option(
      names = "--check",
      paramLabel = "HOW",
      defaultValue = "IKE",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private ProbeSettings.Check check = ProbeSettings.Check.IKE;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The port to ask. Default: 500 for IKE; none for TCP.")
  private @Nullable Integer port;

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      defaultValue = "1s",
      description = "From one question to the next. Default: ${DEFAULT-VALUE}.")
  private Duration interval = Duration.ofSeconds(1);

  @Option(
      names = "--answer-within",
      paramLabel = "DURATION",
      description = "How long an answer may take. Default: four fifths of the interval.")
  private @Nullable Duration timeout;

  @Option(
      names = "--fall",
      paramLabel = "N",
      defaultValue = "3",
      description = "Down after so many questions without an answer. Default: ${DEFAULT-VALUE}.")
  private int fall;

  @Option(
      names = "--rise",
      paramLabel = "N",
      defaultValue = "2",
      description = "Up after so many answers. Default: ${DEFAULT-VALUE}.")
  private int rise;

  @Option(
      names = "--jitter",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description = "By how much an interval may differ, 0 to 0.5. Default: ${DEFAULT-VALUE}.")
  private double jitter;

  @Option(
      names = "--allow-empty",
      description = "Publish down also for the last server that is up.")
  private boolean allowEmpty;

  @Option(
      names = "--quorum",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "How many probes have to see a server down, this one among them. Default: ${DEFAULT-VALUE}.")
  private int quorum;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where to tell other probes what this one sees.")
  private @Nullable String listen;

  @Option(
      names = "--peer",
      paramLabel = "HOST:PORT",
      split = ",",
      hideParamSyntax = true,
      description = "Where another probe tells what it sees; several by commas or options.")
  private List<String> peers = new ArrayList<>();

  @Mixin private final ClusterOptions options = new ClusterOptions();
  @Spec private @Nullable CommandSpec spec;

  public ProbeCommand() {
    this(new KafkaConnector());
  }

  ProbeCommand(NmsConnector connector) {
    this.connector = connector;
  }

  @Override
  public Integer call() throws InterruptedException {
    CommandLine terminal = Objects.requireNonNull(spec).commandLine();
    ProbeSettings settings = settings();
    @Nullable InetSocketAddress listening = listen == null ? null : endpoint(listen);
    peers.forEach(ProbeCommand::endpoint);
    if (quorum > peers.size() + 1) {
      throw new InvalidValueException(
          "expected at least %d other probes for --quorum %d but --peer names %d"
              .formatted(quorum - 1, quorum, peers.size()));
    }
    NmsSettings sending =
        NmsSettings.defaults()
            .withDeliveryTimeout(DELIVERY)
            .withNotices(terminal.getErr()::println);
    try (BadRecords bad = new BadRecords(terminal.getErr());
        ClusterNews news = connector.news(options.connection(), options.cluster(), bad);
        NmsClient client = connector.client(options.connection(), sending);
        Probe probe =
            Probe.start(
                settings,
                options.cluster(),
                news,
                client,
                Asker.opener(settings),
                listening,
                peers,
                terminal.getOut()::println,
                InstantSource.system())) {
      Runtime.getRuntime().addShutdownHook(new Thread(probe::close, "end"));
      new CountDownLatch(1).await();
      return 0;
    } catch (IOException taken) {
      throw new CliException(
          "expected to listen at %s but %s; choose another --listen"
              .formatted(listen, taken.getMessage()));
    }
  }

  private ProbeSettings settings() {
    if (port == null && check == ProbeSettings.Check.TCP) {
      throw new InvalidValueException("expected a --port for --check TCP but got none");
    }
    return new ProbeSettings(
        check,
        port == null ? IKE_PORT : port,
        interval,
        timeout == null ? interval.multipliedBy(4).dividedBy(5) : timeout,
        fall,
        rise,
        jitter,
        allowEmpty,
        quorum);
  }

  private static InetSocketAddress endpoint(String text) {
    int colon = text.lastIndexOf(':');
    try {
      if (colon > 0) {
        String host = text.substring(0, colon).replaceAll("^\\[(.*)]$", "$1");
        return new InetSocketAddress(host, Integer.parseInt(text.substring(colon + 1)));
      }
    } catch (IllegalArgumentException noPort) {
      throw (InvalidValueException) noEndpoint(text).initCause(noPort);
    }
    throw noEndpoint(text);
  }

  private static InvalidValueException noEndpoint(String text) {
    return new InvalidValueException("expected HOST:PORT but got '%s'".formatted(text));
  }
}
