package org.pointsman.quickstart.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pointsman.quickstart.embedded.SchemaStore.Scope;
import org.pointsman.registry.CompatibilityLevel;

/** The store, and the bytes that it is the fold of. */
class SchemaStoreTest {
  private static final SchemaContent INT = new SchemaContent("AVRO", "\"int\"", List.of());
  private static final SchemaContent LONG = new SchemaContent("AVRO", "\"long\"", List.of());
  private static final SchemaContent USER =
      new SchemaContent("AVRO", "\"s.T\"", List.of(new SchemaReference("s.T", "a", 1)));

  private final SchemaStore store = new SchemaStore();

  @Test
  void anEmptyStoreGivesIdAndVersionOne() {
    assertThat(store.nextId()).isEqualTo(1);
    assertThat(store.nextVersion("a")).isEqualTo(1);
    assertThat(store.subjects(Scope.LIVE_AND_DELETED)).isEmpty();
    assertThat(store.latest("a", Scope.LIVE)).isEmpty();
    assertThat(store.level("a")).isEqualTo(CompatibilityLevel.BACKWARD);
  }

  @Test
  void oneContentHasOneIdInAllSubjects() {
    set("a", 1, 1, INT);
    set("b", 1, 1, INT);
    set("b", 2, 2, LONG);
    assertThat(store.idOf(INT)).contains(1);
    assertThat(store.uses(1, Scope.LIVE))
        .extracting(StoredSchema::subject)
        .containsExactly("a", "b");
    assertThat(store.nextId()).isEqualTo(3);
    assertThat(store.nextVersion("b")).isEqualTo(3);
    assertThat(store.latest("b", Scope.LIVE))
        .hasValueSatisfying(s -> assertThat(s.id()).isEqualTo(2));
  }

  @Test
  void aSoftlyDeletedSubjectIsHiddenButItsIdsRemain() {
    set("a", 1, 1, INT);
    set("a", 2, 2, LONG);
    store.apply(new StoreRecord.SubjectDeleted("a", 1));
    assertThat(store.versions("a", Scope.LIVE))
        .extracting(StoredSchema::version)
        .containsExactly(2);
    store.apply(new StoreRecord.SubjectDeleted("a", 2));
    assertThat(store.subjects(Scope.LIVE)).isEmpty();
    assertThat(store.subjects(Scope.DELETED)).containsExactly("a");
    assertThat(store.content(1)).contains(INT);
    assertThat(store.idOf(LONG)).contains(2);
    assertThat(store.nextVersion("a")).isEqualTo(3);
  }

  @Test
  void anErasedIdIsNeverGivenAgain() {
    set("a", 1, 1, INT);
    set("b", 1, 1, INT);
    store.apply(new StoreRecord.SchemaErased("a", 1, 1));
    assertThat(store.content(1)).contains(INT);
    store.apply(new StoreRecord.SchemaErased("b", 1, 1));
    assertThat(store.content(1)).isEmpty();
    assertThat(store.idOf(INT)).isEmpty();
    assertThat(store.nextId()).isEqualTo(2);

    SchemaStore compacted = new SchemaStore();
    compacted.apply(new StoreRecord.SchemaErased("b", 1, 1));
    assertThat(compacted.nextId()).isEqualTo(2);
  }

  @Test
  void referencesOfLiveSchemasCount() {
    set("a", 1, 1, INT);
    set("u", 1, 2, USER);
    assertThat(store.referencesTo("a", 1)).containsExactly(2);
    assertThat(store.referencesTo("a", 2)).isEmpty();
    store.apply(new StoreRecord.SubjectDeleted("u", 1));
    assertThat(store.referencesTo("a", 1)).isEmpty();
  }

  @Test
  void aSubjectsOwnLevelOutranksTheLevelOfAll() {
    store.apply(new StoreRecord.LevelSet(null, CompatibilityLevel.FULL));
    store.apply(new StoreRecord.LevelSet("a", CompatibilityLevel.NONE));
    assertThat(store.level("a")).isEqualTo(CompatibilityLevel.NONE);
    assertThat(store.level("b")).isEqualTo(CompatibilityLevel.FULL);
    store.apply(new StoreRecord.LevelSet("a", null));
    store.apply(new StoreRecord.LevelSet(null, null));
    assertThat(store.level("a")).isEqualTo(CompatibilityLevel.BACKWARD);
  }

