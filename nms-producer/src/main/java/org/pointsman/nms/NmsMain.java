package org.pointsman.nms;

import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.cli.TopicsCommand;
import org.pointsman.nms.cli.ClusterCommand;
import org.pointsman.nms.cli.ProbeCommand;
import org.pointsman.nms.cli.ServerCommand;
import org.pointsman.nms.cli.StrongswanCommand;
import org.pointsman.nms.cli.TunnelCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The NMS host's command line: what the container of this module runs. */
@Command(
    name = "pointsman",
    description = "Keeps every IPsec tunnel of a cluster on exactly one real server.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TunnelCommand.class,
      ServerCommand.class,
      ClusterCommand.class,
      ProbeCommand.class,
      StrongswanCommand.class,
      TopicsCommand.class
    })
public final class NmsMain {
  private static final String LOG_SETTINGS = "logback.configurationFile";

  private NmsMain() {}

  public static void main(String[] arguments) {
    @Nullable String given = System.getProperty(LOG_SETTINGS);
    if (given == null) {
      System.setProperty(LOG_SETTINGS, "org/pointsman/nms/logback.xml");
    }
    Cli.main(commandLine(), arguments);
  }

  static CommandLine commandLine() {
    return Cli.withCompletion(Cli.commandLine(new NmsMain()));
  }
}
