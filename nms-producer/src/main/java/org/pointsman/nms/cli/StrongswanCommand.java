package org.pointsman.nms.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.model.ServerId;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.follow.ClusterNews;
import org.pointsman.nms.strongswan.Bridge;
import org.pointsman.nms.strongswan.BridgeSettings;
import org.pointsman.nms.strongswan.TunnelNaming;
import org.pointsman.nms.strongswan.vici.ViciAddress;
import org.pointsman.nms.strongswan.vici.ViciException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lets gateways that run strongSwan speak for themselves. */
@Command(
    name = "strongswan",
    description = "Let strongSwan gateways report their tunnels, and take over those that move.",
    synopsisSubcommandLabel = "COMMAND")
public final class StrongswanCommand {
  private static final Duration DELIVERY = Duration.ofMinutes(10);

  private final NmsConnector connector;
  @Mixin final HelpOptions help = new HelpOptions();
  @Spec private @Nullable CommandSpec spec;

  public StrongswanCommand() {
    this(new KafkaConnector());
  }

  StrongswanCommand(NmsConnector connector) {
    this.connector = connector;
  }

  @Command(
      description =
          "Watch a gateway's charon: report its tunnels up and down, and call the peers of those that move here.")
  int watch(
      @Option(
              names = "--vici",
              paramLabel = "ADDRESS",
              defaultValue = "unix:///run/charon.vici",
              description =
                  "charon's VICI socket, unix://PATH or tcp://HOST:PORT. Default: ${DEFAULT-VALUE}.")
          String vici,
      @Option(
              names = {"-s", "--server"},
              paramLabel = "SERVER",
              required = true,
              description = "The real server that this charon is.")
          ServerId server,
      @Option(
              names = "--tunnel-name",
              paramLabel = "PART",
              defaultValue = "CONNECTION",
              description =
                  "What in charon is named like the tunnel: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
          TunnelNaming naming,
      @Option(
              names = "--announce",
              description = "Announce tunnels from charon's connections, as they are configured.")
          boolean announce,
      @Option(
              names = "--takeovers-per-second",
              paramLabel = "N",
              defaultValue = "" + BridgeSettings.DEFAULT_TAKEOVERS_PER_SECOND,
              description =
                  "How many peers of tunnels that moved here to call a second; 0 to call none. Default: ${DEFAULT-VALUE}.")
          int takeoversPerSecond,
      @Option(
              names = "--takeover-delay",
              paramLabel = "DURATION",
              defaultValue = "100ms",
              description =
                  "How long after the decision to call, so that the directors know it. Default: ${DEFAULT-VALUE}.")
          Duration takeoverDelay,
      @Option(
              names = "--absent-after",
              paramLabel = "DURATION",
              defaultValue = "5m",
              description =
                  "Report a tunnel that moved here down if its peer does not come for so long. Default: ${DEFAULT-VALUE}.")
          Duration absentAfter,
      @Mixin ClusterOptions options)
      throws InterruptedException {
    CommandLine terminal = Objects.requireNonNull(spec).commandLine();
    ViciAddress address = ViciAddress.parse(vici);
    BridgeSettings settings =
        new BridgeSettings(
            server, naming, announce, takeoversPerSecond, takeoverDelay, absentAfter);
    String source = "pointsman-strongswan@%s/%s".formatted(host(), server);
    NmsSettings sending =
        NmsSettings.defaults()
            .withSource(source)
            .withDeliveryTimeout(DELIVERY)
            .withNotices(terminal.getErr()::println);
    try (BadRecords bad = new BadRecords(terminal.getErr());
        ClusterNews news = connector.news(options.connection(), options.cluster(), bad);
        NmsClient client = connector.client(options.connection(), sending);
        Bridge bridge =
            Bridge.start(
                settings,
                options.cluster(),
                address,
                news,
                client,
                source,
                terminal.getOut()::println,
                InstantSource.system())) {
      untilTheEnd(bridge);
      return Cli.OK;
    } catch (ViciException nobody) {
      throw new CliException(String.valueOf(nobody.getMessage()));
    }
  }

  /** The bridge goes first when the JVM ends, so that nothing is sent half. */
  private static void untilTheEnd(Bridge bridge) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(bridge::close, "end"));
    new CountDownLatch(1).await();
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException hostWithoutAddress) {
      return "unknown-host";
    }
  }
}
