package org.pointsman.assigner.audit.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.audit.AddressHistory;
import org.pointsman.assigner.audit.AddressHistory.Holder;
import org.pointsman.cli.Cli;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.ServerId;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which real server had an address. */
@Command(
    name = "who",
    mixinStandardHelpOptions = true,
    description = "Tell which real server had an address, since when, and by which decision.")
final class WhoCommand implements Callable<Integer> {
  @Mixin private final AuditOptions options = new AuditOptions();
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "ADDRESS",
      description =
          "As an outer address it is looked up exactly, in the inner subnets by the longest prefix;"
              + " both are told.")
  private @Nullable IpAddress address;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      defaultValue = "now",
      description =
          "When: 2026-11-24T21:00:00Z, 2026-11-24T21:00 (of this host's zone) or -10m. Default:"
              + " now.")
  private String at = "now";

  @Override
  public Integer call() {
    Instant time = Moment.parse(at, Instant.now(), ZoneId.systemDefault());
    IpAddress asked = Objects.requireNonNull(address);
    AddressHistory history = new AddressHistory(asked);
    CommandLine terminal = Objects.requireNonNull(spec).commandLine();
    try (TopicLog log = options.open()) {
      String topic = log.connection().topics().decisions();
      new ClusterDecisions(log, options.cluster(), terminal.getErr())
          .read(
              options.partition(topic, log.partitions()),
              record -> {
                if (record.decision().time().isAfter(time)) {
                  return false;
                }
                history.add(record);
                return true;
              });
      Events events = new Events(log);
      if (options.isJson()) {
        history.outer().forEach(holder -> terminal.getOut().println(json("outer", holder, events)));
        history.inner().forEach(holder -> terminal.getOut().println(json("inner", holder, events)));
      } else {
        print(asked, time, history, events, terminal.getOut());
      }
    }
    return Cli.OK;
  }

  private void print(
      IpAddress asked, Instant time, AddressHistory history, Events events, PrintWriter out) {
    List<Holder> outer = history.outer();
    List<Holder> inner = history.inner();
    if (outer.isEmpty() && inner.isEmpty()) {
      out.printf("no tunnel of cluster %s had %s at %s%n", options.cluster(), asked, time);
    }
    outer.forEach(holder -> print("outer address " + asked, holder, events, out));
    inner.forEach(
        holder ->
            print("inner address %s in %s".formatted(asked, holder.subnet()), holder, events, out));
  }

  private static void print(String what, Holder holder, Events events, PrintWriter out) {
    out.printf(
        "%s: %s, tunnel %s, %s%n",
        what, place(holder), holder.tunnel().tunnel(), holder.tunnel().state());
    out.printf(
        "  since %s by %s, epoch %d: %s%n",
        holder.since().decision().time(),
        holder.since().place(),
        holder.since().decision().epoch(),
        holder.since().decision().reason());
    out.printf("  because of %s%n", events.text(holder.since()));
  }

  private static String place(Holder holder) {
    ServerId server = holder.tunnel().server();
    return server == null ? "no server (pending)" : server.value();
  }

  private static ObjectNode json(String side, Holder holder, Events events) {
    ObjectNode json = AuditJson.object();
    IpPrefix subnet = holder.subnet();
    json.put("side", side);
    json.put("subnet", subnet == null ? null : subnet.toString());
    json.set("assignment", AuditJson.entity(holder.tunnel()));
    json.set("since", AuditJson.decision(holder.since(), events.of(holder.since())));
    return json;
  }
}
