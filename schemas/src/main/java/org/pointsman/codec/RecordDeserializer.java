package org.pointsman.codec;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroTypeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.LogRecord;
import org.pointsman.registry.RegistryConfig;
import org.pointsman.registry.RegistryRefusalException;
import org.pointsman.registry.RestSchemaRegistry;
import org.pointsman.registry.SchemaRegistry;

/**
 * Confluent's wire format → a record. As a Kafka {@code value.deserializer} it is configured by
 * {@link RegistryConfig}.
 *
 * <p>{@link RecordFormatException} means that the bytes are no such record and never will be: set
 * them aside. {@link org.pointsman.registry.RegistryUnavailableException} means that nobody can
 * tell at present: wait, and read them again.
 */
public final class RecordDeserializer implements Deserializer<LogRecord> {
  private @Nullable SchemaRegistry registry;
  private boolean isOwnRegistry;
  private final Map<Integer, SpecificDatumReader<SpecificRecord>> readers =
      new ConcurrentHashMap<>();
  private final ThreadLocal<Own> own = ThreadLocal.withInitial(Own::new);

  /**
   * What a thread keeps for itself, because Avro's readers are not made for several. To build a
   * reader costs more than to read ten records.
   */
  private static final class Own {
    private final Map<Integer, SpecificDatumReader<SpecificRecord>> readers = new HashMap<>();
    private @Nullable BinaryDecoder decoder;
  }

  /** Of those schemas that have kinds which this release does not know. */
  private final Map<Integer, KnownKinds> checks = new ConcurrentHashMap<>();

  /** To be configured, as Kafka does it. */
  public RecordDeserializer() {}

  /** Over a registry that the caller closes. */
  public RecordDeserializer(SchemaRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void configure(Map<String, ?> properties, boolean isKey) {
    if (isKey) {
      throw new org.apache.kafka.common.config.ConfigException(
          "expected this class as value.deserializer but it stands for keys; use Kafka's StringDeserializer there");
    }
    if (registry == null) {
      registry = new RestSchemaRegistry(new RegistryConfig(properties));
      isOwnRegistry = true;
    }
  }

  @Override
  @SuppressWarnings("NullAway") // Kafka's own contract: null, a tombstone, stays null
  public LogRecord deserialize(String topic, byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    int id = WireFormat.schemaId(bytes);
    Own mine = own.get();
    SpecificDatumReader<SpecificRecord> reader = mine.readers.computeIfAbsent(id, this::reader);
    BinaryDecoder decoder =
        DecoderFactory.get()
            .binaryDecoder(
                bytes,
                WireFormat.HEADER_BYTES,
                bytes.length - WireFormat.HEADER_BYTES,
                mine.decoder);
    mine.decoder = decoder;
    String name = reader.getExpected().getName();
    try {
      KnownKinds check = checks.get(id);
      if (check != null) {
        check
            .unknownIn(bytes, WireFormat.HEADER_BYTES)
            .ifPresent(
                kind -> {
                  throw new AvroTypeException("found " + kind);
                });
      }
      SpecificRecord avro = reader.read(null, decoder);
      if (!decoder.isEnd()) {
        throw new RecordFormatException(
            "expected one %s but more bytes follow it in the record".formatted(name));
      }
      return RecordMapping.fromAvro(avro);
    } catch (InvalidValueException invalid) {
      throw new RecordFormatException(
          "expected valid values in the %s but: %s".formatted(name, invalid.getMessage()), invalid);
    } catch (RecordFormatException known) {
      throw known;
    } catch (AvroTypeException unknown) {
      throw unknownKind(reader, id, unknown);
    } catch (IOException | RuntimeException damaged) {
      // Avro checks no more than it has to: damaged bytes show in many kinds of exception.
      throw new RecordFormatException(
          "expected a whole %s of schema id %d but its %d bytes are cut short or damaged (%s)"
              .formatted(name, id, bytes.length, damaged),
          damaged);
    }
  }

  /** Of another release's schema only; with our own, the bytes are damaged. */
  private static RecordFormatException unknownKind(
      SpecificDatumReader<SpecificRecord> reader, int id, AvroTypeException unknown) {
    String name = reader.getExpected().getName();
    if (reader.getSchema().equals(RecordSchemas.published(reader.getExpected()))) {
      return new RecordFormatException(
          "expected a whole %s of schema id %d but it is damaged (%s)"
              .formatted(name, id, unknown.getMessage()),
          unknown);
    }
    return new RecordFormatException(
        "expected a %s of a kind that this release knows but schema id %d is of another release and has one more (%s); upgrade this program, then send the event again"
            .formatted(name, id, unknown.getMessage()),
        unknown);
  }

  private SpecificDatumReader<SpecificRecord> reader(int id) {
    SpecificDatumReader<SpecificRecord> known = readers.get(id);
    if (known == null) {
      known = newReader(id);
      readers.put(id, known);
    }
    return new SpecificDatumReader<>(known.getSchema(), known.getExpected());
  }

  private SpecificDatumReader<SpecificRecord> newReader(int id) {
    SchemaRegistry asked = registry;
    if (asked == null) {
      throw new IllegalStateException("expected configure() before deserialize()");
    }
    try {
      Schema writer = asked.byId(id);
      Schema expected = RecordSchemas.reader(writer);
      if (expected == null) {
        throw new RecordFormatException(
            "expected one of %s but schema id %d is %s"
                .formatted(RecordSchemas.names(), id, writer.getFullName()));
      }
      KnownKinds check = KnownKinds.toCheck(writer, expected);
      if (check != null) {
        checks.put(id, check);
      }
      return new SpecificDatumReader<>(writer, expected);
    } catch (RegistryRefusalException refusal) {
      throw new RecordFormatException(
          "expected a schema of id %d in the registry but %s; was the record written with another registry?"
              .formatted(id, refusal.getMessage()),
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
