package org.pointsman.quickstart.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pointsman.quickstart.embedded.Records.record;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.pointsman.codec.CodecConfig;
import org.pointsman.codec.OtherReleases;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.codec.RecordSchemas;
import org.pointsman.codec.RecordSerializer;
import org.pointsman.model.ClusterId;
import org.pointsman.model.LogRecord;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelWithdraw;
import org.pointsman.registry.CompatibilityLevel;
import org.pointsman.registry.RegisteredSchema;
import org.pointsman.registry.RegistryConfig;
import org.pointsman.registry.RegistryRefusalException;
import org.pointsman.registry.RestSchemaRegistry;
import org.pointsman.registry.SchemaRegistry;
import org.pointsman.topics.TopicSchemas;
import org.pointsman.topics.Topics;

/**
 * What our registry client promises, at whatever registry. A new client, with nothing cached, asks
 * for what another has written.
 */
abstract class SchemaRegistryContract {
  private static final Schema ONE = parse(record("One", "x"));
  private static final Schema WITH_DEFAULT = parse(record("One", "x", "y?"));
  private static final Schema WITH_REQUIRED = parse(record("One", "x", "y"));

  private final String url;

  SchemaRegistryContract(String url) {
    this.url = url;
  }

  @Test
  void registersOnceAndFindsById() {
    int id = register("contract-once", ONE);
    assertThat(register("contract-once", ONE)).isEqualTo(id);
    assertThat(register("contract-other", ONE)).isEqualTo(id);
    try (SchemaRegistry registry = registry()) {
      assertThat(registry.byId(id)).isEqualTo(ONE);
      assertThat(registry.byId(id)).isEqualTo(ONE);
      assertThat(registry.subjects()).contains("contract-once", "contract-other").isSorted();
    }
  }

  @Test
  void findsTheLatestAndAGivenSchema() {
    int first = register("contract-versions", ONE);
    int second = register("contract-versions", WITH_DEFAULT);
    try (SchemaRegistry registry = registry()) {
      assertThat(registry.latest("contract-versions"))
          .contains(new RegisteredSchema("contract-versions", 2, second, WITH_DEFAULT));
      assertThat(registry.lookup("contract-versions", ONE))
          .contains(new RegisteredSchema("contract-versions", 1, first, ONE));
      assertThat(registry.lookup("contract-versions", WITH_REQUIRED)).isEmpty();
    }
  }

  @Test
  void findsNothingWhereNothingIs() {
    try (SchemaRegistry registry = registry()) {
      assertThat(registry.latest("contract-none")).isEmpty();
      assertThat(registry.lookup("contract-none", ONE)).isEmpty();
      assertThat(registry.isCompatible("contract-none", ONE)).isTrue();
      assertRefused(404, 40403, () -> registry.byId(2_000_000));
    }
  }

  @Test
  void refusesWhatIsIncompatible() {
    register("contract-strict", ONE);
    try (SchemaRegistry registry = registry()) {
      registry.setCompatibility("contract-strict", CompatibilityLevel.BACKWARD);
      assertThat(registry.isCompatible("contract-strict", WITH_DEFAULT)).isTrue();
      assertThat(registry.isCompatible("contract-strict", WITH_REQUIRED)).isFalse();
      assertRefused(409, 409, () -> registry.register("contract-strict", WITH_REQUIRED));
      registry.setCompatibility("contract-strict", CompatibilityLevel.NONE);
      assertThat(registry.isCompatible("contract-strict", WITH_REQUIRED)).isTrue();
      assertThat(registry.register("contract-strict", WITH_REQUIRED)).isPositive();
    }
  }

  @Test
  void keepsEveryLevel() {
    register("contract-level", ONE);
    try (SchemaRegistry registry = registry()) {
      assertThat(registry.compatibility("contract-unset")).isEqualTo(CompatibilityLevel.BACKWARD);
      for (CompatibilityLevel level : CompatibilityLevel.values()) {
        registry.setCompatibility("contract-level", level);
        assertThat(registry.compatibility("contract-level")).isEqualTo(level);
      }
    }
  }

  @Test
  void subjectsMayHoldSlashesAndColons() {
    int id = register("contract/a:b c", ONE);
    try (SchemaRegistry registry = registry()) {
      assertThat(registry.latest("contract/a:b c"))
          .hasValueSatisfying(found -> assertThat(found.id()).isEqualTo(id));
    }
  }

