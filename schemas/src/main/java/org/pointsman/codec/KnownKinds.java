package org.pointsman.codec;

import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Finds in a record of another release the kinds that this one does not know.
 *
 * <p>Avro's Java library reads a union's branch of an unknown name as whichever known branch has
 * the same fields: an event that a newer release has added would be taken for a withdraw. So what
 * another release wrote is looked at by name first.
 */
final class KnownKinds {
  private final Schema writer;
  private final Schema reader;

  private KnownKinds(Schema writer, Schema reader) {
    this.writer = writer;
    this.reader = reader;
  }

  /** Null if the writer has no kind that the reader does not know, so that no record can. */
  static @Nullable KnownKinds toCheck(Schema writer, Schema reader) {
    Set<String> ofReader = names(reader, new HashSet<>());
    return ofReader.containsAll(names(writer, new HashSet<>()))
        ? null
        : new KnownKinds(writer, reader);
  }

  private static Set<String> names(Schema schema, Set<String> found) {
    switch (schema.getType()) {
      case RECORD -> {
        if (found.add(schema.getFullName())) {
          schema.getFields().forEach(field -> names(field.schema(), found));
        }
      }
      case UNION -> schema.getTypes().forEach(branch -> names(branch, found));
      case ARRAY -> names(schema.getElementType(), found);
      case MAP -> names(schema.getValueType(), found);
      default -> {} // symbols of enums have no structure to be mistaken for
    }
    return found;
  }

  /**
   * The name of a kind that is not known, of a field that the reader has.
   *
   * @throws IOException if the bytes are damaged
   */
  Optional<String> unknownIn(byte[] bytes, int offset) throws IOException {
    GenericRecord record =
        new GenericDatumReader<GenericRecord>(writer)
            .read(
                null,
                DecoderFactory.get().binaryDecoder(bytes, offset, bytes.length - offset, null));
    return unknown(record, reader);
  }

  private static Optional<String> unknown(@Nullable Object value, Schema expected) {
    return switch (value) {
      case GenericRecord record -> unknown(record, expected);
      case Collection<?> items when expected.getType() == Schema.Type.ARRAY ->
          items.stream()
              .flatMap(item -> unknown(item, expected.getElementType()).stream())
              .findFirst();
      case null, default -> Optional.empty(); // plain values are of no kind
    };
  }

  private static Optional<String> unknown(GenericRecord record, Schema expected) {
    String name = record.getSchema().getFullName();
    Optional<Schema> branch =
        (expected.isUnion() ? expected.getTypes() : java.util.List.of(expected))
            .stream().filter(each -> each.getFullName().equals(name)).findFirst();
    if (branch.isEmpty()) {
      return Optional.of(name);
    }
    return branch.get().getFields().stream()
        .filter(field -> record.hasField(field.name()))
        .flatMap(field -> unknown(record.get(field.name()), field.schema()).stream())
        .findFirst();
  }
}
