package org.pointsman.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;
import org.apache.avro.SchemaCompatibility.SchemaIncompatibilityType;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.model.LogRecord;
import org.pointsman.registry.InMemorySchemaRegistry;

/** Every release reads what every other has written; docs/schemas.md tells how that is kept. */
class SchemaEvolutionTest {

  /**
   * What releases after v1 have brought that older ones cannot read: full names of events, and
   * {@code ENUM.SYMBOL}. Each is an entry in the release's notes: readers before writers.
   */
  private static final Set<String> NEW_KINDS = Set.of();

  private final List<SchemaRelease> released = SchemaRelease.released();

  SchemaEvolutionTest() throws IOException {}

  static LogRecord read(Schema writer, byte[] encoded) {
    InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    int id = registry.register("any", writer);
    ByteBuffer framed = ByteBuffer.allocate(WireFormat.HEADER_BYTES + encoded.length);
    framed.put(WireFormat.MAGIC).putInt(id).put(encoded);
    try (RecordDeserializer deserializer = new RecordDeserializer(registry)) {
      return deserializer.deserialize("any", framed.array());
    }
  }

  private static Schema schemaOf(SchemaRelease release, LogRecord value) {
    return java.util.Objects.requireNonNull(
        release.schemas().get(value.getClass().getSimpleName()));
  }

  @Test
  void whatEveryReleaseWroteIsReadToTheSameValue() {
    Map<String, LogRecord> values = GoldenRecords.byName();
    assertThat(released).isNotEmpty();
    for (SchemaRelease release : released) {
      assertThat(release.golden()).hasSizeGreaterThan(80);
      release
          .golden()
          .forEach(
              (name, bytes) -> {
                LogRecord value = java.util.Objects.requireNonNull(values.get(name), name);
                assertThat(read(schemaOf(release, value), bytes))
                    .as("%s of %s", name, release.version())
                    .isEqualTo(value);
              });
    }
  }

  @Test
  void whereTheSchemaIsThatOfAReleaseTheBytesAreToo() {
    Map<String, LogRecord> values = GoldenRecords.byName();
    int compared = 0;
    for (SchemaRelease release : released) {
      for (Map.Entry<String, byte[]> golden : release.golden().entrySet()) {
        LogRecord value = java.util.Objects.requireNonNull(values.get(golden.getKey()));
        Schema then = schemaOf(release, value);
        if (then.equals(RecordSchemas.named(then.getName()))) {
          assertThat(SchemaRelease.encode(value))
              .as("%s of %s", golden.getKey(), release.version())
              .isEqualTo(golden.getValue());
          compared++;
        }
      }
    }
    System.out.printf("%d golden records compared byte for byte%n", compared);
  }

  /** FULL_TRANSITIVE, but for the new kinds that are named. */
  @Test
  void everyReleaseAndTodaysCodeReadEachOther() {
    List<SchemaRelease> all = new ArrayList<>(released);
    all.add(SchemaRelease.current("v" + Integer.MAX_VALUE));
    for (int newer = 0; newer < all.size(); newer++) {
      for (int older = 0; older <= newer; older++) {
        SchemaRelease after = all.get(newer);
        SchemaRelease before = all.get(older);
        assertThat(after.schemas().keySet()).containsAll(before.schemas().keySet());
        before
            .schemas()
            .forEach(
                (name, schema) -> {
                  Schema now = java.util.Objects.requireNonNull(after.schemas().get(name));
                  String which = "%s: %s and %s".formatted(name, before.version(), after.version());
                  assertThat(incompatibilities(now, schema))
                      .as("the newer reads " + which)
                      .isEmpty();
                  assertThat(incompatibilities(schema, now))
                      .as("the older reads " + which)
                      .allSatisfy(each -> assertThat(NEW_KINDS).containsAll(newKinds(each)));
                });
      }
    }
  }

  private static List<Incompatibility> incompatibilities(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
        .getResult()
        .getIncompatibilities();
  }

