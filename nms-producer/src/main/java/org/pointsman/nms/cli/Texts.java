package org.pointsman.nms.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How numbers, times and lists read. */
final class Texts {
  private static final int LISTED = 2;
  private static final String[] UNITS = {"bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"};

  private Texts() {}

  /** {@code 10,000}. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** {@code 1 tunnel}, {@code 10,000 tunnels}. */
  static String count(long number, String noun) {
    return count(number) + " " + noun + (number == 1 ? "" : "s");
  }

  /** {@code 1.2 s}. */
  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }

  /** As the options take it: {@code 90s}, {@code 5m}, {@code 2h}. */
  static String duration(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds == 0 || seconds % 60 != 0) {
      return seconds + "s";
    }
    return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
  }

  /** {@code 10 Mbit/s}, {@code 1.5 Gbit/s}; {@code -} for 0, which means not known. */
  static String traffic(long bitsPerSecond) {
    if (bitsPerSecond == 0) {
      return "-";
    }
    int unit = 0;
    double value = bitsPerSecond;
    while (value >= 999.5 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    String digits = String.format(Locale.ROOT, value < 9.95 ? "%.1f" : "%.0f", value);
    return digits.replaceFirst("\\.0$", "") + " " + UNITS[unit];
  }

  /** The first two, and how many more there are. */
  static String shortened(List<?> values) {
    String first =
        values.stream().limit(LISTED).map(Object::toString).collect(Collectors.joining(";"));
    return values.size() <= LISTED ? first : first + " +" + (values.size() - LISTED);
  }

  /** All of them, or {@code none}. */
  static String listed(List<?> values) {
    return values.isEmpty()
        ? "none"
        : values.stream().map(Object::toString).collect(Collectors.joining(", "));
  }
}
