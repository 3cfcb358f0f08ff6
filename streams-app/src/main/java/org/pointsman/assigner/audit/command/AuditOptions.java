package org.pointsman.assigner.audit.command;

import org.apache.kafka.common.TopicPartition;
import org.pointsman.cli.ConnectionOptions;
import org.pointsman.model.ClusterId;
import org.pointsman.topics.Topics;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that looks into the record of one cluster. */
final class AuditOptions {
  private static final String DEFAULT_CLUSTER = "default";

  @Option(
      names = {"-c", "--cluster"},
      paramLabel = "CLUSTER",
      defaultValue = DEFAULT_CLUSTER,
      description = "The cluster. Default: ${DEFAULT-VALUE}.")
  private ClusterId cluster = new ClusterId(DEFAULT_CLUSTER);

  @Option(
      names = "--json",
      description = "One JSON object in each line, with all there is to know.")
  private boolean json;

  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  ClusterId cluster() {
    return cluster;
  }

  boolean isJson() {
    return json;
  }

  TopicLog open() {
    return new TopicLog(connection.connection());
  }

  /** The partition of a topic that holds everything of the cluster. */
  TopicPartition partition(String topic, int partitions) {
    return new TopicPartition(topic, Topics.partitionOf(cluster, partitions));
  }
}
