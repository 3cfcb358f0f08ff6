package org.pointsman.director.snapshot;

import java.time.Instant;
import java.util.List;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Entity;

/**
 * A cluster's entities as one offset of the {@code assignments} topic leaves them; the same for
 * both sides.
 *
 * @param topic the topic's name
 * @param topicId the topic's own id, another one if it was made anew under the same name
 * @param partition the cluster's
 * @param nextOffset the offset after the last record that counts
 * @param currentAt the last moment, by the director's clock, at which there was nothing after
 *     {@code nextOffset}: every later record was written after it
 * @param epoch of the last decision before {@code nextOffset}; the entities do not tell it if it
 *     was a release
 * @param entities the latest of each key, without those that are gone
 */
public record Snapshot(
    ClusterId cluster,
    String topic,
    String topicId,
    int partition,
    long nextOffset,
    Instant currentAt,
    long epoch,
    List<Entity> entities) {
  public Snapshot {
    entities = List.copyOf(entities);
  }
}
