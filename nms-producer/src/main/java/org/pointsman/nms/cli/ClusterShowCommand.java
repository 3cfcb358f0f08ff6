package org.pointsman.nms.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.RealServer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows a cluster's settings, and its servers and tunnels by number. */
@Command(name = "show", description = "Show a cluster's settings and how full it is.")
final class ClusterShowCommand implements Callable<Integer> {
  private static final int MOST_NAMED = 10;

  @Mixin private final ListOptions options = new ListOptions();
  @ParentCommand private @Nullable ClusterCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine terminal = Objects.requireNonNull(spec).commandLine();
    ClusterContents contents = options.read(Objects.requireNonNull(parent).connector(), terminal);
    if (options.isJson()) {
      ListOptions.print(EntityJson.cluster(contents), terminal.getOut());
    } else {
      print(contents, terminal.getOut());
    }
    return Cli.OK;
  }

  private static void print(ClusterContents contents, PrintWriter out) {
    ClusterConfig config = contents.config();
    Duration drainDeadline = config.drainDeadline();
    line(out, "cluster", config.cluster() + (config.epoch() == 0 ? " (default settings)" : ""));
    line(out, "policy", config.policy());
    line(out, "virtual addresses", Texts.listed(config.virtualAddresses()));
    line(out, "linger", Texts.duration(config.linger()));
    line(out, "announce timeout", Texts.duration(config.announceTimeout()));
    line(out, "drain deadline", drainDeadline == null ? "none" : Texts.duration(drainDeadline));
    line(
        out,
        "servers",
        "%d: %d active, %d draining, %d down"
            .formatted(
                contents.servers().size(),
                contents.servers(RealServer.State.ACTIVE),
                contents.servers(RealServer.State.DRAINING),
                contents.servers(RealServer.State.DOWN)));
    ServerLoad all = ServerLoad.of(contents.tunnels());
    line(
        out,
        "tunnels",
        "%s: %s up, %s announced, %s lingering"
            .formatted(
                Texts.count(all.tunnels()),
                Texts.count(all.up()),
                Texts.count(all.announced()),
                Texts.count(all.lingering())));
    line(out, "announced traffic", Texts.traffic(all.bitsPerSecond()));
    line(out, "pending", pending(contents.pending()));
  }

  private static String pending(List<Assignment> pending) {
    if (pending.isEmpty()) {
      return "0";
    }
    String names =
        pending.stream()
            .limit(MOST_NAMED)
            .map(tunnel -> tunnel.tunnel().value())
            .collect(Collectors.joining(", "));
    return Texts.count(pending.size())
        + ": "
        + names
        + (pending.size() > MOST_NAMED ? ", … (tunnel list --pending)" : "");
  }

  private static void line(PrintWriter out, String what, Object value) {
    out.printf("%-18s %s%n", what, value);
  }
}
