package org.pointsman.nms.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the help of every command has. */
@Command(
    abbreviateSynopsis = true,
    requiredOptionMarker = '*',
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed, rejected, or not answered in time; the message says which",
      "2:the command line is not right; nothing was sent"
    })
final class HelpOptions {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;
}
