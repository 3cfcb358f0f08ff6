package org.pointsman.director.inspect;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.director.steer.LoadedTable;
import org.pointsman.director.table.EntityTable;
import org.pointsman.director.table.Entry;
import org.pointsman.model.Assignment;
import org.pointsman.model.IpAddress;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows the whole table as it stands now. */
@Command(
    name = "dump",
    description =
        "Show the whole table of a cluster by its assignments as they stand now: servers, virtual addresses, and where each outer address and inner prefix goes.",
    abbreviateSynopsis = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the table was shown, even if it is empty",
      "1:the topic could not be read",
      "2:the command line is not right"
    })
public final class DumpCommand implements Callable<Integer> {
  @Mixin private final InspectOptions options = new InspectOptions();

  @Spec private @Nullable CommandSpec spec;

  private final InspectOptions.Source source;

  /** With the table of the deployment that the options name. */
  public DumpCommand() {
    this(InspectOptions::fromTopic);
  }

  DumpCommand(InspectOptions.Source source) {
    this.source = source;
  }

  @Override
  public Integer call() {
    CommandSpec self = Objects.requireNonNull(spec);
    PrintWriter out = self.commandLine().getOut();
    Map<Side, LoadedTable> tables = options.read(source, self.commandLine().getErr());
    Lines lines = options.isJson() ? new JsonLines(out) : new TextLines(out);
    try {
      EntityTable any = tables.values().iterator().next().entities();
      lines.cluster(options.cluster().value(), any);
      any.servers().forEach(lines::server);
      any.virtualAddresses().forEach(lines::virtual);
      TunnelsByKey tunnels = new TunnelsByKey(any.tunnels());
      tables.forEach((side, table) -> side(side, table.entities(), tunnels, lines));
    } finally {
      tables.values().forEach(LoadedTable::close);
    }
    out.flush();
    return Cli.OK;
  }

  private static void side(Side side, EntityTable table, TunnelsByKey tunnels, Lines lines) {
    String name = side.name().toLowerCase(Locale.ROOT);
    List<Entry> entries = table.entries();
    switch (side) {
      case OUTER ->
          entries.stream()
              .filter(Entry.Outer.class::isInstance)
              .map(Entry.Outer.class::cast)
              .sorted(Comparator.comparing(Entry.Outer::address))
              .forEach(
                  outer ->
                      lines.entry(
                          name,
                          outer.address().toString(),
                          table.serverName(outer.server()).orElseThrow(),
                          tunnels.outer(outer.address())));
      case INNER ->
          entries.stream()
              .filter(Entry.Inner.class::isInstance)
              .map(Entry.Inner.class::cast)
              .sorted(Comparator.comparing(Entry.Inner::prefix))
              .forEach(
                  inner ->
                      lines.entry(
                          name,
                          inner.prefix().toString(),
                          table.serverName(inner.server()).orElseThrow(),
                          tunnels.inner(inner.prefix())));
    }
  }

  /** How it is shown. */
  private interface Lines {
    void cluster(String name, EntityTable table);

    void server(RealServer server);

    void virtual(IpAddress address);

    void entry(String side, String key, ServerId server, List<Assignment> tunnels);
  }

  private static String digest(EntityTable table) {
    return HexFormat.of().formatHex(table.digest().toByteArray());
  }

  private record TextLines(PrintWriter out) implements Lines {
    @Override
    public void cluster(String name, EntityTable table) {
      out.printf(
          Locale.ROOT,
          "cluster  %s  %,d tunnels, %,d of them pending, epoch %d, digest %s%n",
          name,
          table.tunnelCount(),
          table.pendingCount(),
          table.epoch(),
          digest(table));
    }

    @Override
    public void server(RealServer server) {
      String mac = server.mac() == null ? "MAC resolved" : server.mac().toString();
      out.printf(
          "server   %-20s %s  %s  %s%n", server.server(), server.state(), server.address(), mac);
    }

    @Override
    public void virtual(IpAddress address) {
      out.printf("virtual  %s%n", address);
    }

    @Override
    public void entry(String side, String key, ServerId server, List<Assignment> tunnels) {
      String names =
          tunnels.stream().map(t -> t.tunnel().value()).collect(Collectors.joining(", "));
      out.printf("%-8s %-20s %s  %s%n", side, key, server, names);
    }
  }

  private record JsonLines(PrintWriter out) implements Lines {
    private void print(String kind, ObjectNode fields) {
      ObjectNode line = JsonNodeFactory.instance.objectNode().put("kind", kind);
      line.setAll(fields);
      out.println(line);
    }

    private static ObjectNode object() {
      return JsonNodeFactory.instance.objectNode();
    }

    @Override
    public void cluster(String name, EntityTable table) {
      print(
          "cluster",
          object()
              .put("cluster", name)
              .put("tunnels", table.tunnelCount())
              .put("pending", table.pendingCount())
              .put("epoch", table.epoch())
              .put("digest", digest(table)));
    }

    @Override
    public void server(RealServer server) {
      print(
          "server",
          object()
              .put("server", server.server().value())
              .put("state", server.state().name())
              .put("address", server.address().toString())
              .put("mac", server.mac() == null ? null : server.mac().toString()));
    }

    @Override
    public void virtual(IpAddress address) {
      print("virtual", object().put("address", address.toString()));
    }

    @Override
    public void entry(String side, String key, ServerId server, List<Assignment> tunnels) {
      ObjectNode fields =
          object()
              .put(side.equals("outer") ? "address" : "prefix", key)
              .put("server", server.value());
      var names = fields.putArray("tunnels");
      tunnels.forEach(tunnel -> names.add(tunnel.tunnel().value()));
      print(side, fields);
    }
  }
}
