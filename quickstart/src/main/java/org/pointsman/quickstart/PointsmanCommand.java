package org.pointsman.quickstart;

import org.jspecify.annotations.Nullable;
import org.pointsman.agreement.AgreeCommand;
import org.pointsman.assigner.AssignerCommand;
import org.pointsman.assigner.audit.command.AuditCommand;
import org.pointsman.cli.Cli;
import org.pointsman.cli.TopicsCommand;
import org.pointsman.director.DirectorCommand;
import org.pointsman.director.steer.SteerCommand;
import org.pointsman.nms.cli.ClusterCommand;
import org.pointsman.nms.cli.ProbeCommand;
import org.pointsman.nms.cli.ServerCommand;
import org.pointsman.nms.cli.StrongswanCommand;
import org.pointsman.nms.cli.TunnelCommand;
import org.pointsman.quickstart.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The one command that has all others. */
@Command(
    name = "pointsman",
    mixinStandardHelpOptions = true,
    version = "Pointsman 0.1.0",
    description =
        "Keeps every tunnel of an IPsec gateway cluster on exactly one gateway, in both"
            + " directions.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      AssignerCommand.class,
      DirectorCommand.class,
      TunnelCommand.class,
      ServerCommand.class,
      ClusterCommand.class,
      ProbeCommand.class,
      StrongswanCommand.class,
      AuditCommand.class,
      SteerCommand.class,
      AgreeCommand.class,
      TopicsCommand.class
    })
public final class PointsmanCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  private PointsmanCommand() {}

  @Override
  public void run() {
    CommandSpec self = java.util.Objects.requireNonNull(spec);
    throw new ParameterException(
        self.commandLine(), "expected a command but got none; start with 'pointsman demo'");
  }

  public static CommandLine commandLine() {
    return Cli.configure(
        Cli.withCompletion(new CommandLine(new PointsmanCommand(), new CommandFactory())));
  }

  public static void main(String[] arguments) {
    Cli.main(commandLine(), arguments);
  }
}
