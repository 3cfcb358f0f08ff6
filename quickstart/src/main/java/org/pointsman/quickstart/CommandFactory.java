package org.pointsman.quickstart;

import java.time.Clock;
import org.pointsman.nms.cli.ClusterCommand;
import picocli.CommandLine;

/** Makes the commands, and gives those that can use it what only this module has together. */
final class CommandFactory implements CommandLine.IFactory {
  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type.equals(ClusterCommand.class)) {
      return type.cast(new ClusterCommand(new EnginePlanner(Clock.systemUTC())));
    }
    return CommandLine.defaultFactory().create(type);
  }
}
