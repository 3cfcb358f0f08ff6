package org.pointsman.nms.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Duration;
import org.apache.kafka.common.KafkaException;
import org.pointsman.cli.Connection;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that shows what a cluster has. */
final class ListOptions {
  @Option(
      names = "--json",
      description = "One JSON object in each line, with all there is to know.")
  private boolean json;

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  boolean isJson() {
    return json;
  }

  ClusterContents read(NmsConnector connector, CommandLine terminal) {
    return read(cluster, connector, terminal);
  }

  /** Reads the cluster; tells of bad records, and of a cluster that nothing is known of. */
  static ClusterContents read(
      ClusterOptions cluster, NmsConnector connector, CommandLine terminal) {
    PrintWriter err = terminal.getErr();
    Connection connection = cluster.connection();
    try (BadRecords bad = new BadRecords(err);
        Notice _ =
            Notice.after(
                Duration.ofSeconds(3),
                () -> err.println("still reading from " + connection.bootstrapServers()))) {
      ClusterContents contents = connector.contents(connection, cluster.cluster(), bad);
      if (contents.isEmpty()) {
        err.printf(
            "nothing is known of cluster %s at %s%n",
            cluster.cluster(), connection.bootstrapServers());
      }
      return contents;
    }
  }

  /**
   * What the directors say of servers that they do not find; nothing, with a line that says so, if
   * that cannot be read.
   */
  UnresolvedServers unresolved(NmsConnector connector, CommandLine terminal) {
    try (BadRecords bad = new BadRecords(terminal.getErr())) {
      return connector.unresolved(cluster.connection(), bad);
    } catch (KafkaException unreadable) {
      terminal
          .getErr()
          .println(
              "expected to read what the directors say of servers that they do not find but: "
                  + unreadable.getMessage());
      return new UnresolvedServers();
    }
  }

  static void print(ObjectNode json, PrintWriter out) {
    out.println(json.toString());
  }
}
