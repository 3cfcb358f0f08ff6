package org.pointsman.codec;

import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Entity;
import org.pointsman.model.LogRecord;

/**
 * Under which subject a value's schema evolves. The names are those of Confluent's strategies, with
 * or without their package.
 */
public enum SubjectNaming {
  /** {@code TOPIC-value}: one kind of record in the topic. */
  TopicNameStrategy,
  /** {@code RECORD}: the same in all topics. */
  RecordNameStrategy,
  /** {@code TOPIC-RECORD}: several kinds in the topic. */
  TopicRecordNameStrategy;

  /**
   * The strategy for {@code value} if none is configured: the {@code assignments} topic holds three
   * kinds of record, every other one a single kind.
   */
  static SubjectNaming usual(LogRecord value) {
    return value instanceof Entity ? TopicRecordNameStrategy : TopicNameStrategy;
  }

  /** The strategy of that name or class name, or null. */
  static @Nullable SubjectNaming named(String name) {
    String simple = name.substring(name.lastIndexOf('.') + 1);
    for (SubjectNaming naming : values()) {
      if (naming.name().equals(simple)) {
        return naming;
      }
    }
    return null;
  }

  String subject(String topic, Schema schema) {
    return switch (this) {
      case TopicNameStrategy -> topic + "-value";
      case RecordNameStrategy -> schema.getFullName();
      case TopicRecordNameStrategy -> topic + "-" + schema.getFullName();
    };
  }
}
