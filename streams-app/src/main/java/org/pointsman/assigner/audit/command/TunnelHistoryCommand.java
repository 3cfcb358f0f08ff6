package org.pointsman.assigner.audit.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.audit.Fields;
import org.pointsman.assigner.audit.Recorded;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.model.Decision;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Rejection;
import org.pointsman.model.TunnelEvent;
import org.pointsman.model.TunnelId;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Everything that was ever decided on a tunnel. */
@Command(
    name = "tunnel",
    mixinStandardHelpOptions = true,
    description =
        "Tell a tunnel's whole history: each decision with its cause, and each rejection.")
final class TunnelHistoryCommand implements Callable<Integer> {
  @Mixin private final AuditOptions options = new AuditOptions();
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "ID", description = "The tunnel's name.")
  private @Nullable TunnelId tunnel;

  /**
   * A decision or a rejection, in the order of the log's time.
   *
   * @param time milliseconds since 1970
   */
  private record Chapter(long time, @Nullable Recorded decision, @Nullable Rejection rejection) {}

  @Override
  public Integer call() {
    TunnelId asked = Objects.requireNonNull(tunnel);
    CommandLine terminal = Objects.requireNonNull(spec).commandLine();
    try (TopicLog log = options.open()) {
      List<Chapter> history = decisions(log, asked, terminal.getErr());
      history.addAll(rejections(log, asked));
      if (history.isEmpty()) {
        throw new CliException(
            "expected decisions on tunnel %s of cluster %s but there are none; check the name and --cluster"
                .formatted(asked, options.cluster()));
      }
      history.sort(Comparator.comparingLong(Chapter::time));
      Events events = new Events(log);
      PrintWriter out = terminal.getOut();
      for (Chapter chapter : history) {
        Recorded decision = chapter.decision();
        Rejection rejection = chapter.rejection();
        if (decision != null) {
          tell(decision, events, out);
        } else if (rejection != null) {
          tell(rejection, log, out);
        }
      }
    }
    return Cli.OK;
  }

  private List<Chapter> decisions(TopicLog log, TunnelId asked, PrintWriter err) {
    EntityKey key = new EntityKey.Tunnel(options.cluster(), asked);
    List<Chapter> found = new ArrayList<>();
    new ClusterDecisions(log, options.cluster(), err)
        .read(
            options.partition(log.connection().topics().decisions(), log.partitions()),
            record -> {
              if (record.decision().key().equals(key)) {
                found.add(new Chapter(record.decision().time().toEpochMilli(), record, null));
              }
              return true;
            });
    return found;
  }

  private List<Chapter> rejections(TopicLog log, TunnelId asked) {
    int partitions = log.partitions();
    TopicPartition partition =
        options.partition(log.connection().topics().rejections(), partitions);
    long end = log.committedEnds(partition.topic(), partitions).getOrDefault(partition, 0L);
    List<Chapter> found = new ArrayList<>();
    log.read(
        Map.of(partition, end),
        line -> {
          if (line.value() instanceof Rejection rejection
              && rejection.event() != null
              && rejection.event().cluster().equals(options.cluster())
              && rejection.event().payload() instanceof TunnelEvent event
              && event.tunnel().equals(asked)) {
            found.add(new Chapter(rejection.time().toEpochMilli(), null, rejection));
          }
          return true;
        });
    return found;
  }

  private void tell(Recorded record, Events events, PrintWriter out) {
    if (options.isJson()) {
      out.println(AuditJson.decision(record, events.of(record)));
      return;
    }
    Decision decision = record.decision();
    out.printf("%s  %s: %s%n", decision.time(), decision.reason(), change(decision));
    out.printf("    epoch %d, %s%n", decision.epoch(), record.place());
    out.printf("    because of %s%n", events.text(record));
  }

  private void tell(Rejection rejection, TopicLog log, PrintWriter out) {
    NetworkEvent event = Objects.requireNonNull(rejection.event());
    String kind = event.payload().getClass().getSimpleName();
    if (options.isJson()) {
      ObjectNode json = AuditJson.object();
      json.put("time", rejection.time().toString());
      json.put("rejected", rejection.code().name());
      json.put("message", rejection.message());
      ObjectNode cause = json.putObject("cause");
      cause.put("partition", rejection.partition());
      cause.put("offset", rejection.offset());
      cause.put("eventId", event.eventId());
      cause.put("event", kind);
      cause.put("source", event.source());
      out.println(json);
      return;
    }
    out.printf("%s  rejected, %s: %s%n", rejection.time(), rejection.code(), rejection.message());
    out.printf(
        "    event %s-%d@%d '%s', %s by %s%n",
        log.connection().topics().events(),
        rejection.partition(),
        rejection.offset(),
        event.eventId(),
        kind,
        event.source());
  }

  private static String change(Decision decision) {
    Entity before = decision.before();
    Entity after = decision.after();
    if (after == null) {
      return "released; it had " + Fields.differing(before, null);
    }
    return before == null
        ? Fields.text(after)
        : "%s; before: %s"
            .formatted(Fields.differing(after, before), Fields.differing(before, after));
  }
}