  @Test
  void recordsHaveConfluentsBytes() {
    assertThat(written(new StoreRecord.SchemaSet(new StoredSchema("a", 1, 7, INT, false))))
        .containsExactly(
            "{\"keytype\":\"SCHEMA\",\"subject\":\"a\",\"version\":1,\"magic\":1}",
            "{\"subject\":\"a\",\"version\":1,\"id\":7,\"schema\":\"\\\"int\\\"\",\"deleted\":false}");
    assertThat(written(new StoreRecord.SchemaSet(new StoredSchema("u", 1, 8, USER, true))).get(1))
        .isEqualTo(
            "{\"subject\":\"u\",\"version\":1,\"id\":8,\"references\":[{\"name\":\"s.T\",\"subject\":\"a\",\"version\":1}],"
                + "\"schema\":\"\\\"s.T\\\"\",\"deleted\":true}");
    assertThat(written(new StoreRecord.SchemaErased("a", 1, 7)))
        .containsExactly(
            "{\"keytype\":\"SCHEMA\",\"subject\":\"a\",\"version\":1,\"magic\":1}", null);
    assertThat(written(new StoreRecord.SubjectDeleted("a", 2)))
        .containsExactly(
            "{\"keytype\":\"DELETE_SUBJECT\",\"subject\":\"a\",\"magic\":0}",
            "{\"subject\":\"a\",\"version\":2}");
    assertThat(written(new StoreRecord.LevelSet(null, CompatibilityLevel.FULL)))
        .containsExactly(
            "{\"keytype\":\"CONFIG\",\"subject\":null,\"magic\":0}",
            "{\"compatibilityLevel\":\"FULL\"}");
  }

  @Test
  void whatIsWrittenIsRead() {
    List<StoreRecord> records =
        List.of(
            new StoreRecord.SchemaSet(new StoredSchema("a/ü", 1, 7, INT, false)),
            new StoreRecord.SchemaSet(new StoredSchema("u", 2, 8, USER, true)),
            new StoreRecord.SchemaErased("a", 1, 7),
            new StoreRecord.SubjectDeleted("a", 2),
            new StoreRecord.LevelSet(null, CompatibilityLevel.FULL_TRANSITIVE),
            new StoreRecord.LevelSet("a", null));
    assertThat(records)
        .allSatisfy(
            record -> {
              ProducerRecord<byte[], byte[]> sent = StoreRecordCodec.encode("_schemas", record);
              assertThat(StoreRecordCodec.decode(received(sent))).isEqualTo(record);
            });
  }

  @Test
  void recordsOfConfluentsRegistryAreRead() {
    assertThat(
            read(
                "{\"keytype\":\"SCHEMA\",\"subject\":\"a\",\"version\":1,\"magic\":1}",
                "{\"subject\":\"a\",\"version\":1,\"id\":3,\"md5\":\"x\",\"schemaType\":\"JSON\",\"schema\":\"{}\",\"deleted\":false,\"ts\":1}"))
        .isEqualTo(
            new StoreRecord.SchemaSet(
                new StoredSchema("a", 1, 3, new SchemaContent("JSON", "{}", List.of()), false)));
    assertThat(read("{\"keytype\":\"NOOP\",\"magic\":0}", null))
        .isEqualTo(new StoreRecord.Other("NOOP"));
    assertThat(
            read("{\"keytype\":\"MODE\",\"subject\":null,\"magic\":0}", "{\"mode\":\"READWRITE\"}"))
        .isEqualTo(new StoreRecord.Other("MODE"));
    assertThat(read("{\"keytype\":\"SCHEMA\",\"subject\":\"a\",\"version\":1,\"magic\":1}", null))
        .isEqualTo(new StoreRecord.SchemaErased("a", 1, 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nonsense                                          | {}                                | Unrecognized token",
        "[1]                                               | {}                                | its key is no JSON object",
        "{}                                                | {}                                | it lacks the text keytype",
        "{\"keytype\":\"SCHEMA\",\"subject\":\"a\"}        |                                   | it lacks the number version",
        "{\"keytype\":\"SCHEMA\"}                          | {\"subject\":\"a\",\"version\":1} | it lacks the text schema",
        "{\"keytype\":\"CONFIG\"}       | {\"compatibilityLevel\":\"SOME\"} | there is no compatibility level SOME",
      })
  void whatIsNoRegistrysRecordIsNamed(String key, @Nullable String value, String reason) {
    assertThatThrownBy(() -> read(key, value))
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContaining("_schemas-0 offset 42")
        .hasMessageContaining(reason);
  }

  private void set(String subject, int version, int id, SchemaContent content) {
    store.apply(new StoreRecord.SchemaSet(new StoredSchema(subject, version, id, content, false)));
  }

  private static List<@Nullable String> written(StoreRecord record) {
    ProducerRecord<byte[], byte[]> sent = StoreRecordCodec.encode("_schemas", record);
    List<@Nullable String> texts = new ArrayList<>();
    texts.add(new String(sent.key(), UTF_8));
    texts.add(sent.value() == null ? null : new String(sent.value(), UTF_8));
    return texts;
  }

  private static StoreRecord read(String key, @Nullable String value) {
    return StoreRecordCodec.decode(
        received(
            new ProducerRecord<>(
                "_schemas", 0, key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8))));
  }

  private static ConsumerRecord<byte[], byte[]> received(ProducerRecord<byte[], byte[]> sent) {
    return new ConsumerRecord<>(
        sent.topic(),
        Objects.requireNonNull(sent.partition()),
        42,
        0,
        TimestampType.CREATE_TIME,
        0,
        0,
        sent.key(),
        sent.value(),
        new RecordHeaders(sent.headers()),
        Optional.empty());
  }
}
