package org.pointsman.model;

import java.time.Instant;

/**
 * The envelope of every event in the {@code events} topic.
 *
 * @param eventId the producer's own name for this event, unique, 1 to 128 characters; a producer
 *     that repeats an event repeats its id
 * @param cluster the cluster it concerns, which is also the record's key
 * @param occurredAt when it happened by the producer's clock, to the millisecond; for people to
 *     read: the engine goes by the log's time
 * @param source who says so, for the audit: a program and host name, 1 to 256 characters
 * @param payload what happened
 */
public record NetworkEvent(
    String eventId, ClusterId cluster, Instant occurredAt, String source, Event payload)
    implements LogRecord {
  public NetworkEvent {
    Checks.range("an event id length", eventId.length(), 1, 128);
    Checks.range("a source length", source.length(), 1, 256);
    occurredAt = occurredAt.truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
  }
}
