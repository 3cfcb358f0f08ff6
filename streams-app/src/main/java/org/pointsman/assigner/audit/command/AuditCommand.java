package org.pointsman.assigner.audit.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What was decided, and whether the record of it can be believed. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = "Ask the record: who had an address, what became of a tunnel, is it all there.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      WhoCommand.class,
      TunnelHistoryCommand.class,
      AtCommand.class,
      VerifyCommand.class
    })
public final class AuditCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        java.util.Objects.requireNonNull(spec).commandLine(),
        "expected who, tunnel, at or verify but got none");
  }
}
