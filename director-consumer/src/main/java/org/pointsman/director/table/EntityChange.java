package org.pointsman.director.table;

import org.jspecify.annotations.Nullable;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;

/**
 * What one record of the {@code assignments} topic says.
 *
 * @param key whom it is about
 * @param entity its present state, or null: it is gone
 * @param epoch of the decision that led to it; 0 if a tombstone does not tell
 */
public record EntityChange(EntityKey key, @Nullable Entity entity, long epoch) {

  public static EntityChange put(Entity entity) {
    return new EntityChange(entity.key(), entity, entity.epoch());
  }

  public static EntityChange gone(EntityKey key) {
    return gone(key, 0);
  }

  public static EntityChange gone(EntityKey key, long epoch) {
    return new EntityChange(key, null, epoch);
  }
}
