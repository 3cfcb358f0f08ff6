package org.pointsman.chaos;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.pointsman.cli.Connection;
import org.pointsman.quickstart.PointsmanCommand;

/** What a command said on both streams, and its exit code. */
record Said(int exitCode, String text) {
  static Said of(Connection connection, String prefix, List<String> command) {
    List<String> arguments = new ArrayList<>(command);
    arguments.addAll(List.of("--bootstrap-servers", connection.bootstrapServers()));
    arguments.addAll(List.of("--schema-registry", connection.schemaRegistryUrl()));
    arguments.addAll(List.of("--topic-prefix", prefix));
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text, true);
    int exitCode =
        PointsmanCommand.commandLine()
            .setOut(writer)
            .setErr(writer)
            .execute(arguments.toArray(String[]::new));
    return new Said(exitCode, text.toString());
  }
}
