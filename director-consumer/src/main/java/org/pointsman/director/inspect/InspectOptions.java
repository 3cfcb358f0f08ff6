package org.pointsman.director.inspect;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.CliException;
import org.pointsman.cli.Connection;
import org.pointsman.cli.ConnectionOptions;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.director.steer.AssignmentsReader;
import org.pointsman.director.steer.CaptureException;
import org.pointsman.director.steer.LoadedTable;
import org.pointsman.director.table.EntityChange;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Side;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What both commands are told, and the tables that follow. */
final class InspectOptions {
  private static final int BAD_SHOWN = 10;

  /** Where the records come from. */
  @FunctionalInterface
  interface Source {
    /** The cluster's records in the order of the log; {@code bad} hears of the others. */
    List<EntityChange> read(
        Supplier<Connection> connection, ClusterId cluster, Consumer<String> bad);
  }

  @Option(
      names = {"-c", "--cluster"},
      paramLabel = "NAME",
      defaultValue = "default",
      description = "Whose tunnels. Default: ${DEFAULT-VALUE}.")
  private ClusterId cluster = new ClusterId("default");

  @Option(names = "--side", paramLabel = "SIDE", description = "outer or inner. Default: both.")
  private @Nullable Side side;

  @Option(names = "--json", description = "One JSON object in each line.")
  private boolean json;

  @Mixin private final ConnectionOptions connectionOptions = new ConnectionOptions();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  boolean isJson() {
    return json;
  }

  ClusterId cluster() {
    return cluster;
  }

  /** The tables of the sides asked for; the caller closes them. */
  Map<Side, LoadedTable> read(Source source, PrintWriter err) {
    List<String> bad = new ArrayList<>();
    List<EntityChange> changes = source.read(connectionOptions::connection, cluster, bad::add);
    bad.stream().limit(BAD_SHOWN).forEach(sentence -> err.println("skipped " + sentence));
    if (bad.size() > BAD_SHOWN) {
      err.println("skipped %,d records in all that cannot be read".formatted(bad.size()));
    }
    Map<Side, LoadedTable> tables = new EnumMap<>(Side.class);
    try {
      for (Side each : Side.values()) {
        if (side == null || side == each) {
          tables.put(each, new LoadedTable(cluster, each, changes, List.of(), List.of(), null));
        }
      }
    } catch (CaptureException tooLarge) {
      tables.values().forEach(LoadedTable::close);
      throw new CliException(String.valueOf(tooLarge.getMessage()));
    }
    return tables;
  }

  /** The topic of the deployment that the options name. */
  static List<EntityChange> fromTopic(
      Supplier<Connection> options, ClusterId cluster, Consumer<String> bad) {
    Connection connection = options.get();
    String topic = connection.topics().assignments();
    AssignmentsReader records = new AssignmentsReader(topic, bad);
    try (RecordDeserializer values = connection.deserializer()) {
      connection.reader(values).read(topic, cluster, records::take, records::takeBad);
    }
    return records.changes();
  }
}
