package org.pointsman.quickstart.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** Reads Avro schemas and writes the forms of them that the registry compares. */
final class AvroSchemas {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What Avro itself gives a meaning; everything else is a property of the author's. */
  private static final Set<String> RESERVED =
      Set.of(
          "type",
          "name",
          "namespace",
          "doc",
          "fields",
          "items",
          "values",
          "size",
          "symbols",
          "default",
          "order",
          "aliases");

  private AvroSchemas() {}

  /**
   * A schema and those it refers to.
   *
   * @param references as parsed, so that the text can leave them out
   */
  record Parsed(Schema schema, List<Schema> references) {
    /** One text for all that differ only in white space and the order of Avro's own properties. */
    @SuppressWarnings("deprecation") // its successor, SchemaFormatter, cannot leave references out
    String canonical() {
      return schema.toString(references, false);
    }

    /** As {@link #canonical()}, with the author's properties and the aliases in order too. */
    String normalized() {
      try {
        return JSON.writeValueAsString(normalize(JSON.readTree(canonical())));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * @param store where references are looked up
   * @param strict also refuses defaults that do not fit their type, which older schemas may have
   * @throws RegistryException 42201
   */
  static Parsed parse(SchemaContent content, SchemaStore store, boolean strict) {
    if (!content.type().equals(SchemaContent.AVRO)) {
      throw RegistryException.invalidSchema(
          "expected schemaType AVRO, but it is %s; this registry keeps only Avro schemas"
              .formatted(content.type()));
    }
    Map<SchemaReference, String> texts = new LinkedHashMap<>();
    collect(content, store, texts);
    try {
      Schema.Parser parser = new Schema.Parser().setValidateDefaults(strict);
      List<Schema> references = new ArrayList<>();
      for (String text : texts.values()) {
        references.add(parser.parse(text));
      }
      return new Parsed(parser.parse(content.text()), references);
    } catch (AvroRuntimeException e) {
      throw invalid(String.valueOf(e.getMessage()));
    } catch (NullPointerException unresolved) { // what Avro 1.12 throws for an unknown name
      throw invalid("it names a type that neither it nor its references define");
    } catch (StackOverflowError e) {
      throw invalid("it is nested too deeply");
    }
  }

  private static RegistryException invalid(String reason) {
    return RegistryException.invalidSchema(
        "expected an Avro schema, but %s; do correct it".formatted(reason));
  }

  /** Depth first, so that each text comes after those that it needs. */
  private static void collect(
      SchemaContent content, SchemaStore store, Map<SchemaReference, String> texts) {
    for (SchemaReference reference : content.references()) {
      if (texts.containsKey(reference)) {
        continue;
      }
      SchemaContent target =
          store
              .version(reference.subject(), reference.version(), SchemaStore.Scope.LIVE_AND_DELETED)
              .map(StoredSchema::content)
              .orElseThrow(
                  () ->
                      RegistryException.invalidSchema(
                          "expected the referenced %s in version %d of subject %s, but there is no such version; register it first"
                              .formatted(
                                  reference.name(), reference.version(), reference.subject())));
      collect(target, store, texts);
      texts.put(reference, target.text());
    }
  }

  private static JsonNode normalize(JsonNode node) {
    if (node.isArray()) {
      ArrayNode result = JSON.createArrayNode();
      node.forEach(element -> result.add(normalize(element)));
      return result;
    }
    if (!node.isObject()) {
      return node;
    }
    Map<String, JsonNode> before = new LinkedHashMap<>();
    Map<String, JsonNode> own = new TreeMap<>();
    Map<String, JsonNode> after = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      String name = property.getKey();
      JsonNode value = property.getValue();
      if (!RESERVED.contains(name)) {
        own.put(name, deeplySorted(value));
        continue;
      }
      JsonNode normalized =
          switch (name) {
            case "aliases" -> sorted(value);
            case "type", "fields", "items", "values" -> normalize(value);
            default -> value;
          };
      (own.isEmpty() ? before : after).put(name, normalized);
    }
    ObjectNode result = JSON.createObjectNode();
    result.setAll(before);
    result.setAll(own);
    result.setAll(after);
    return result;
  }

  private static JsonNode sorted(JsonNode aliases) {
    Set<String> names = new TreeSet<>();
    aliases.forEach(alias -> names.add(alias.asText()));
    ArrayNode result = JSON.createArrayNode();
    names.forEach(result::add);
    return result;
  }

  private static JsonNode deeplySorted(JsonNode node) {
    if (node.isArray()) {
      ArrayNode result = JSON.createArrayNode();
      node.forEach(element -> result.add(deeplySorted(element)));
      return result;
    }
    if (!node.isObject()) {
      return node;
    }
    Map<String, JsonNode> properties = new TreeMap<>();
    node.properties().forEach(p -> properties.put(p.getKey(), deeplySorted(p.getValue())));
    return JSON.createObjectNode().setAll(properties);
  }
}
