package org.pointsman.assigner.audit;

import org.jspecify.annotations.Nullable;
import org.pointsman.model.Decision;

/**
 * A decision as it stands in the log.
 *
 * @param place where
 * @param key the record's key, or null if it has none
 * @param timestamp the record's time as its producer set it, milliseconds since 1970; negative if
 *     the broker sets it in this topic, so that it tells nothing of the producer
 * @param decision the record's value
 */
public record Recorded(Place place, @Nullable String key, long timestamp, Decision decision) {

  long epoch() {
    return decision.epoch();
  }
}
