package org.pointsman.quickstart.embedded;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Small Avro records for the tests, which differ in their fields. */
final class Records {
  private Records() {}

  /** A field is {@code name}, which every writer must give, or {@code name?} with a default. */
  static String record(String name, String... fields) {
    String list = Stream.of(fields).map(Records::field).collect(Collectors.joining(","));
    return "{\"type\":\"record\",\"name\":\"%s\",\"fields\":[%s]}".formatted(name, list);
  }

  private static String field(String field) {
    return field.endsWith("?")
        ? "{\"name\":\"%s\",\"type\":\"int\",\"default\":0}"
            .formatted(field.substring(0, field.length() - 1))
        : "{\"name\":\"%s\",\"type\":\"int\"}".formatted(field);
  }
}
