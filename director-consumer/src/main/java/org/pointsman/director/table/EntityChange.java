package org.pointsman.director.table;

import org.jspecify.annotations.Nullable;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;

/**
 * What one record of the {@code assignments} topic says.
 *
 * @param key whom it is about
 * @param entity its present state, or null: it is gone
 */
public record EntityChange(EntityKey key, @Nullable Entity entity) {

  public static EntityChange put(Entity entity) {
    return new EntityChange(entity.key(), entity);
  }

  public static EntityChange gone(EntityKey key) {
    return new EntityChange(key, null);
  }
}
