package org.pointsman.quickstart.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.pointsman.registry.CompatibilityLevel;

/**
 * The bytes of {@link StoreRecord}s: those that Confluent's registry writes and reads, so that it
 * could take the topic over.
 *
 * <p>The order of a key's properties is part of the format, since compaction compares keys byte by
 * byte:
 *
 * <pre>
 * {"keytype":"SCHEMA","subject":"s","version":1,"magic":1}
 *     {"subject":"s","version":1,"id":1,"schema":"…","deleted":false}, or null: gone for good
 * {"keytype":"DELETE_SUBJECT","subject":"s","magic":0}   {"subject":"s","version":1}
 * {"keytype":"CONFIG","subject":null,"magic":0}          {"compatibilityLevel":"FULL"}, or null
 * </pre>
 *
 * <p>One addition, in a header, which others skip: a SCHEMA record without a value says which id is
 * gone. Without it, the highest id could be given a second time after a restart.
 */
final class StoreRecordCodec {
  private static final String ID_HEADER = "erased-id";
  private static final ObjectMapper JSON = new ObjectMapper();

  private StoreRecordCodec() {}

  static ProducerRecord<byte[], byte[]> encode(String topic, StoreRecord record) {
    return switch (record) {
      case StoreRecord.SchemaSet set -> {
        StoredSchema schema = set.schema();
        yield message(topic, schemaKey(schema.subject(), schema.version()), value(schema));
      }
      case StoreRecord.SchemaErased erased -> {
        ProducerRecord<byte[], byte[]> tombstone =
            message(topic, schemaKey(erased.subject(), erased.version()), null);
        tombstone.headers().add(ID_HEADER, Integer.toString(erased.id()).getBytes(UTF_8));
        yield tombstone;
      }
      case StoreRecord.SubjectDeleted deleted ->
          message(
              topic,
              key("DELETE_SUBJECT", deleted.subject()).put("magic", 0),
              JSON.createObjectNode()
                  .put("subject", deleted.subject())
                  .put("version", deleted.upTo()));
      case StoreRecord.LevelSet set -> {
        CompatibilityLevel level = set.level();
        yield message(
            topic,
            key("CONFIG", set.subject()).put("magic", 0),
            level == null ? null : JSON.createObjectNode().put("compatibilityLevel", level.name()));
      }
      case StoreRecord.Other other ->
          throw new IllegalArgumentException("not ours to write: " + other);
    };
  }

  /**
   * @throws EmbeddedServerException if the bytes are of no known form
   */
  static StoreRecord decode(ConsumerRecord<byte[], byte[]> message) {
    try {
      JsonNode key = object(message.key(), "key");
      byte @Nullable [] value = message.value();
      String keyType = text(key, "keytype");
      return switch (keyType) {
        case "SCHEMA" ->
            value == null
                ? new StoreRecord.SchemaErased(
                    text(key, "subject"), number(key, "version"), erasedId(message))
                : new StoreRecord.SchemaSet(schema(object(value, "value")));
        case "DELETE_SUBJECT" ->
            value == null
                ? new StoreRecord.Other(keyType)
                : new StoreRecord.SubjectDeleted(
                    text(key, "subject"), number(object(value, "value"), "version"));
        case "CONFIG" ->
            new StoreRecord.LevelSet(
                key.hasNonNull("subject") ? text(key, "subject") : null,
                value == null ? null : level(object(value, "value")));
        default -> new StoreRecord.Other(keyType);
      };
    } catch (IOException | IllegalArgumentException e) {
      throw new EmbeddedServerException(
          "expected a schema registry's record at %s-%d offset %d, but %s; do see who else writes to that topic, and name another topic or remove the record"
              .formatted(message.topic(), message.partition(), message.offset(), reason(e)),
          e);
    }
  }

  /** Jackson's own message goes over several lines, to say where in the bytes. */
  private static @Nullable String reason(Exception e) {
    return e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
  }

  private static ObjectNode schemaKey(String subject, int version) {
    return key("SCHEMA", subject).put("version", version).put("magic", 1);
  }

  private static ObjectNode key(String keyType, @Nullable String subject) {
    return JSON.createObjectNode().put("keytype", keyType).put("subject", subject);
  }

  private static ObjectNode value(StoredSchema schema) {
    SchemaContent content = schema.content();
    ObjectNode value =
        JSON.createObjectNode()
            .put("subject", schema.subject())
            .put("version", schema.version())
            .put("id", schema.id());
    if (!content.type().equals(SchemaContent.AVRO)) {
      value.put("schemaType", content.type());
    }
    if (!content.references().isEmpty()) {
      ArrayNode references = value.putArray("references");
      for (SchemaReference reference : content.references()) {
        references
            .addObject()
            .put("name", reference.name())
            .put("subject", reference.subject())
            .put("version", reference.version());
      }
    }
    return value.put("schema", content.text()).put("deleted", schema.deleted());
  }

  private static StoredSchema schema(JsonNode value) {
    List<SchemaReference> references = new ArrayList<>();
    for (JsonNode reference : value.path("references")) {
      references.add(
          new SchemaReference(
              text(reference, "name"), text(reference, "subject"), number(reference, "version")));
    }
    SchemaContent content =
        new SchemaContent(
            value.path("schemaType").asText(SchemaContent.AVRO), text(value, "schema"), references);
    return new StoredSchema(
        text(value, "subject"),
        number(value, "version"),
        number(value, "id"),
        content,
        value.path("deleted").asBoolean(false));
  }

  /** Null where another registry set something else than the level. */
  private static @Nullable CompatibilityLevel level(JsonNode value) {
    if (!value.hasNonNull("compatibilityLevel")) {
      return null;
    }
    String name = text(value, "compatibilityLevel");
    return CompatibilityCheck.level(name)
        .orElseThrow(() -> new IllegalArgumentException("there is no compatibility level " + name));
  }

  private static int erasedId(ConsumerRecord<byte[], byte[]> message) {
    Header header = message.headers().lastHeader(ID_HEADER);
    return header == null ? 0 : Integer.parseInt(new String(header.value(), UTF_8));
  }

  private static JsonNode object(byte @Nullable [] bytes, String what) throws IOException {
    JsonNode node = bytes == null ? null : JSON.readTree(bytes);
    if (node == null || !node.isObject()) {
      throw new IllegalArgumentException("its " + what + " is no JSON object");
    }
    return node;
  }

  private static String text(JsonNode node, String name) {
    if (!node.path(name).isTextual()) {
      throw new IllegalArgumentException("it lacks the text " + name);
    }
    return node.path(name).textValue();
  }

  private static int number(JsonNode node, String name) {
    if (!node.path(name).canConvertToInt()) {
      throw new IllegalArgumentException("it lacks the number " + name);
    }
    return node.path(name).intValue();
  }

  private static ProducerRecord<byte[], byte[]> message(
      String topic, ObjectNode key, @Nullable ObjectNode value) {
    try {
      return new ProducerRecord<>(
          topic,
          0,
          JSON.writeValueAsBytes(key),
          value == null ? null : JSON.writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
