package org.pointsman.quickstart.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;
import org.pointsman.registry.CompatibilityLevel;

/** Whether a new schema keeps a subject's {@link CompatibilityLevel}, by Avro's own rules. */
final class CompatibilityCheck {
  static final CompatibilityLevel DEFAULT_LEVEL = CompatibilityLevel.BACKWARD;

  private CompatibilityCheck() {}

  static Optional<CompatibilityLevel> level(String name) {
    try {
      return Optional.of(CompatibilityLevel.valueOf(name.toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException unknown) {
      return Optional.empty();
    }
  }

  /**
   * Why the candidate may not follow the older schemas; nothing if it may. Only the first of the
   * older schemas that stands against it is reported, newest first, as its reasons usually repeat
   * in those before it.
   *
   * @param older oldest first
   */
  static List<String> reasonsAgainst(
      Schema candidate, List<Schema> older, CompatibilityLevel level) {
    List<Schema> newestFirst = older.reversed();
    long count = isTransitive(level) ? newestFirst.size() : 1;
    for (Schema schema : newestFirst.stream().limit(count).toList()) {
      List<String> reasons = new ArrayList<>();
      if (isBackward(level)) {
        addReasons(candidate, schema, "the new schema cannot read the old one's data", reasons);
      }
      if (isForward(level)) {
        addReasons(schema, candidate, "the old schema cannot read the new one's data", reasons);
      }
      if (!reasons.isEmpty()) {
        reasons.add("old schema: " + schema);
        reasons.add("compatibility level: " + level);
        return reasons;
      }
    }
    return List.of();
  }

  private static void addReasons(
      Schema reader, Schema writer, String headline, List<String> reasons) {
    List<Incompatibility> found =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
            .getResult()
            .getIncompatibilities();
    for (Incompatibility each : found) {
      reasons.add(
          "%s: %s at %s: %s"
              .formatted(headline, each.getType(), each.getLocation(), each.getMessage()));
    }
  }

  /** The new schema reads what the older one wrote. */
  private static boolean isBackward(CompatibilityLevel level) {
    return switch (level) {
      case BACKWARD, BACKWARD_TRANSITIVE, FULL, FULL_TRANSITIVE -> true;
      case NONE, FORWARD, FORWARD_TRANSITIVE -> false;
    };
  }

  /** The older schema reads what the new one writes. */
  private static boolean isForward(CompatibilityLevel level) {
    return switch (level) {
      case FORWARD, FORWARD_TRANSITIVE, FULL, FULL_TRANSITIVE -> true;
      case NONE, BACKWARD, BACKWARD_TRANSITIVE -> false;
    };
  }

  /** Measured against every older version, not the latest only. */
  private static boolean isTransitive(CompatibilityLevel level) {
    return switch (level) {
      case BACKWARD_TRANSITIVE, FORWARD_TRANSITIVE, FULL_TRANSITIVE -> true;
      case NONE, BACKWARD, FORWARD, FULL -> false;
    };
  }
}
