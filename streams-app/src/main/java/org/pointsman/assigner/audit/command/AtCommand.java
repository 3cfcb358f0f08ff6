package org.pointsman.assigner.audit.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.audit.Fields;
import org.pointsman.assigner.audit.Fold;
import org.pointsman.assigner.audit.Recorded;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.RealServer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A cluster as it was. */
@Command(
    name = "at",
    mixinStandardHelpOptions = true,
    description = "Show a cluster's settings, servers and tunnels as they were.")
final class AtCommand implements Callable<Integer> {
  @Mixin private final AuditOptions options = new AuditOptions();
  private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "TIME|OFFSET",
      description =
          "A time (2026-11-24T21:00:00Z, 2026-11-24T21:00 of this host's zone, -10m, now), or the"
              + " offset of a decision in the cluster's partition of the decisions; that one is"
              + " counted in.")
  private String at = "now";

  /** Lets {@code -10m} be a time, not an option. */
  @Spec
  void setSpec(CommandSpec own) {
    spec = own;
    own.parser().unmatchedOptionsArePositionalParams(true);
  }

  @Override
  public Integer call() {
    Predicate<Recorded> isIn = moment();
    Fold fold = new Fold(options.cluster());
    List<Recorded> last = new ArrayList<>();
    CommandLine terminal = Objects.requireNonNull(spec).commandLine();
    try (TopicLog log = options.open()) {
      TopicPartition partition =
          options.partition(log.connection().topics().decisions(), log.partitions());
      new ClusterDecisions(log, options.cluster(), terminal.getErr())
          .read(
              partition,
              record -> {
                if (!isIn.test(record)) {
                  return false;
                }
                fold.apply(record.decision());
                last.clear();
                last.add(record);
                return true;
              });
    }
    if (last.isEmpty()) {
      throw new CliException(
          "expected decisions of cluster %s by %s but its first is later"
              .formatted(options.cluster(), at));
    }
    if (options.isJson()) {
      terminal.getOut().println(json(fold, last.getFirst()));
    } else {
      print(fold, last.getFirst(), terminal.getOut());
    }
    return Cli.OK;
  }

  private Predicate<Recorded> moment() {
    if (at.matches("\\d{1,18}")) {
      long offset = Long.parseLong(at);
      return record -> record.place().offset() <= offset;
    }
    Instant time = Moment.parse(at, Instant.now(), ZoneId.systemDefault());
    return record -> !record.decision().time().isAfter(time);
  }

  private static <E extends Entity> List<E> all(Fold fold, Class<E> kind) {
    return fold.entities().stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .sorted(Comparator.comparing(Entity::key))
        .toList();
  }

  private ClusterConfig config(Fold fold) {
    return fold.entity(new EntityKey.Config(options.cluster())) instanceof ClusterConfig config
        ? config
        : ClusterConfig.defaults(options.cluster());
  }

  private void print(Fold fold, Recorded last, PrintWriter out) {
    List<RealServer> servers = all(fold, RealServer.class);
    List<Assignment> tunnels = all(fold, Assignment.class);
    out.printf(
        "cluster %s after epoch %d, decided at %s (%s): %d servers, %d tunnels%n",
        options.cluster(),
        fold.epoch(),
        last.decision().time(),
        last.place(),
        servers.size(),
        tunnels.size());
    out.println("settings  " + Fields.text(config(fold)));
    servers.forEach(server -> out.printf("server %s  %s%n", server.server(), Fields.text(server)));
    tunnels.forEach(tunnel -> out.printf("tunnel %s  %s%n", tunnel.tunnel(), Fields.text(tunnel)));
  }

  private ObjectNode json(Fold fold, Recorded last) {
    ObjectNode json = AuditJson.object();
    json.put("cluster", options.cluster().value());
    AuditJson.place(json, last.place());
    json.put("epoch", fold.epoch());
    json.put("time", last.decision().time().toString());
    json.set("config", AuditJson.entity(config(fold)));
    ArrayNode servers = json.putArray("servers");
    all(fold, RealServer.class).forEach(server -> servers.add(AuditJson.entity(server)));
    ArrayNode tunnels = json.putArray("tunnels");
    all(fold, Assignment.class).forEach(tunnel -> tunnels.add(AuditJson.entity(tunnel)));
    return json;
  }
}
