package org.pointsman.director.feed;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.pointsman.codec.EpochHeader;
import org.pointsman.director.table.EntityChange;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.LogRecord;

/** The bytes of a record of the {@code assignments} topic → what it says. */
final class EntityChangeReader {
  private final Deserializer<? extends LogRecord> values;

  EntityChangeReader(Deserializer<? extends LogRecord> values) {
    this.values = values;
  }

  /**
   * Reads key and value, which must be about the same entity.
   *
   * @throws InvalidValueException if the key is none or the value is another's
   * @throws org.apache.kafka.common.errors.SerializationException if the value cannot be read
   * @throws org.apache.kafka.common.errors.RetriableException if it may be readable later
   */
  EntityChange read(ConsumerRecord<byte[], byte[]> record) {
    byte[] key = record.key();
    if (key == null) {
      throw new InvalidValueException("expected a key but it has none");
    }
    EntityKey entityKey = EntityKey.parse(new String(key, StandardCharsets.UTF_8));
    byte[] value = record.value();
    if (value == null) {
      return EntityChange.gone(entityKey, EpochHeader.read(record.headers()));
    }
    LogRecord read = values.deserialize(record.topic(), value);
    if (!(read instanceof Entity entity) || !entity.key().equals(entityKey)) {
      throw new InvalidValueException(
          "expected a value for the key '%s' but it holds another's".formatted(entityKey));
    }
    return EntityChange.put(entity);
  }
}
