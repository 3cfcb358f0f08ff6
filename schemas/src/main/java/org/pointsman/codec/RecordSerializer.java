package org.pointsman.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.LogRecord;
import org.pointsman.registry.RegisteredSchema;
import org.pointsman.registry.RegistryConfig;
import org.pointsman.registry.RegistryRefusalException;
import org.pointsman.registry.RestSchemaRegistry;
import org.pointsman.registry.SchemaRegistry;

/**
 * A record → Confluent's wire format. As a Kafka {@code value.serializer} it is configured by
 * {@link RegistryConfig} and {@link CodecConfig}.
 *
 * <p>The first record of a kind asks the registry for its schema's id: {@link
 * org.pointsman.registry.RegistryUnavailableException} if none answers, {@link
 * SerializationException} if it refuses the schema. After that the registry is not needed.
 *
 * @param <T> the kind of record
 */
public final class RecordSerializer<T extends LogRecord> implements Serializer<T> {
  /** Room that a thread keeps from record to record. Larger ones are rare and get their own. */
  private static final int KEPT_BYTES = 16_384;

  private @Nullable SchemaRegistry registry;
  private CodecConfig config = new CodecConfig(Map.of());
  private boolean isOwnRegistry;
  private final Map<TopicSchema, Integer> ids = new ConcurrentHashMap<>();
  private final Map<Schema, SpecificDatumWriter<SpecificRecord>> writers =
      new ConcurrentHashMap<>();

  private final ThreadLocal<Own> own = ThreadLocal.withInitial(Own::new);

  private record TopicSchema(String topic, String schema) {}

  /** What a thread uses again for every record. */
  private static final class Own {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(KEPT_BYTES);
    private final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
  }

  /** To be configured, as Kafka does it. */
  public RecordSerializer() {}

  /** Over a registry that the caller closes. */
  public RecordSerializer(SchemaRegistry registry, CodecConfig config) {
    this.registry = registry;
    this.config = config;
  }

  @Override
  public void configure(Map<String, ?> properties, boolean isKey) {
    if (isKey) {
      throw new org.apache.kafka.common.config.ConfigException(
          "expected this class as value.serializer but it stands for keys; use Kafka's StringSerializer there");
    }
    config = new CodecConfig(properties);
    if (registry == null) {
      registry = new RestSchemaRegistry(new RegistryConfig(properties));
      isOwnRegistry = true;
    }
  }

  @Override
  @SuppressWarnings("NullAway") // Kafka's own contract: null, a tombstone, stays null
  public byte[] serialize(String topic, @Nullable T value) {
    if (value == null) {
      return null;
    }
    SpecificRecord avro = RecordMapping.toAvro(value);
    int id = id(topic, value, avro.getSchema());
    Own mine = own.get();
    mine.bytes.reset();
    mine.bytes.write(WireFormat.MAGIC);
    for (int shift = 24; shift >= 0; shift -= 8) {
      mine.bytes.write(id >>> shift);
    }
    try {
      writers
          .computeIfAbsent(avro.getSchema(), s -> new SpecificDatumWriter<>(s))
          .write(avro, mine.encoder);
      mine.encoder.flush();
    } catch (IOException impossible) {
      throw new IllegalStateException("memory cannot fail", impossible);
    } catch (RuntimeException broken) {
      own.remove(); // the encoder may hold a part of the record
      throw broken;
    }
    byte[] whole = mine.bytes.toByteArray();
    if (whole.length > KEPT_BYTES) {
      own.remove();
    }
    return whole;
  }

  private int id(String topic, LogRecord value, Schema generated) {
    TopicSchema key = new TopicSchema(topic, generated.getFullName());
    Integer known = ids.get(key);
    if (known == null) {
      known = askForId(topic, value, RecordSchemas.published(generated));
      ids.put(key, known);
    }
    return known;
  }

  private int askForId(String topic, LogRecord value, Schema schema) {
    SchemaRegistry asked = registry;
    if (asked == null) {
      throw new IllegalStateException("expected configure() before serialize()");
    }
    SubjectNaming configured = config.subjectNaming();
    SubjectNaming naming = configured != null ? configured : SubjectNaming.usual(value);
    String subject = naming.subject(topic, schema);
    try {
      if (config.autoRegister()) {
        return asked.register(subject, schema);
      }
      return asked
          .lookup(subject, schema)
          .map(RegisteredSchema::id)
          .orElseThrow(
              () ->
                  new SerializationException(
                      "expected the schema of %s under subject %s but the registry does not have it, and %s is false; register it with 'pointsman topics create'"
                          .formatted(schema.getName(), subject, CodecConfig.AUTO_REGISTER)));
    } catch (RegistryRefusalException refusal) {
      throw new SerializationException(
          "expected to register the schema of %s under subject %s but %s"
              .formatted(schema.getName(), subject, refusal.getMessage()),
          refusal);
    }
  }

  @Override
  public void close() {
    SchemaRegistry own = registry;
    if (isOwnRegistry && own != null) {
      own.close();
    }
  }
}
