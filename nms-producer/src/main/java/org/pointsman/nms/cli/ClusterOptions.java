package org.pointsman.nms.cli;

import org.pointsman.cli.Connection;
import org.pointsman.cli.ConnectionOptions;
import org.pointsman.model.ClusterId;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which cluster of which deployment; the options of every command that talks to one. */
final class ClusterOptions {
  static final String DEFAULT_CLUSTER = "default";

  @Option(
      names = {"-c", "--cluster"},
      paramLabel = "CLUSTER",
      defaultValue = DEFAULT_CLUSTER,
      description = "The cluster. Default: ${DEFAULT-VALUE}.")
  private ClusterId cluster = new ClusterId(DEFAULT_CLUSTER);

  @Mixin private final ConnectionOptions connection = new ConnectionOptions();
  @Mixin final HelpOptions help = new HelpOptions();

  ClusterId cluster() {
    return cluster;
  }

  Connection connection() {
    return connection.connection();
  }
}