  @Test
  void everySchemaOfPointsmanIsKeptAsItIs() {
    List<Schema> schemas = RecordSchemas.published();
    assertThat(schemas).hasSizeGreaterThanOrEqualTo(7);
    for (Schema schema : schemas) {
      String subject = "contract-" + schema.getFullName();
      int id = register(subject, schema);
      assertThat(register(subject, schema)).isEqualTo(id);
      try (SchemaRegistry registry = registry()) {
        assertThat(registry.byId(id)).isEqualTo(schema);
        assertThat(registry.byId(id).toString()).isEqualTo(schema.toString());
        assertThat(registry.lookup(subject, schema))
            .hasValueSatisfying(found -> assertThat(found.id()).isEqualTo(id));
      }
    }
  }

  @Test
  void theTopicsSubjectsAreFullTransitiveFieldsAreTakenAndNewKindsAreNot() {
    Topics topics = new Topics("contract-full.");
    String events = topics.events() + "-value";
    String assignments = topics.assignments() + "-org.pointsman.avro.Assignment";
    try (SchemaRegistry registry = registry()) {
      Map<String, Integer> ids = TopicSchemas.register(registry, topics);
      assertThat(ids).hasSize(8);
      assertThat(TopicSchemas.register(registry, topics)).isEqualTo(ids);
      assertThat(ids.keySet())
          .allSatisfy(
              subject ->
                  assertThat(registry.compatibility(subject))
                      .isEqualTo(CompatibilityLevel.FULL_TRANSITIVE));
      Schema field = OtherReleases.withOneFieldMore("Assignment");
      assertThat(registry.register(assignments, field)).isNotEqualTo(ids.get(assignments));
      Schema kind = OtherReleases.withOneEventMore();
      assertRefused(409, 409, () -> registry.register(events, kind));
    }
  }

  @Test
  void newKindsAreTakenOnlyOnRequest() {
    Topics topics = new Topics("contract-kinds.");
    String events = topics.events() + "-value";
    register(events, OtherReleases.withOneEventLess());
    try (SchemaRegistry registry = registry()) {
      registry.setCompatibility(events, CompatibilityLevel.FULL_TRANSITIVE);
      assertThatThrownBy(() -> TopicSchemas.register(registry, topics))
          .isInstanceOf(RegistryRefusalException.class)
          .hasMessageContaining("'pointsman topics create --new-kinds'");
      int id =
          java.util.Objects.requireNonNull(
              TopicSchemas.register(registry, topics, TopicSchemas.NewKinds.TAKEN).get(events));
      assertThat(registry.byId(id)).isEqualTo(RecordSchemas.named("NetworkEvent"));
      assertThat(registry.compatibility(events)).isEqualTo(CompatibilityLevel.BACKWARD_TRANSITIVE);
      assertThat(TopicSchemas.register(registry, topics)).containsEntry(events, id);
    }
  }

  @Test
  void theCodecReadsWhatItWrote() {
    NetworkEvent event =
        new NetworkEvent(
            "e",
            new ClusterId("c"),
            Instant.ofEpochMilli(1),
            "contract",
            new TunnelWithdraw(new TunnelId("t")));
    Map<String, Object> settings = Map.of(RegistryConfig.URL, url, CodecConfig.AUTO_REGISTER, true);
    try (RecordSerializer<LogRecord> serializer = new RecordSerializer<>();
        RecordDeserializer deserializer = new RecordDeserializer()) {
      serializer.configure(settings, false);
      deserializer.configure(settings, false);
      byte[] bytes = serializer.serialize("contract.events", event);
      assertThat(deserializer.deserialize("contract.events", bytes)).isEqualTo(event);

      bytes[1] = 0x70; // an id that nobody was given
      assertThatThrownBy(() -> deserializer.deserialize("contract.events", bytes))
          .isInstanceOf(RecordFormatException.class)
          .hasMessageContaining("expected a schema of id");
    }
  }

  private int register(String subject, Schema schema) {
    try (SchemaRegistry registry = registry()) {
      return registry.register(subject, schema);
    }
  }

  private SchemaRegistry registry() {
    return new RestSchemaRegistry(new RegistryConfig(Map.of(RegistryConfig.URL, url)));
  }

  private static void assertRefused(int status, int code, ThrowingCallable question) {
    assertThatThrownBy(question)
        .isInstanceOfSatisfying(
            RegistryRefusalException.class,
            refusal -> {
              assertThat(refusal.status()).isEqualTo(status);
              assertThat(refusal.errorCode()).isEqualTo(code);
            });
  }

  private static Schema parse(String text) {
    return new Schema.Parser().parse(text);
  }
}
