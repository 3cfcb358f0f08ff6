package org.pointsman.director.snapshot;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.table.EntityChange;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;

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

  /**
   * What it becomes by records that came after it. One that is older, by its epoch, than what is
   * known of the same key changes nothing, as when they are read from Kafka.
   *
   * @param next the offset after the last of them
   */
  Snapshot with(List<EntityChange> changes, long next) {
    Map<EntityKey, @Nullable Entity> latest = new LinkedHashMap<>();
    long highest = epoch;
    for (EntityChange change : changes) {
      Entity entity = change.entity();
      Entity before = latest.get(change.key());
      highest = Math.max(highest, change.epoch());
      if (entity == null || before == null || entity.epoch() >= before.epoch()) {
        latest.put(change.key(), entity);
      }
    }
    List<Entity> all = new ArrayList<>(entities.size() + latest.size());
    for (Entity entity : entities) {
      EntityKey key = entity.key();
      if (!latest.containsKey(key)) {
        all.add(entity);
      } else if (isOlder(latest.get(key), entity)) {
        latest.put(key, entity);
      }
    }
    latest.values().stream().filter(Objects::nonNull).forEach(all::add);
    return new Snapshot(cluster, topic, topicId, partition, next, currentAt, highest, all);
  }

  private static boolean isOlder(@Nullable Entity change, Entity than) {
    return change != null && change.epoch() < than.epoch();
  }
}
