package org.pointsman.director.host;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.director.host.HostCheck.Finding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says which data planes work here. */
@Command(
    name = "check",
    description =
        "Say which data planes work on this host for this user, and what is missing for the others: kernel, privileges, packages. Changes nothing.",
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:those asked for work; without any named, whatever was found",
      "1:one asked for does not",
      "2:the command line is not right"
    })
public final class CheckCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "PLANE",
      arity = "0..*",
      description = "The data planes that must work: pcap, nftables, xdp.")
  private List<String> wanted = List.of();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Spec private @Nullable CommandSpec spec;

  private final HostFacts host;

  /** Of this host. */
  public CheckCommand() {
    this(new HostFacts.OfThisHost());
  }

  CheckCommand(HostFacts host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    CommandSpec self = Objects.requireNonNull(spec);
    List<Finding> findings = new HostCheck(host).findings();
    for (String name : wanted) {
      if (findings.stream().noneMatch(finding -> finding.what().equals(name))) {
        throw new ParameterException(
            self.commandLine(),
            "expected the name of a data plane but got '%s'; give memory, pcap, nftables or xdp"
                .formatted(name));
      }
    }
    PrintWriter out = self.commandLine().getOut();
    out.printf("%s %s%n", host.system(), host.kernel());
    HostCheck.text(findings).forEach(out::println);
    out.flush();
    boolean allWork =
        findings.stream()
            .filter(finding -> wanted.contains(finding.what()))
            .allMatch(Finding::works);
    return allWork ? Cli.OK : Cli.FAILED;
  }
}
