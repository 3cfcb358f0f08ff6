package org.pointsman.nms.cli;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterEvent;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.IpAddress;
import org.pointsman.model.Policy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Changes and shows a cluster as a whole. */
@Command(
    name = "cluster",
    description = "Configure, rebalance and show a cluster.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = ClusterShowCommand.class)
public final class ClusterCommand {
  private final NmsConnector connector;
  private final @Nullable RebalancePlanner planner;
  @Mixin final HelpOptions help = new HelpOptions();
  @Spec private @Nullable CommandSpec spec;

  public ClusterCommand() {
    this(new KafkaConnector(), null);
  }

  /** With the assigner's engine at hand, {@code rebalance --dry-run} can tell what it would do. */
  public ClusterCommand(RebalancePlanner planner) {
    this(new KafkaConnector(), planner);
  }

  ClusterCommand(NmsConnector connector, @Nullable RebalancePlanner planner) {
    this.connector = connector;
    this.planner = planner;
  }

  NmsConnector connector() {
    return connector;
  }

  @Command(description = "Change the cluster's settings; those not given stay as they are.")
  int configure(
      @Option(
              names = {"-p", "--policy"},
              paramLabel = "POLICY",
              description = "How tunnels are spread: ${COMPLETION-CANDIDATES}.")
          @Nullable Policy policy,
      @Option(
              names = "--vip",
              paramLabel = "ADDRESS",
              split = ",",
              hideParamSyntax = true,
              description =
                  "All virtual addresses that the peers send to; several by commas or options.")
          @Nullable List<IpAddress> virtualAddresses,
      @Option(names = "--no-vips", description = "There are no virtual addresses.")
          boolean noVirtualAddresses,
      @Option(
              names = "--linger",
              paramLabel = "DURATION",
              description = "How long a tunnel keeps its server after it went down.")
          @Nullable Duration linger,
      @Option(
              names = "--announce-timeout",
              paramLabel = "DURATION",
              description = "How long a tunnel may stay announced without coming up.")
          @Nullable Duration announceTimeout,
      @Option(
              names = "--drain-deadline",
              paramLabel = "DURATION",
              description =
                  "How long up tunnels may stay on a draining server; 0s for as long as they live.")
          @Nullable Duration drainDeadline,
      @Mixin EventOptions options) {
    if (noVirtualAddresses && virtualAddresses != null) {
      throw new CliException(
          Cli.USAGE, "expected --vip or --no-vips but got both; leave one of them out");
    }
    List<IpAddress> vips = noVirtualAddresses ? List.of() : virtualAddresses;
    if (Stream.of(policy, vips, linger, announceTimeout, drainDeadline).allMatch(Objects::isNull)) {
      throw new CliException(
          Cli.USAGE,
          "expected a setting to change but got none; give --policy, --vip, --no-vips, --linger, --announce-timeout or --drain-deadline");
    }
    return publish(
        options, new ClusterConfigure(policy, vips, linger, announceTimeout, drainDeadline));
  }

  @Command(
      description =
          "Let tunnels move until the real servers are even, those that are not up first.")
  int rebalance(
      @Option(
              names = "--max-moves",
              paramLabel = "N",
              defaultValue = "100",
              description = "The most tunnels to move. Default: ${DEFAULT-VALUE}.")
          int maxMoves,
      @Option(
              names = "--include-up",
              description = "Move tunnels that are up too; their peers have to connect again.")
          boolean includeUp,
      @Option(
              names = {"-n", "--dry-run"},
              description = "Print what would move, and send nothing.")
          boolean dryRun,
      @Mixin EventOptions options) {
    ClusterRebalance rebalance = new ClusterRebalance(maxMoves, includeUp);
    if (dryRun) {
      return new RebalanceDryRun(connector, planner, Objects.requireNonNull(spec).commandLine())
          .print(options.cluster(), rebalance);
    }
    return publish(options, rebalance);
  }

  private int publish(EventOptions options, ClusterEvent event) {
    return new EventPublisher(connector, Objects.requireNonNull(spec).commandLine())
        .publish(options, event);
  }
}
