package org.pointsman.quickstart.embedded;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps from the terminal what Kafka's server warns of at every start and stop of a healthy node,
 * and what its clients say several times a second while no broker answers, but for one line a
 * minute. Logback makes one by name, see {@code logback.xml}.
 */
public final class NeedlessKafkaWarnings extends Filter<ILoggingEvent> {
  private static final long AGAIN_MILLIS = TimeUnit.MINUTES.toMillis(1);

  /** From when on it is said again that a broker does not answer. */
  private final AtomicLong saidUntil = new AtomicLong(Long.MIN_VALUE);

  @Override
  public FilterReply decide(ILoggingEvent event) {
    return event.getLevel() == Level.WARN && isNeedless(event)
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }

  private boolean isNeedless(ILoggingEvent event) {
    String message = event.getFormattedMessage();
    return switch (event.getLoggerName()) {
      // The only controller becomes the active one.
      case "org.apache.kafka.controller.QuorumController" ->
          message.contains("Performing controller activation");
      // The broker's channel to its controller is closed from two sides.
      case "org.apache.kafka.clients.NetworkClient" ->
          message.contains("Attempting to close NetworkClient that has already been closed")
              || wasSaid(event.getTimeStamp());
      // Two clients ask for the same of Kafka's own topics at once, and both are served.
      case "kafka.server.DefaultAutoTopicCreationManager" -> message.contains("already exists");
      default -> false;
    };
  }

  private boolean wasSaid(long nowMillis) {
    long until = saidUntil.get();
    return nowMillis < until || !saidUntil.compareAndSet(until, nowMillis + AGAIN_MILLIS);
  }
}
