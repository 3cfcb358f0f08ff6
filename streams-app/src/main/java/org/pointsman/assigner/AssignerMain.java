package org.pointsman.assigner;

import org.pointsman.cli.Cli;

/** The assigner's container. */
public final class AssignerMain {
  private static final String LOG_SETTINGS = "logback.configurationFile";

  private AssignerMain() {}

  public static void main(String[] arguments) {
    if (System.getProperty(LOG_SETTINGS) == null) {
      System.setProperty(LOG_SETTINGS, "org/pointsman/assigner/logback.xml");
    }
    Cli.main(Cli.commandLine(new AssignerCommand()), arguments);
  }
}
