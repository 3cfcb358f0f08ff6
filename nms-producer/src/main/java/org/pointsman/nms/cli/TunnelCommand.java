package org.pointsman.nms.cli;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.CliException;
import org.pointsman.model.Assignment;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what the NMS knows of tunnels, and shows where they are. */
@Command(
    name = "tunnel",
    description = "Announce tunnels, tell that they are up or down, import and list them.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {TunnelImportCommand.class, TunnelGenerateCommand.class, TunnelListCommand.class})
public final class TunnelCommand {
  private static final String ITS_NAME = "The tunnel's name.";

  private final NmsConnector connector;
  @Mixin final HelpOptions help = new HelpOptions();
  @Spec private @Nullable CommandSpec spec;

  public TunnelCommand() {
    this(new KafkaConnector());
  }

  TunnelCommand(NmsConnector connector) {
    this.connector = connector;
  }

  NmsConnector connector() {
    return connector;
  }

  @Command(
      description =
          "A tunnel may come up soon, or a known one has new addresses, subnets or traffic. Waits until every live director steers it: then the peer may speak. If that is not in time, the exit code is 2 and the message says what is missing.",
      exitCodeList = {
        "0:every live director steers it; with --no-wait, the log has it",
        "1:rejected, or failed; the message says why",
        "2:not steered in time, or the command line is not right; the message says which"
      })
  int announce(
      @Parameters(paramLabel = "TUNNEL", description = ITS_NAME) TunnelId tunnel,
      @Option(
              names = {"-o", "--outer"},
              paramLabel = "ADDRESS",
              split = ",",
              hideParamSyntax = true,
              required = true,
              description = "Where its peer sends from; several by commas or options.")
          List<IpAddress> outer,
      @Option(
              names = {"-i", "--inner"},
              paramLabel = "CIDR",
              split = ",",
              hideParamSyntax = true,
              required = true,
              description = "What lies behind the peer; several by commas or options.")
          List<IpPrefix> inner,
      @Option(
              names = "--expected-bps",
              paramLabel = "N",
              defaultValue = "0",
              description = "The traffic to expect, bits per second, both directions together.")
          long expectedBitsPerSecond,
      @Mixin EventOptions options) {
    TunnelAnnounce announce = new TunnelAnnounce(tunnel, outer, inner, expectedBitsPerSecond);
    return options.waits()
        ? new AnnouncePublisher(connector, terminal()).publish(options, announce)
        : publisher().publish(options, announce);
  }

  @Command(description = "A tunnel is established on its real server.")
  int up(
      @Parameters(paramLabel = "TUNNEL", description = ITS_NAME) TunnelId tunnel,
      @Option(
              names = {"-s", "--server"},
              paramLabel = "SERVER",
              description = "Who reports it. Default: the server that it is assigned to.")
          @Nullable ServerId server,
      @Option(
              names = "--observed-address",
              paramLabel = "ADDRESS",
              description = "Where the peer was seen to send from, for the record.")
          @Nullable IpAddress observedAddress,
      @Option(
              names = "--observed-port",
              paramLabel = "PORT",
              description = "The peer's UDP port as seen, for the record.")
          @Nullable Integer observedPort,
      @Mixin EventOptions options) {
    ServerId reporter = server != null ? server : assigned(options, tunnel);
    return publisher()
        .publish(options, new TunnelUp(tunnel, reporter, observedAddress, observedPort));
  }

  @Command(description = "A tunnel is no longer established; its server is kept for a while.")
  int down(
      @Parameters(paramLabel = "TUNNEL", description = ITS_NAME) TunnelId tunnel,
      @Option(
              names = {"-s", "--server"},
              paramLabel = "SERVER",
              description = "Who reports it. Default: the server that it is assigned to.")
          @Nullable ServerId server,
      @Mixin EventOptions options) {
    ServerId reporter = server != null ? server : assigned(options, tunnel);
    return publisher().publish(options, new TunnelDown(tunnel, reporter));
  }

  @Command(description = "A tunnel is gone for good; it is released at once.")
  int withdraw(
      @Parameters(paramLabel = "TUNNEL", description = ITS_NAME) TunnelId tunnel,
      @Mixin EventOptions options) {
    return publisher().publish(options, new TunnelWithdraw(tunnel));
  }

  @Command(
      description =
          "Put a tunnel, and those that share an outer address with it, on one real server.")
  int pin(
      @Parameters(paramLabel = "TUNNEL", description = ITS_NAME) TunnelId tunnel,
      @Option(
              names = {"-s", "--server"},
              paramLabel = "SERVER",
              required = true,
              description = "Where it goes and stays.")
          ServerId server,
      @Mixin EventOptions options) {
    return publisher().publish(options, new TunnelPin(tunnel, server));
  }

  @Command(description = "Let the policy place a pinned tunnel again; it stays for now.")
  int unpin(
      @Parameters(paramLabel = "TUNNEL", description = ITS_NAME) TunnelId tunnel,
      @Mixin EventOptions options) {
    return publisher().publish(options, new TunnelUnpin(tunnel));
  }

  /** The server that the log says has it: an operator rarely knows by heart. */
  private ServerId assigned(EventOptions options, TunnelId tunnel) {
    CommandLine terminal = terminal();
    ClusterOptions cluster = options.cluster();
    try (BadRecords bad = new BadRecords(terminal.getErr())) {
      Assignment assignment =
          connector
              .contents(cluster.connection(), cluster.cluster(), bad)
              .tunnel(tunnel)
              .orElseThrow(() -> unknown(tunnel, cluster));
      ServerId server = assignment.server();
      if (server == null) {
        throw new CliException(
            "expected tunnel %s to have a server but it is pending; add servers, or name the one that reports it with --server"
                .formatted(tunnel));
      }
      terminal
          .getErr()
          .printf("%s is assigned to %s: sent as that server's report%n", tunnel, server);
      return server;
    }
  }

  private static CliException unknown(TunnelId tunnel, ClusterOptions cluster) {
    return new CliException(
        "expected tunnel %s in cluster %s but it is not there; announce it first, or check --cluster"
            .formatted(tunnel, cluster.cluster()));
  }

  private EventPublisher publisher() {
    return new EventPublisher(connector, terminal());
  }

  private CommandLine terminal() {
    return Objects.requireNonNull(spec).commandLine();
  }
}
