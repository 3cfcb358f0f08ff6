package org.pointsman.director.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How far a feed is.
 *
 * @param ready true once the whole table has been read
 * @param partition the partition of the cluster, or -1 while it is not known
 * @param nextOffset the offset after the last record that stands in the data plane
 * @param records how many records have been read, skipped ones not counted
 * @param skipped how many could not be read
 * @param stale how many were older than what was known
 * @param current the last moment at which the broker answered that there is nothing newer than what
 *     stands, or something newer arrived; empty before the first
 * @param problem what is wrong at present, as a sentence; empty if all is well
 */
public record FeedStatus(
    boolean ready,
    int partition,
    long nextOffset,
    long records,
    long skipped,
    long stale,
    Optional<Instant> current,
    Optional<String> problem) {

  /** How old the table may be. */
  public Optional<Duration> age(Instant now) {
    return current.map(then -> Duration.between(then, now));
  }
}
