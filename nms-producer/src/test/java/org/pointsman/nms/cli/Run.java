package org.pointsman.nms.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.pointsman.cli.Cli;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * What a command did.
 *
 * @param exitCode its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record Run(int exitCode, String out, String err) {

  /** Runs {@code command} with the words of {@code line}. */
  static Run of(Object command, String line) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        Cli.commandLine(command)
            .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int exitCode = commandLine.execute(line.split(" ", -1));
    return new Run(exitCode, out.toString(), err.toString());
  }
}
