package org.pointsman.assigner.audit.command;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.audit.Fields;
import org.pointsman.assigner.audit.Finding;
import org.pointsman.assigner.audit.Place;
import org.pointsman.assigner.audit.Redecision;
import org.pointsman.assigner.audit.Report;
import org.pointsman.cli.Cli;
import org.pointsman.cli.ConnectionOptions;
import org.pointsman.model.Decision;
import org.pointsman.model.Entity;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Can the record be believed? */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Verify the record of all clusters: fold the decisions, and hold each against its event, its"
          + " state before, the assignments, and the directors' digests.",
      "Reads what stands now; the assigner may go on working."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing is wrong",
      "1:something is wrong, and named; or the topics could not be read",
      "2:the command line is not right"
    })
final class VerifyCommand implements Callable<Integer> {
  private static final int MOST_WITNESSES = 20;

  @Mixin private final ConnectionOptions connection = new ConnectionOptions();
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--redecide",
      description =
          "Also decide everything anew with this version's engine, and name what it decides"
              + " differently. Finds alterations that nothing else shows, and every decision of a"
              + " version that decided otherwise.")
  private boolean redecide;

  @Option(
      names = "--json",
      description = "One JSON object for each finding, then one for the whole.")
  private boolean json;

  @Override
  public Integer call() {
    CommandLine terminal = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = terminal.getOut();
    long began = System.nanoTime();
    try (TopicLog log = new TopicLog(connection.connection());
        Progress progress = Progress.onTerminal()) {
      RecordReader reader = new RecordReader(log, progress);
      Report report = reader.verify();
      List<Finding> anew = new ArrayList<>();
      Redecision redecision = redecide ? reader.redecide(anew::add) : null;
      progress.stop();
      if (json) {
        report.findings().forEach(finding -> out.println(AuditJson.finding(finding)));
        anew.forEach(finding -> out.println(AuditJson.finding(finding)));
        out.println(AuditJson.report(report));
      } else {
        print(report, Duration.ofNanos(System.nanoTime() - began), out);
        if (redecision != null) {
          print(redecision, anew, out);
        }
        print(report, anew, log, out);
      }
      return report.isClean() && anew.isEmpty() ? Cli.OK : Cli.FAILED;
    }
  }

  private static void print(Report report, Duration took, PrintWriter out) {
    out.printf(
        Locale.ROOT, "decisions     %,d of %,d clusters%n", report.decisions(), report.clusters());
    out.printf(
        Locale.ROOT,
        "events        %,d: %,d rejected, %,d undecided yet, %,d too old to tell, %,d unreadable%n",
        report.events(),
        report.rejections(),
        report.undecided(),
        report.notVerifiable(),
        report.unreadableEvents());
    out.printf(Locale.ROOT, "assignments   %,d entities%n", report.assignments());
    out.printf(Locale.ROOT, "directors     %,d tables agree%n", report.directors());
    out.printf(
        Locale.ROOT,
        "took          %.1f s, %,.0f decisions a second%n",
        took.toMillis() / 1000.0,
        report.decisions() * 1000.0 / Math.max(1, took.toMillis()));
  }

  private static void print(Redecision redecision, List<Finding> anew, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "decided anew  %,d events and deadlines: %,d differently, %,d could not be compared%n",
        redecision.compared(),
        anew.size(),
        redecision.skipped());
  }

  private static void print(Report report, List<Finding> anew, TopicLog log, PrintWriter out) {
    if (report.isClean() && anew.isEmpty()) {
      out.println("nothing is wrong");
      return;
    }
    List<Finding> all = new ArrayList<>(report.findings());
    all.addAll(anew);
    int witnesses = 0;
    for (Finding finding : all) {
      print(finding, out);
      Place witness = finding.witness();
      if (witness != null && witnesses++ < MOST_WITNESSES) {
        log.at(List.of(witness)).forEach(line -> out.println("    " + text(line)));
      }
    }
    long more = report.wrong() - report.findings().size();
    if (more > 0) {
      out.printf(Locale.ROOT, "and %,d more%n", more);
    }
    out.printf(Locale.ROOT, "%,d findings%n", report.wrong() + anew.size());
  }

  private static void print(Finding finding, PrintWriter out) {
    Place place = finding.place();
    out.printf(
        "%s %s, cluster %s%s%n    %s%n",
        finding.kind(),
        place == null ? "after the last decision" : place,
        finding.cluster() == null ? "not known" : finding.cluster(),
        finding.epoch() == 0 ? "" : ", epoch " + finding.epoch(),
        finding.message());
  }

  private static String text(TopicLog.Line witness) {
    String what =
        switch (witness.value()) {
          case Entity entity -> Fields.text(entity);
          case Decision decision ->
              "epoch %d of %s: from %s to %s"
                  .formatted(
                      decision.epoch(),
                      decision.key(),
                      Fields.differing(decision.before(), decision.after()),
                      Fields.differing(decision.after(), decision.before()));
          case null -> "nothing (a tombstone)";
          case org.pointsman.model.LogRecord other -> other.toString();
        };
    return "%s has %s: %s".formatted(witness.place(), witness.key(), what);
  }
}
