package org.pointsman.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.pointsman.model.LogRecord;
import org.pointsman.model.ModelArbitraries;
import org.pointsman.registry.InMemorySchemaRegistry;

class RecordCodecProperties {
  private static final String TOPIC = "pointsman.any";

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final RecordSerializer<LogRecord> serializer =
      new RecordSerializer<>(registry, new CodecConfig(Map.of()));
  private final RecordDeserializer deserializer = new RecordDeserializer(registry);

  @Provide
  static Arbitrary<LogRecord> records() {
    return ModelArbitraries.logRecords();
  }

  @Property
  void decodingGivesWhatWasEncoded(@ForAll("records") LogRecord value) {
    assertThat(deserializer.deserialize(TOPIC, serializer.serialize(TOPIC, value)))
        .isEqualTo(value);
  }

  @Property
  void everyCutIsRefusedAndNothingElseHappens(
      @ForAll("records") LogRecord value, @ForAll @IntRange(min = 0, max = 1_000_000) int where) {
    byte[] whole = serializer.serialize(TOPIC, value);
    byte[] cut = Arrays.copyOf(whole, where % whole.length);
    try {
      LogRecord read = deserializer.deserialize(TOPIC, cut);
      assertThat(read).as("a cut record read as a whole one").isNull();
    } catch (RecordFormatException expected) {
      assertThat(expected).hasMessageStartingWith("expected ");
    }
  }

  @Property(tries = 3000)
  void damagedBytesAreReadOrRefusedAndNothingElseHappens(
      @ForAll("records") LogRecord value,
      @ForAll @IntRange(min = 0, max = 1_000_000) int where,
      @ForAll byte damage) {
    byte[] bytes = serializer.serialize(TOPIC, value);
    bytes[WireFormat.HEADER_BYTES + (where % (bytes.length - WireFormat.HEADER_BYTES))] = damage;
    try {
      assertThat(deserializer.deserialize(TOPIC, bytes)).isNotNull();
    } catch (RecordFormatException expected) {
      assertThat(expected).hasMessageStartingWith("expected ");
    }
  }
}
