package org.pointsman.nms.cli;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerActivate;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerDrain;
import org.pointsman.model.ServerEvent;
import org.pointsman.model.ServerFlush;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.ServerRemove;
import org.pointsman.model.ServerUp;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what the operator wants of real servers, and shows what they hold. */
@Command(
    name = "server",
    description = "Register real servers, take them out of service, list them.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = ServerListCommand.class)
public final class ServerCommand {
  private static final String ITS_NAME = "The real server's name.";

  private final NmsConnector connector;
  @Mixin final HelpOptions help = new HelpOptions();
  @Spec private @Nullable CommandSpec spec;

  public ServerCommand() {
    this(new KafkaConnector());
  }

  ServerCommand(NmsConnector connector) {
    this.connector = connector;
  }

  NmsConnector connector() {
    return connector;
  }

  @Command(description = "A real server joins the cluster, or a known one has new properties.")
  int register(
      @Parameters(paramLabel = "SERVER", description = ITS_NAME) ServerId server,
      @Option(
              names = {"-a", "--address"},
              paramLabel = "ADDRESS",
              required = true,
              description = "Its own address, by which the directors' neighbours know it.")
          IpAddress address,
      @Option(
              names = {"-m", "--mac"},
              paramLabel = "MAC",
              description = "Its Ethernet address. Default: resolved from its address.")
          @Nullable MacAddress mac,
      @Option(
              names = {"-w", "--weight"},
              paramLabel = "N",
              defaultValue = "1",
              description =
                  "Its share of the tunnels relative to the others, 1 to "
                      + ServerRegister.MAX_WEIGHT
                      + ". Default: ${DEFAULT-VALUE}.")
          int weight,
      @Option(
              names = "--max-tunnels",
              paramLabel = "N",
              description = "The most tunnels that it may hold. Default: no limit.")
          @Nullable Integer maxTunnels,
      @Option(
              names = "--max-bps",
              paramLabel = "N",
              description =
                  "The most announced traffic that it may hold, bits per second. Default: no limit.")
          @Nullable Long maxBitsPerSecond,
      @Mixin EventOptions options) {
    return publish(
        options, new ServerRegister(server, address, mac, weight, maxTunnels, maxBitsPerSecond));
  }

  @Command(description = "A real server answers again; nothing moves back by itself.")
  int up(
      @Parameters(paramLabel = "SERVER", description = ITS_NAME) ServerId server,
      @Mixin EventOptions options) {
    return publish(options, new ServerUp(server));
  }

  @Command(description = "A real server does not answer; its tunnels move at once.")
  int down(
      @Parameters(paramLabel = "SERVER", description = ITS_NAME) ServerId server,
      @Mixin EventOptions options) {
    return publish(options, new ServerDown(server));
  }

  @Command(
      description =
          "Take a real server out of service gently: no new tunnels, and those that are up stay"
              + " until they go down.")
  int drain(
      @Parameters(paramLabel = "SERVER", description = ITS_NAME) ServerId server,
      @Option(
              names = "--deadline",
              paramLabel = "DURATION",
              description =
                  "After this long the tunnels still up move too. Default: the cluster's own drain"
                      + " deadline.")
          @Nullable Duration deadline,
      @Mixin EventOptions options) {
    return publish(options, new ServerDrain(server, deadline));
  }

  @Command(description = "Empty a real server now: it drains, and all its tunnels move.")
  int flush(
      @Parameters(paramLabel = "SERVER", description = ITS_NAME) ServerId server,
      @Mixin EventOptions options) {
    return publish(options, new ServerFlush(server));
  }

  @Command(description = "End a drain: a real server takes new tunnels again.")
  int activate(
      @Parameters(paramLabel = "SERVER", description = ITS_NAME) ServerId server,
      @Mixin EventOptions options) {
    return publish(options, new ServerActivate(server));
  }

  @Command(description = "Take a real server out of the cluster.")
  int remove(
      @Parameters(paramLabel = "SERVER", description = ITS_NAME) ServerId server,
      @Option(
              names = "--flush",
              description = "Move its tunnels first; without it, refused while it has any.")
          boolean flush,
      @Mixin EventOptions options) {
    return publish(options, new ServerRemove(server, flush));
  }

  private int publish(EventOptions options, ServerEvent event) {
    return new EventPublisher(connector, Objects.requireNonNull(spec).commandLine())
        .publish(options, event);
  }
}
