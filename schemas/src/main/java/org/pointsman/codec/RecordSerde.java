package org.pointsman.codec;

import java.util.Map;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.pointsman.model.LogRecord;
import org.pointsman.registry.SchemaRegistry;

/** {@link RecordSerializer} and {@link RecordDeserializer} as Kafka Streams wants them. */
public final class RecordSerde implements Serde<LogRecord> {
  private final RecordSerializer<LogRecord> serializer;
  private final RecordDeserializer deserializer;

  /** To be configured, as Kafka Streams does it. */
  public RecordSerde() {
    this.serializer = new RecordSerializer<>();
    this.deserializer = new RecordDeserializer();
  }

  /** Over a registry that the caller closes. */
  public RecordSerde(SchemaRegistry registry, CodecConfig config) {
    this.serializer = new RecordSerializer<>(registry, config);
    this.deserializer = new RecordDeserializer(registry);
  }

  @Override
  public void configure(Map<String, ?> properties, boolean isKey) {
    serializer.configure(properties, isKey);
    deserializer.configure(properties, isKey);
  }

  @Override
  public Serializer<LogRecord> serializer() {
    return serializer;
  }

  @Override
  public Deserializer<LogRecord> deserializer() {
    return deserializer;
  }

  @Override
  public void close() {
    serializer.close();
    deserializer.close();
  }
}
