package org.pointsman.quickstart.embedded;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * Keeps from the terminal what Kafka's server warns of at every start and stop of a healthy node.
 * Logback makes one by name, see {@code logback.xml}.
 */
public final class HarmlessKafkaWarnings extends Filter<ILoggingEvent> {
  @Override
  public FilterReply decide(ILoggingEvent event) {
    return event.getLevel() == Level.WARN && isHarmless(event)
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }

  private static boolean isHarmless(ILoggingEvent event) {
    String message = event.getFormattedMessage();
    return switch (event.getLoggerName()) {
      // The only controller becomes the active one.
      case "org.apache.kafka.controller.QuorumController" ->
          message.contains("Performing controller activation");
      // The broker's channel to its controller is closed from two sides.
      case "org.apache.kafka.clients.NetworkClient" ->
          message.contains("Attempting to close NetworkClient that has already been closed");
      // Two clients ask for the same of Kafka's own topics at once, and both are served.
      case "kafka.server.DefaultAutoTopicCreationManager" -> message.contains("already exists");
      default -> false;
    };
  }
}
