package org.pointsman.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change of one entity, with its cause: the record of the {@code decisions} topic. Applying a
 * cluster's decisions in order gives its state; epochs have no gaps, so a lost one shows.
 *
 * @param key what changed
 * @param epoch its place among the cluster's decisions, from 1, without gaps
 * @param cause the event or the deadline that led to it
 * @param before the state until now, or null if there was none
 * @param after the state from now on, or null if it is released or removed
 * @param reason why
 * @param time the log's time of the cause, to the millisecond
 */
public record Decision(
    EntityKey key,
    long epoch,
    Cause cause,
    @Nullable Entity before,
    @Nullable Entity after,
    DecisionReason reason,
    Instant time)
    implements LogRecord {
  public Decision {
    if (before == null && after == null) {
      throw new InvalidValueException(
          "expected a state before or after in a decision but got none");
    }
    checkKey(key, before);
    checkKey(key, after);
    if (after != null && after.epoch() != epoch) {
      throw new InvalidValueException(
          "expected the new state of %s to carry epoch %d but it carries %d"
              .formatted(key, epoch, after.epoch()));
    }
  }

  @Override
  public ClusterId cluster() {
    return key.cluster();
  }

  private static void checkKey(EntityKey key, @Nullable Entity entity) {
    if (entity != null && !entity.key().equals(key)) {
      throw new InvalidValueException(
          "expected a state of %s in its decision but got one of %s".formatted(key, entity.key()));
    }
  }
}
