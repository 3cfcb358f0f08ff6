package org.pointsman.quickstart.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import org.junit.jupiter.api.Test;

final class NeedlessKafkaWarningsTest {
  private static final String CLIENT = "org.apache.kafka.clients.NetworkClient";
  private static final String AWAY = "Connection to node -1 (/127.0.0.1:9092) could not be made";

  private final NeedlessKafkaWarnings filter = new NeedlessKafkaWarnings();

  @Test
  void thatNoBrokerAnswersIsSaidOnceAMinute() {
    assertThat(decide(Level.WARN, CLIENT, AWAY, 1_000)).isEqualTo(FilterReply.NEUTRAL);
    assertThat(decide(Level.WARN, CLIENT, AWAY, 1_001)).isEqualTo(FilterReply.DENY);
    assertThat(decide(Level.WARN, CLIENT, AWAY, 60_999)).isEqualTo(FilterReply.DENY);
    assertThat(decide(Level.WARN, CLIENT, AWAY, 61_000)).isEqualTo(FilterReply.NEUTRAL);
    assertThat(decide(Level.WARN, CLIENT, AWAY, 61_000)).isEqualTo(FilterReply.DENY);
  }

  @Test
  void whatIsHarmlessIsNotSaidAndDoesNotCount() {
    String closed = "Attempting to close NetworkClient that has already been closed.";
    assertThat(decide(Level.WARN, CLIENT, closed, 1_000)).isEqualTo(FilterReply.DENY);
    assertThat(decide(Level.WARN, CLIENT, AWAY, 1_000)).isEqualTo(FilterReply.NEUTRAL);
  }

  @Test
  void errorsAndOtherWarningsAreSaidEachTime() {
    for (int i = 0; i < 2; i++) {
      assertThat(decide(Level.ERROR, CLIENT, AWAY, 1_000)).isEqualTo(FilterReply.NEUTRAL);
      assertThat(decide(Level.WARN, "org.pointsman.nms.Nms", AWAY, 1_000))
          .isEqualTo(FilterReply.NEUTRAL);
    }
  }

  private FilterReply decide(Level level, String logger, String message, long millis) {
    LoggingEvent event = new LoggingEvent();
    event.setLevel(level);
    event.setLoggerName(logger);
    event.setMessage(message);
    event.setTimeStamp(millis);
    return filter.decide(event);
  }
}
