package org.pointsman.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event that changed nothing, and why: the record of the {@code rejections} topic.
 *
 * @param cluster the event's cluster, or null if the record could not be read that far
 * @param partition where the event stands in the events topic
 * @param offset the event's offset there
 * @param event the event, or null if it could not be read
 * @param raw the record's value if it could not be read, cut to {@link #MAX_RAW_BYTES}; null
 *     otherwise
 * @param rawLength the length of that value before it was cut, in bytes; 0 without one
 * @param code why, for programs
 * @param message why, for people: names what is in the way and what to do
 * @param time the log's time of the event, to the millisecond
 */
public record Rejection(
    @Nullable ClusterId cluster,
    int partition,
    long offset,
    @Nullable NetworkEvent event,
    @Nullable RawBytes raw,
    int rawLength,
    RejectionCode code,
    String message,
    Instant time)
    implements LogRecord {
  public static final int MAX_RAW_BYTES = 65_536;
}
