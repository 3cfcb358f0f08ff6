package org.pointsman.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.util.ClassSecurityValidator;
import org.jspecify.annotations.Nullable;
import org.pointsman.avro.AssignerStatus;
import org.pointsman.avro.Assignment;
import org.pointsman.avro.ClusterConfig;
import org.pointsman.avro.Decision;
import org.pointsman.avro.DirectorStatus;
import org.pointsman.avro.NetworkEvent;
import org.pointsman.avro.RealServer;
import org.pointsman.avro.Rejection;

/**
 * The schemas of the records that stand in topics: as the generated classes have them, and bare.
 */
public final class RecordSchemas {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the generated classes read with, by the schema's full name. */
  private static final Map<String, Schema> READERS =
      List.of(
              NetworkEvent.getClassSchema(),
              Assignment.getClassSchema(),
              RealServer.getClassSchema(),
              ClusterConfig.getClassSchema(),
              Decision.getClassSchema(),
              Rejection.getClassSchema(),
              DirectorStatus.getClassSchema(),
              AssignerStatus.getClassSchema())
          .stream()
          .collect(Collectors.toUnmodifiableMap(Schema::getFullName, Function.identity()));

  private static final Map<String, Schema> PUBLISHED =
      READERS.entrySet().stream()
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> bare(e.getValue())));

  static {
    trustGeneratedClasses();
    limitCollections();
  }

  private RecordSchemas() {}

  /** Every schema as it is registered, with its documentation and without notes for Java. */
  public static List<Schema> published() {
    return PUBLISHED.values().stream()
        .sorted(java.util.Comparator.comparing(Schema::getFullName))
        .toList();
  }

  /** The schema of the record of that simple name. */
  public static Schema named(String record) {
    return java.util.Objects.requireNonNull(
        PUBLISHED.get(NetworkEvent.class.getPackageName() + "." + record), record);
  }

  static Schema published(Schema generated) {
    return java.util.Objects.requireNonNull(PUBLISHED.get(generated.getFullName()));
  }

  static @Nullable Schema reader(Schema writer) {
    return READERS.get(writer.getFullName());
  }

  static String names() {
    return READERS.keySet().stream().sorted().collect(Collectors.joining(", "));
  }

  /**
   * Avro makes objects only of classes that it is told to trust. Generated ones hold data and
   * nothing else. Done here, so that nobody who uses the codec has to set a system property.
   */
  private static void trustGeneratedClasses() {
    String ours = NetworkEvent.class.getPackageName();
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(), type -> type.getPackageName().equals(ours)));
  }

  /** A damaged length must not make the reader ask for gigabytes before it sees that they lack. */
  private static void limitCollections() {
    String key = "org.apache.avro.limits.collectionItems.maxLength";
    if (System.getProperty(key) == null) {
      System.setProperty(key, "1000000");
    }
  }

  /** Without {@code avro.java.string}, which tells a code generator what nobody else asks. */
  private static Schema bare(Schema generated) {
    try {
      return new Schema.Parser().parse(bare(JSON.readTree(generated.toString())).toString());
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static JsonNode bare(JsonNode node) {
    if (node instanceof ArrayNode array) {
      ArrayNode bare = JSON.createArrayNode();
      array.forEach(item -> bare.add(bare(item)));
      return bare;
    }
    if (!(node instanceof ObjectNode object) || !object.has("type")) {
      return node;
    }
    ObjectNode bare = JSON.createObjectNode();
    object.properties().stream()
        .filter(field -> !field.getKey().equals("avro.java.string"))
        .forEach(
            field ->
                bare.set(
                    field.getKey(),
                    field.getKey().equals("default") ? field.getValue() : bare(field.getValue())));
    boolean onlyType = bare.size() == 1 && bare.get("type") instanceof TextNode;
    return onlyType ? bare.get("type") : bare;
  }
}
