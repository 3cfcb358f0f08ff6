package org.pointsman.assigner.audit.command;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Function;
import org.pointsman.cli.Cli;
import org.pointsman.model.InvalidValueException;

/** Points in time as people write them. */
final class Moment {
  private Moment() {}

  /**
   * Reads {@code 2026-11-24T21:00:00Z}, with any offset; {@code 2026-11-24T21:00} and {@code
   * 2026-11-24} by this host's time zone; {@code -10m}, so long ago; {@code now}.
   *
   * @throws InvalidValueException if it is none of these
   */
  static Instant parse(String text, Instant now, ZoneId zone) {
    if (text.equals("now")) {
      return now;
    }
    if (text.startsWith("-")) {
      return now.minus(ago(text));
    }
    List<Function<String, Instant>> ways =
        List.of(
            Instant::parse,
            absolute -> OffsetDateTime.parse(absolute).toInstant(),
            local -> LocalDateTime.parse(local).atZone(zone).toInstant(),
            day -> LocalDate.parse(day).atStartOfDay(zone).toInstant());
    for (Function<String, Instant> way : ways) {
      try {
        return way.apply(text);
      } catch (DateTimeException another) {
        // perhaps it is written in the next way
      }
    }
    throw new InvalidValueException(
        "expected a time such as 2026-11-24T21:00:00Z, 2026-11-24T21:00 (of this host's zone) or -10m but got '%s'"
            .formatted(text));
  }

  private static Duration ago(String text) {
    try {
      return Cli.duration(text.substring(1));
    } catch (InvalidValueException none) {
      throw (InvalidValueException)
          new InvalidValueException(
                  "expected so long ago, such as -90s, -10m or -2h, but got '%s'".formatted(text))
              .initCause(none);
    }
  }
}
