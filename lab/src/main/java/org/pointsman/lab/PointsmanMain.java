package org.pointsman.lab;

import org.pointsman.cli.Cli;
import org.pointsman.quickstart.PointsmanCommand;
import picocli.CommandLine;

/** The one command, with the lab: the lab stands on all the rest, so it comes last. */
public final class PointsmanMain {
  private PointsmanMain() {}

  static CommandLine commandLine() {
    CommandLine line = PointsmanCommand.commandLine();
    line.addSubcommand(Cli.commandLine(new LabCommand()));
    return Cli.configure(line);
  }

  public static void main(String[] arguments) {
    Cli.main(commandLine(), arguments);
  }
}
