package org.pointsman.assigner.topology;

import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.LogRecord;

/**
 * Serializes a record once where it goes to two places one after the other: each entity to the
 * store and its changelog, and to {@code assignments}. The bytes name the schema by the id that it
 * has under the first topic; a registry gives one schema one id, and any id of it reads the same.
 */
final class OnceSerializer implements Serializer<LogRecord> {
  private final Serializer<LogRecord> serializer;
  private volatile @Nullable Last last; // of any thread: it is asked by identity

  private static final class Last {
    private final LogRecord value;
    private final byte[] bytes;

    Last(LogRecord value, byte[] bytes) {
      this.value = value;
      this.bytes = bytes;
    }
  }

  OnceSerializer(Serializer<LogRecord> serializer) {
    this.serializer = serializer;
  }

  @Override
  @SuppressWarnings({
    "NullAway", // Kafka's own contract: null, a tombstone, stays null
    "ReferenceEquality" // the very same record; comparing its fields would cost as much
  })
  public byte[] serialize(String topic, @Nullable LogRecord value) {
    if (value == null) {
      return null;
    }
    Last known = last;
    if (known != null && known.value == value) {
      last = null;
      return known.bytes;
    }
    byte[] bytes = serializer.serialize(topic, value);
    last = new Last(value, bytes);
    return bytes;
  }
}
