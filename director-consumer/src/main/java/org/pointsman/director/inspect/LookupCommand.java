package org.pointsman.director.inspect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.director.steer.LoadedTable;
import org.pointsman.model.Assignment;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says where packets of an address go by the table as it stands now. */
@Command(
    name = "lookup",
    description =
        "Say which server and tunnel an address belongs to, as a peer's outer address and as a destination behind one, by the assignments as they stand now.",
    abbreviateSynopsis = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:packets of this address go to a server",
      "1:it is a miss on every side asked for, or the topic could not be read",
      "2:the command line is not right"
    })
public final class LookupCommand implements Callable<Integer> {
  @Parameters(paramLabel = "ADDRESS", description = "IPv4 or IPv6.")
  private @Nullable IpAddress address;

  @Mixin private final InspectOptions options = new InspectOptions();

  @Spec private @Nullable CommandSpec spec;

  private final InspectOptions.Source source;

  /** With the table of the deployment that the options name. */
  public LookupCommand() {
    this(InspectOptions::fromTopic);
  }

  LookupCommand(InspectOptions.Source source) {
    this.source = source;
  }

  @Override
  public Integer call() {
    IpAddress asked = Objects.requireNonNull(address);
    CommandSpec self = Objects.requireNonNull(spec);
    PrintWriter out = self.commandLine().getOut();
    Map<Side, LoadedTable> tables = options.read(source, self.commandLine().getErr());
    boolean any = false;
    try {
      for (Map.Entry<Side, LoadedTable> side : tables.entrySet()) {
        Answer answer = answer(side.getKey(), side.getValue(), asked);
        out.println(options.isJson() ? answer.json() : answer.text());
        any |= answer.server().isPresent();
      }
    } finally {
      tables.values().forEach(LoadedTable::close);
    }
    out.flush();
    return any ? Cli.OK : Cli.FAILED;
  }

  private Answer answer(Side side, LoadedTable table, IpAddress asked) {
    TunnelsByKey tunnels = new TunnelsByKey(table.entities().tunnels());
    Optional<ServerId> server = table.serverOf(asked);
    boolean pending = server.isEmpty();
    List<Assignment> found =
        switch (side) {
          case OUTER ->
              tunnels.outer(asked).stream().filter(t -> t.isPending() == pending).toList();
          case INNER -> tunnels.inner(asked, pending);
        };
    boolean isVirtual = table.entities().virtualAddresses().contains(asked);
    return new Answer(side, asked, server, found, isVirtual);
  }

  /** What is known of an address on one side. */
  private record Answer(
      Side side,
      IpAddress address,
      Optional<ServerId> server,
      List<Assignment> tunnels,
      boolean isVirtual) {

    String text() {
      String who = "%s  %s  ".formatted(name(), address);
      String about =
          tunnels.stream()
              .map(t -> "tunnel %s (%s, epoch %d)".formatted(t.tunnel(), t.state(), t.epoch()))
              .collect(Collectors.joining(", "));
      if (server.isPresent()) {
        return who + server.get() + "  " + about;
      }
      if (!tunnels.isEmpty()) {
        return who + "miss: " + about + " waits for a server";
      }
      if (isVirtual) {
        return who + "miss: it is a virtual address of the cluster, which peers send to";
      }
      return who
          + switch (side) {
            case OUTER -> "miss: no tunnel has this outer address";
            case INNER -> "miss: no tunnel has a subnet that holds it";
          };
    }

    ObjectNode json() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("side", name()).put("address", address.toString());
      json.put("miss", server.isEmpty());
      server.ifPresent(name -> json.put("server", name.value()));
      ArrayNode list = json.putArray("tunnels");
      for (Assignment tunnel : tunnels) {
        list.addObject()
            .put("tunnel", tunnel.tunnel().value())
            .put("state", tunnel.state().name())
            .put("epoch", tunnel.epoch());
      }
      return json;
    }

    private String name() {
      return side.name().toLowerCase(Locale.ROOT);
    }
  }
}
