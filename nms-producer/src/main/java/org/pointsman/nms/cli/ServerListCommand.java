package org.pointsman.nms.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.model.EntityKey;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows what real servers hold. */
@Command(name = "list", description = "Show the real servers of a cluster and what they hold.")
final class ServerListCommand implements Callable<Integer> {
  @Mixin private final ListOptions options = new ListOptions();
  @ParentCommand private @Nullable ServerCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine terminal = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = terminal.getOut();
    NmsConnector connector = Objects.requireNonNull(parent).connector();
    ClusterContents contents = options.read(connector, terminal);
    UnresolvedServers unresolved = options.unresolved(connector, terminal);
    Map<ServerId, ServerLoad> loads = contents.loads();
    TextTable table =
        new TextTable(
            "SERVER",
            "STATE",
            " WEIGHT",
            " UP",
            " ANNOUNCED",
            " LINGERING",
            " TRAFFIC",
            "ADDRESS",
            "MAC",
            "NOT FOUND BY");
    for (RealServer server : contents.servers()) {
      ServerLoad load = loads.getOrDefault(server.server(), ServerLoad.NONE);
      List<String> lost = unresolved.by(new EntityKey.Server(server.cluster(), server.server()));
      if (options.isJson()) {
        ListOptions.print(EntityJson.server(server, load, lost), out);
        continue;
      }
      table.row(
          server.server(),
          server.state(),
          server.weight(),
          Texts.count(load.up()),
          Texts.count(load.announced()),
          Texts.count(load.lingering()),
          Texts.traffic(load.bitsPerSecond()),
          server.address(),
          server.mac() == null ? "-" : server.mac(),
          lost.isEmpty() ? "-" : String.join(";", lost));
    }
    if (!options.isJson()) {
      table.print(out);
    }
    return Cli.OK;
  }
}