  /** What the reader does not know; never empty. */
  private static Set<String> newKinds(Incompatibility incompatibility) {
    Schema writer = incompatibility.getWriterFragment();
    Set<String> kinds = new TreeSet<>();
    if (incompatibility.getType() == SchemaIncompatibilityType.MISSING_UNION_BRANCH) {
      kinds.add(writer.getFullName());
    } else if (incompatibility.getType() == SchemaIncompatibilityType.MISSING_ENUM_SYMBOLS) {
      writer.getEnumSymbols().stream()
          .filter(symbol -> !incompatibility.getReaderFragment().hasEnumSymbol(symbol))
          .forEach(symbol -> kinds.add(writer.getFullName() + "." + symbol));
    } else {
      kinds.add(incompatibility.toString());
    }
    return kinds;
  }

  @Test
  void goldenRecordsHaveEveryBranchAndEverySymbol() throws IOException {
    Set<String> wanted = new TreeSet<>();
    Set<String> found = new TreeSet<>();
    SchemaRelease current = SchemaRelease.current("v1");
    Map<String, LogRecord> values = GoldenRecords.byName();
    for (Schema schema : RecordSchemas.published()) {
      collect(schema, schema.getName(), wanted, new HashSet<>());
    }
    for (Map.Entry<String, byte[]> golden : current.golden().entrySet()) {
      LogRecord value = java.util.Objects.requireNonNull(values.get(golden.getKey()));
      Schema schema = schemaOf(current, value);
      GenericRecord record =
          new GenericDatumReader<GenericRecord>(schema)
              .read(null, DecoderFactory.get().binaryDecoder(golden.getValue(), null));
      collect(schema, record, schema.getName(), found);
    }
    assertThat(found).containsAll(wanted).hasSizeGreaterThan(100);
  }

  /** A line for each branch of each union and each symbol of each enum. */
  private static void collect(Schema schema, String where, Set<String> lines, Set<String> seen) {
    switch (schema.getType()) {
      case UNION ->
          schema
              .getTypes()
              .forEach(
                  branch -> {
                    lines.add(where + " is " + branch.getFullName());
                    collect(branch, where, lines, seen);
                  });
      case RECORD -> {
        if (seen.add(schema.getFullName())) {
          schema
              .getFields()
              .forEach(
                  field ->
                      collect(field.schema(), schema.getName() + "." + field.name(), lines, seen));
        }
      }
      case ENUM ->
          schema.getEnumSymbols().forEach(symbol -> lines.add(schema.getName() + " is " + symbol));
      default -> {} // plain values have no branches
    }
  }

  private static void collect(Schema schema, Object value, String where, Set<String> lines) {
    switch (schema.getType()) {
      case UNION -> {
        Schema branch =
            schema
                .getTypes()
                .get(org.apache.avro.generic.GenericData.get().resolveUnion(schema, value));
        lines.add(where + " is " + branch.getFullName());
        if (value != null) {
          collect(branch, value, where, lines);
        }
      }
      case RECORD ->
          schema
              .getFields()
              .forEach(
                  field ->
                      collect(
                          field.schema(),
                          ((GenericRecord) value).get(field.pos()),
                          schema.getName() + "." + field.name(),
                          lines));
      case ENUM -> lines.add(schema.getName() + " is " + value);
      default -> {} // plain values have no branches
    }
  }

  @Test
  void theCommandRecordsWhatThisVersionWrites(@TempDir Path directory) throws IOException {
    Path folder = SchemaRelease.current("v7").write(directory);
    SchemaRelease back = SchemaRelease.read(folder);
    assertThat(back.schemas()).isEqualTo(SchemaRelease.current("v7").schemas());
    assertThat(back.golden()).containsOnlyKeys(GoldenRecords.byName().keySet());
    assertThatThrownBy(() -> SchemaRelease.current("v7").write(directory))
        .as("a release is never written over")
        .isInstanceOf(java.nio.file.FileAlreadyExistsException.class);

    SchemaRelease newest = released.getLast();
    if (newest.schemas().equals(back.schemas())
        && newest.golden().keySet().equals(back.golden().keySet())) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          assertThat(SchemaRelease.RELEASED.resolve(newest.version()).resolve(file.getFileName()))
              .hasSameBinaryContentAs(file);
        }
      }
    }
  }
}
