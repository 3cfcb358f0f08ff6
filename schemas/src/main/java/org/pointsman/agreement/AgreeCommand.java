package org.pointsman.agreement;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.cli.Connection;
import org.pointsman.cli.ConnectionOptions;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.model.AssignerStatus;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.ServerId;
import org.pointsman.topics.TopicReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows whether the assigner and all directors hold the same. */
@Command(
    name = "agree",
    mixinStandardHelpOptions = true,
    description =
        "Show how far the assigner and every live director are, and whether they hold the same.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:they agree",
      "1:two at one epoch differ, one lags behind, or the topics cannot be read",
      "2:the command line is not right"
    })
public final class AgreeCommand implements Callable<Integer> {
  static final Duration DEFAULT_HISTORY = Duration.ofMinutes(10);
  static final long DEFAULT_MAX_LAG = 10_000;

  @Mixin private ConnectionOptions options = new ConnectionOptions();

  @Option(
      names = "--max-lag",
      paramLabel = "N",
      defaultValue = "" + DEFAULT_MAX_LAG,
      description = "How many decisions behind the others one may be. Default: ${DEFAULT-VALUE}.")
  private long maxLag;

  @Option(
      names = "--history",
      paramLabel = "TIME",
      defaultValue = "10m",
      description =
          "Compare what was said within this time, as far as the topics have it still. Default: ${DEFAULT-VALUE}.")
  private Duration history = DEFAULT_HISTORY;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
    Connection connection = options.connection();
    Agreement agreement = new Agreement(Agreement.LIVE_FOR, history);
    try (RecordDeserializer values = connection.deserializer()) {
      TopicReader reader = connection.reader(values);
      Integer everyPartition = null;
      for (String topic :
          List.of(connection.topics().assigners(), connection.topics().directors())) {
        reader.read(topic, everyPartition, read -> take(read, agreement), bad -> tell(bad, err));
      }
    }
    Agreement.Report report = agreement.report(maxLag);
    print(report, out);
    report.problems().forEach(err::println);
    return report.isGood() ? Cli.OK : Cli.FAILED;
  }

  static void take(TopicReader.Read read, Agreement agreement) {
    Instant logTime = Instant.ofEpochMilli(read.timestamp());
    if (read.value() instanceof AssignerStatus status) {
      agreement.take(status, logTime);
    } else if (read.key() != null && read.value() instanceof DirectorStatus status) {
      agreement.take(read.key(), status, logTime);
    } else if (read.key() != null && read.value() == null) {
      agreement.take(read.key(), null, logTime);
    }
  }

  private static void tell(RecordFormatException bad, PrintWriter err) {
    err.println("passed over: " + bad.getMessage());
  }

  private static void print(Agreement.Report report, PrintWriter out) {
    out.printf(
        "%-16s %-24s %12s %12s %10s %8s  %s%n",
        "cluster", "who", "epoch", "offset", "tunnels", "servers", "digest");
    for (Agreement.Line line : report.lines()) {
      out.printf(
          "%-16s %-24s %,12d %12s %,10d %,8d  %s%n",
          line.table().cluster(),
          line.who(),
          line.table().epoch(),
          line.offset() == null ? "" : "%,d".formatted(line.offset()),
          line.table().tunnels(),
          line.table().servers(),
          line.table().digest());
    }
    report.lines().stream()
        .filter(line -> !line.unresolved().isEmpty())
        .forEach(
            line ->
                out.printf(
                    "%s does not know where these servers of cluster %s are, and drops their packets: %s%n",
                    line.who(),
                    line.table().cluster(),
                    line.unresolved().stream()
                        .map(ServerId::value)
                        .collect(Collectors.joining(", "))));
    out.println(
        report.isGood()
            ? "agreed: whoever was at one epoch had one digest"
            : "NOT agreed; see below");
  }
}
