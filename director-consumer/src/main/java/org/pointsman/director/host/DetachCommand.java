package org.pointsman.director.host;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Removes what a director left in the kernel. */
@Command(
    name = "detach",
    description =
        "Remove what a director's data plane left in the kernel (pinned programs and maps, rules), so that nothing is steered any more. Does not end a director that runs.",
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing of it is left",
      "1:something could not be removed; the message says what",
      "2:the command line is not right"
    })
public final class DetachCommand implements Callable<Integer> {
  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description =
          "The director's --name; one that had none is called SIDE@HOST, as its log says.")
  private String name = "";

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Spec private @Nullable CommandSpec spec;

  private final List<KernelState> planes;

  /** Of all data planes. */
  public DetachCommand() {
    this(KernelState.all());
  }

  DetachCommand(List<KernelState> planes) {
    this.planes = List.copyOf(planes);
  }

  @Override
  public Integer call() {
    CommandSpec self = Objects.requireNonNull(spec);
    PrintWriter out = self.commandLine().getOut();
    PrintWriter err = self.commandLine().getErr();
    boolean failed = false;
    int removed = 0;
    for (KernelState plane : planes) {
      try {
        for (String what : plane.remove(name)) {
          removed++;
          out.printf("%s: removed %s%n", plane.plane(), what);
        }
      } catch (RuntimeException refused) {
        failed = true;
        err.printf("%s: %s%n", plane.plane(), refused.getMessage());
      }
    }
    if (removed == 0 && !failed) {
      out.printf("director %s has left nothing in the kernel%n", name);
    }
    out.flush();
    err.flush();
    return failed ? Cli.FAILED : Cli.OK;
  }
}
