package org.pointsman.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.pointsman.model.LogRecord;
import org.pointsman.model.NetworkEvent;
import org.pointsman.registry.SchemaRegistry;

/** What releases before and after this one might have and write, for tests of evolution. */
public final class OtherReleases {
  static final String FIELD = "fieldOfANewerRelease";
  static final String EVENT = "TunnelBlessed";

  private static final String REASON = "BLESSED";

  private OtherReleases() {}

  private static Schema replaced(String record, String part, String by) {
    String text = RecordSchemas.named(record).toString();
    if (!text.contains(part)) {
      throw new IllegalStateException("expected " + part + " in the schema of " + record);
    }
    return new Schema.Parser().parse(text.replace(part, by));
  }

  /** With an optional field at the end of the record. */
  public static Schema withOneFieldMore(String record) {
    String text = RecordSchemas.named(record).toString();
    String end = "]}";
    return new Schema.Parser()
        .parse(
            text.substring(0, text.length() - end.length())
                + ",{\"name\":\"%s\",\"type\":[\"null\",\"string\"],\"doc\":\"New.\",\"default\":null}"
                    .formatted(FIELD)
                + end);
  }

  /** With a kind of event more. */
  public static Schema withOneEventMore() {
    return replaced(
        "NetworkEvent",
        "],\"doc\":\"What happened.\"",
        (",{\"type\":\"record\",\"name\":\"%s\",\"fields\":"
                + "[{\"name\":\"tunnel\",\"type\":\"string\"}]}],\"doc\":\"What happened.\"")
            .formatted(EVENT));
  }

  /** Without the kind of event that stands last, as a release before this one. */
  public static Schema withOneEventLess() {
    JsonNode schema = json(RecordSchemas.named("NetworkEvent").toString());
    ArrayNode kinds = (ArrayNode) schema.path("fields").path(4).path("type");
    kinds.remove(kinds.size() - 1);
    return new Schema.Parser().parse(schema.toString());
  }

  /** The bytes of an event of the kind that {@link #withOneEventMore} has more. */
  public static byte[] eventOfTheNewKind(SchemaRegistry registry, NetworkEvent envelope) {
    Schema newer = withOneEventMore();
    byte[] encoded = encode(eventOfTheNewKind(asNewer(newer, envelope)));
    int id = registry.register("a newer release's", newer);
    return ByteBuffer.allocate(WireFormat.HEADER_BYTES + encoded.length)
        .put(WireFormat.MAGIC)
        .putInt(id)
        .put(encoded)
        .array();
  }

  /** The same record as the newer schema has it, with defaults for what it has more. */
  static GenericRecord asNewer(Schema newer, LogRecord value) {
    Schema today = RecordSchemas.named(value.getClass().getSimpleName());
    try {
      return new GenericDatumReader<GenericRecord>(today, newer)
          .read(null, DecoderFactory.get().binaryDecoder(SchemaRelease.encode(value), null));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  static byte[] encode(GenericRecord record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
      encoder.flush();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** With a name more among the reasons of a decision. */
  public static Schema withOneReasonMore() {
    return replaced("Decision", "\"CONFIGURED\"]", "\"CONFIGURED\",\"%s\"]".formatted(REASON));
  }

  static Object newReason(Schema decision) {
    return new GenericData.EnumSymbol(decision.getField("reason").schema(), REASON);
  }

  /** Gives an event of {@link #withOneEventMore} the kind that only that schema has. */
  static GenericRecord eventOfTheNewKind(GenericRecord event) {
    Schema kind =
        event.getSchema().getField("payload").schema().getTypes().stream()
            .filter(branch -> branch.getName().equals(EVENT))
            .findFirst()
            .orElseThrow();
    GenericRecord payload = new GenericData.Record(kind);
    payload.put("tunnel", "oslo");
    event.put("payload", payload);
    return event;
  }
}
