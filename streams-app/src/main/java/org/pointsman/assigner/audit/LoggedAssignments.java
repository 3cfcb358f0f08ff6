package org.pointsman.assigner.audit;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Entity;

/**
 * What {@code assignments} holds of one cluster: a second copy of each new state, until Kafka
 * compacts it away. Contents are kept as hashes.
 */
final class LoggedAssignments {
  /**
   * The last record of a key.
   *
   * @param offset where it stands
   * @param time as its producer set it, milliseconds since 1970; negative if the broker sets it
   * @param epoch its decision's, or 0 for a tombstone
   */
  record Latest(long offset, long time, long epoch) {
    boolean isTombstone() {
      return epoch == 0;
    }
  }

  private final String topic;
  private final int partition;
  private final Map<String, Latest> latest = new HashMap<>();
  private final BitSet epochs = new BitSet();
  private long[] offsets = new long[1024];
  private int[] hashes = new int[1024];
  private long last;

  LoggedAssignments(String topic, int partition) {
    this.topic = topic;
    this.partition = partition;
  }

  String topic() {
    return topic;
  }

  int partition() {
    return partition;
  }

  void add(long offset, long time, String key, @Nullable Entity entity) {
    long epoch = entity == null ? 0 : entity.epoch();
    latest.put(key, new Latest(offset, time, epoch));
    if (entity == null || epoch < 1 || epoch > EpochLog.MOST) {
      return;
    }
    int index = (int) epoch;
    if (index >= offsets.length) {
      int length = Math.max(index + 1, offsets.length * 2);
      offsets = Arrays.copyOf(offsets, length);
      hashes = Arrays.copyOf(hashes, length);
    }
    last = Math.max(last, epoch);
    epochs.set(index);
    offsets[index] = offset;
    hashes[index] = Objects.hash(key, entity);
  }

  /** The highest epoch among its records. */
  long last() {
    return last;
  }

  boolean has(long epoch) {
    return epoch <= last && epochs.get((int) epoch);
  }

  /** Where the record of that epoch stands. */
  long offset(long epoch) {
    return offsets[(int) epoch];
  }

  /** True if the record of that epoch holds this. */
  boolean isCopyOf(long epoch, Entity entity) {
    return hashes[(int) epoch] == Objects.hash(entity.key().toString(), entity);
  }

  Map<String, Latest> latest() {
    return latest;
  }
}
