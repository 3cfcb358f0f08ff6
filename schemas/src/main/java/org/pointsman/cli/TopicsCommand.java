package org.pointsman.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.pointsman.registry.SchemaRegistry;
import org.pointsman.topics.TopicCreator;
import org.pointsman.topics.TopicSchemas;
import org.pointsman.topics.TopicSchemas.NewKinds;
import org.pointsman.topics.TopicSpec;
import org.pointsman.topics.Topics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes and shows the topics. */
@Command(
    name = "topics",
    description = "Make the topics of a deployment, or show them.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class TopicsCommand {
  @Spec private @Nullable CommandSpec spec;

  private PrintWriter out() {
    return java.util.Objects.requireNonNull(spec).commandLine().getOut();
  }

  @Command(
      description = "Make the topics that are missing, and register the schemas of their records.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ConnectionOptions options,
      @Option(
              names = "--partitions",
              paramLabel = "N",
              defaultValue = "" + Topics.DEFAULT_PARTITIONS,
              description = "Of every topic; cannot be changed later. Default: ${DEFAULT-VALUE}.")
          int partitions,
      @Option(
              names = "--replication-factor",
              paramLabel = "N",
              description = "How many brokers keep each partition. Default: the broker's.")
          @Nullable Short replicationFactor,
      @Option(
              names = "--new-kinds",
              description =
                  "Register event types and names that older releases cannot read; from then on upgrade readers before writers.")
          boolean newKinds) {
    if (partitions < 1) {
      throw new CliException(
          Cli.USAGE, "expected 1 or more --partitions but got %d".formatted(partitions));
    }
    Connection connection = options.connection();
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      TopicCreator.Result result =
          new TopicCreator(admin, connection.topics())
              .create(partitions, Optional.ofNullable(replicationFactor));
      result.created().forEach(topic -> out().println("created " + topic));
      for (String topic : connection.topics().names()) {
        if (!result.created().contains(topic)) {
          out().println("there already: " + topic);
        }
      }
      registerSchemas(connection, newKinds ? NewKinds.TAKEN : NewKinds.REFUSED);
      if (!result.differences().isEmpty()) {
        throw new CliException(String.join(System.lineSeparator(), result.differences()));
      }
    }
    return Cli.OK;
  }

  private void registerSchemas(Connection connection, NewKinds newKinds) {
    try (SchemaRegistry registry = connection.registry()) {
      TopicSchemas.register(registry, connection.topics(), newKinds)
          .forEach((subject, id) -> out().printf("schema %s: id %d%n", subject, id));
    }
  }

  @Command(description = "Show the topics and what is in them.", mixinStandardHelpOptions = true)
  int list(@Mixin ConnectionOptions options) {
    Connection connection = options.connection();
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      Map<String, Integer> there = new TopicCreator(admin, connection.topics()).partitions();
      for (TopicSpec topic : connection.topics().specs()) {
        Integer partitions = there.get(topic.name());
        out()
            .printf(
                "%-24s %-12s %-9s key: %s; value: %s%n",
                topic.name(),
                partitions == null ? "missing" : partitions + " partitions",
                topic.cleanupPolicy(),
                topic.key(),
                String.join(", ", topic.values()));
      }
      return there.size() == connection.topics().names().size() ? Cli.OK : Cli.FAILED;
    }
  }
}
