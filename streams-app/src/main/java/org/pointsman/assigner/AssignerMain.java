package org.pointsman.assigner;

import org.pointsman.assigner.audit.command.AuditCommand;
import org.pointsman.cli.Cli;
import picocli.CommandLine;

/** The assigner's container; {@code audit} after its name runs that instead. */
public final class AssignerMain {
  private static final String LOG_SETTINGS = "logback.configurationFile";

  private AssignerMain() {}

  public static void main(String[] arguments) {
    if (System.getProperty(LOG_SETTINGS) == null) {
      System.setProperty(LOG_SETTINGS, "org/pointsman/assigner/logback.xml");
    }
    CommandLine assigner = new CommandLine(new AssignerCommand());
    assigner.addSubcommand(new AuditCommand());
    Cli.main(Cli.configure(assigner), arguments);
  }
}
