package org.pointsman.director.steer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.director.table.EntityChange;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.InvalidValueException;
import org.pointsman.topics.TopicReader.Read;

/** Collects the records of the {@code assignments} topic, and tells of those that are none. */
public final class AssignmentsReader {
  private final String topic;
  private final Consumer<String> bad;
  private final List<EntityChange> changes = new ArrayList<>();

  /**
   * @param bad hears a sentence about each record that cannot be read
   */
  public AssignmentsReader(String topic, Consumer<String> bad) {
    this.topic = topic;
    this.bad = bad;
  }

  /** A record of the topic, in the order of the log. */
  public void take(Read read) {
    try {
      changes.add(change(read));
    } catch (InvalidValueException invalid) {
      bad.accept(
          "%s-%d@%d: %s".formatted(topic, read.partition(), read.offset(), invalid.getMessage()));
    }
  }

  /** One whose bytes are no record. */
  public void takeBad(RecordFormatException damaged) {
    bad.accept(String.valueOf(damaged.getMessage()));
  }

  /** In the order of the log. */
  public List<EntityChange> changes() {
    return changes;
  }

  private static EntityChange change(Read read) {
    if (read.key() == null) {
      throw new InvalidValueException("expected a key but it has none");
    }
    EntityKey key = EntityKey.parse(read.key());
    if (read.value() == null) {
      return EntityChange.gone(key);
    }
    if (!(read.value() instanceof Entity entity) || !entity.key().equals(key)) {
      throw new InvalidValueException(
          "expected a value for the key '%s' but it holds another's".formatted(key));
    }
    return EntityChange.put(entity);
  }
}
