package org.pointsman.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The checks that several values share. */
final class Checks {
  private Checks() {}

  static <T extends Comparable<? super T>> List<T> canonical(
      String what, List<T> values, int fewest, int most) {
    List<T> sorted =
        isStrictlyAscending(values)
            ? List.copyOf(values)
            : values.stream().distinct().sorted().toList();
    if (sorted.size() < fewest || sorted.size() > most) {
      throw new InvalidValueException(
          "expected %d to %d %s but got %d".formatted(fewest, most, what, sorted.size()));
    }
    return sorted;
  }

  /** What comes from the log is in order already. */
  private static <T extends Comparable<? super T>> boolean isStrictlyAscending(List<T> values) {
    for (int i = 1; i < values.size(); i++) {
      if (values.get(i - 1).compareTo(values.get(i)) >= 0) {
        return false;
      }
    }
    return true;
  }

  static void notNegative(String what, long value) {
    if (value < 0) {
      throw new InvalidValueException("expected 0 or more %s but got %d".formatted(what, value));
    }
  }

  static void positive(String what, @Nullable Number value) {
    if (value != null && value.longValue() <= 0) {
      throw new InvalidValueException("expected %s of 1 or more but got %s".formatted(what, value));
    }
  }

  static void range(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new InvalidValueException(
          "expected %s of %d to %d but got %d".formatted(what, least, most, value));
    }
  }

  static void notNegative(String what, @Nullable Duration value) {
    if (value != null && value.isNegative()) {
      throw new InvalidValueException(
          "expected %s of 0 or longer but got %s".formatted(what, value));
    }
  }
}
