package org.pointsman.nms.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.model.Assignment;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelState;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows where tunnels are. */
@Command(name = "list", description = "Show the tunnels of a cluster and where they are.")
final class TunnelListCommand implements Callable<Integer> {
  @Option(
      names = {"-s", "--server"},
      paramLabel = "SERVER",
      description = "Only those on this real server.")
  private @Nullable ServerId server;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only those in this state: ${COMPLETION-CANDIDATES}.")
  private @Nullable TunnelState state;

  @Option(names = "--pending", description = "Only those that no real server can take.")
  private boolean pending;

  @Mixin private final ListOptions options = new ListOptions();
  @ParentCommand private @Nullable TunnelCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine terminal = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = terminal.getOut();
    List<Assignment> tunnels =
        options.read(Objects.requireNonNull(parent).connector(), terminal).tunnels().stream()
            .filter(this::isWanted)
            .toList();
    if (options.isJson()) {
      tunnels.forEach(tunnel -> ListOptions.print(EntityJson.tunnel(tunnel), out));
      return Cli.OK;
    }
    TextTable table =
        new TextTable("TUNNEL", "STATE", "SERVER", "OUTER ADDRESSES", "INNER SUBNETS", " TRAFFIC");
    for (Assignment tunnel : tunnels) {
      table.row(
          tunnel.tunnel(),
          tunnel.state(),
          place(tunnel),
          Texts.shortened(tunnel.outerAddresses()),
          Texts.shortened(tunnel.innerSubnets()),
          Texts.traffic(tunnel.expectedBitsPerSecond()));
    }
    table.print(out);
    return Cli.OK;
  }

  private boolean isWanted(Assignment tunnel) {
    return (server == null || server.equals(tunnel.server()))
        && (state == null || state == tunnel.state())
        && (!pending || tunnel.isPending());
  }

  private static String place(Assignment tunnel) {
    String place = tunnel.server() == null ? "pending" : tunnel.server().value();
    return tunnel.pinned() ? place + " (pinned)" : place;
  }
}
