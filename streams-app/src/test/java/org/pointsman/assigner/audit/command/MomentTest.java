package org.pointsman.assigner.audit.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pointsman.model.InvalidValueException;

final class MomentTest {
  private static final Instant NOW = Instant.parse("2026-11-24T21:00:00Z");
  private static final ZoneId ZONE = ZoneId.of("Europe/Oslo");

  @ParameterizedTest
  @CsvSource({
    "2026-11-24T20:15:30.123Z, 2026-11-24T20:15:30.123Z",
    "2026-11-24T20:15:30+01:00, 2026-11-24T19:15:30Z",
    "2026-11-24T20:15, 2026-11-24T19:15:00Z",
    "2026-07-01T12:00:01, 2026-07-01T10:00:01Z",
    "2026-11-24, 2026-11-23T23:00:00Z",
    "-10m, 2026-11-24T20:50:00Z",
    "-2h, 2026-11-24T19:00:00Z",
    "-PT90S, 2026-11-24T20:58:30Z",
    "now, 2026-11-24T21:00:00Z",
  })
  void aTimeIsRead(String text, Instant expected) {
    assertThat(Moment.parse(text, NOW, ZONE)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "", "2026-13-01", "10:00", "2026-11-24 20:15", "1764000000"})
  void whatIsNoTimeIsRefusedWithExamples(String text) {
    assertThatThrownBy(() -> Moment.parse(text, NOW, ZONE))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("expected a time such as 2026-11-24T21:00:00Z")
        .hasMessageEndingWith("but got '%s'", text);
  }

  @Test
  void soLongAgoNeedsAUnit() {
    assertThatThrownBy(() -> Moment.parse("-10", NOW, ZONE))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage("expected so long ago, such as -90s, -10m or -2h, but got '-10'");
  }
}
