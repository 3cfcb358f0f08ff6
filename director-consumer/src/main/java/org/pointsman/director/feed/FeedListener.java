package org.pointsman.director.feed;

import org.jspecify.annotations.Nullable;
import org.pointsman.director.snapshot.Snapshot;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;

/**
 * Hears what the data plane has been brought to. Called on the feed's thread, so it should be
 * quick.
 */
public interface FeedListener {
  FeedListener NONE = new FeedListener() {};

  /**
   * A snapshot stands, and packets are steered by it until Kafka tells what came after it.
   *
   * @param snapshot what was kept
   */
  default void restored(Snapshot snapshot) {}

  /**
   * The whole table stands, from now on packets are steered by it; at the start, and again whenever
   * it had to be read anew.
   *
   * @param offset the offset after the last record that it holds
   * @param entities how many entities it holds, those of other clusters not counted
   */
  default void loaded(int partition, long offset, int entities) {}

  /**
   * A record's change stands in the data plane.
   *
   * @param entity its state, or null if it is gone
   */
  default void applied(int partition, long offset, EntityKey key, @Nullable Entity entity) {}

  /**
   * All records before this offset stand, those of other clusters read over. After the other two,
   * once for each load and each batch; also when nothing but the offset has moved.
   *
   * @param nextOffset the offset after the last record
   */
  default void stands(int partition, long nextOffset) {}
}
