package org.pointsman.director;

import org.pointsman.cli.Cli;
import org.pointsman.director.steer.SteerCommand;
import picocli.CommandLine;

/** The director's own process: {@code director} is its command, {@code steer} one within it. */
public final class DirectorMain {
  private static final String LOGBACK = "logback.configurationFile";

  private DirectorMain() {}

  public static void main(String[] arguments) {
    if (System.getProperty(LOGBACK) == null) {
      System.setProperty(LOGBACK, "org/pointsman/director/logback.xml");
    }
    Cli.main(commandLine(), arguments);
  }

  static CommandLine commandLine() {
    CommandLine director = new CommandLine(new DirectorCommand());
    director.addSubcommand(new SteerCommand());
    return Cli.configure(director);
  }
}
