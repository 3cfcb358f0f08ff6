package org.pointsman.quickstart.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.quickstart.embedded.Records.record;

import java.util.List;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Confluent's Java client, at the embedded registry and at Apicurio's, and its Avro forms. */
class ConfluentClientIT {

  @Nested
  @ExtendWith(EmbeddedServers.Extension.class)
  class AtTheEmbeddedRegistry extends ConfluentClientContract {
    AtTheEmbeddedRegistry(EmbeddedServers servers) {
      super(servers.registryUrl());
    }

    @Test
    void saysWhatIsIncompatible() throws Exception {
      client().register("confluent-reasons", schema(record("V", "x")));
      assertThat(client().testCompatibilityVerbose("confluent-reasons", schema(record("V", "y"))))
          .anySatisfy(reason -> assertThat(reason).contains("READER_FIELD_MISSING_DEFAULT_VALUE"));
    }

    @Test
    void deletesALevelAndASubjectForGood() throws Exception {
      client().updateCompatibility("confluent-level", "FULL");
      client().deleteCompatibility("confluent-level");
      client().register("confluent-gone", schema(record("G", "x")));
      client().deleteSubject("confluent-gone");
      assertThat(client().deleteSubject("confluent-gone", true)).containsExactly(1);
      assertThat(client().getAllSubjects(true)).doesNotContain("confluent-gone");
    }

    @Test
    void registersNormalized() throws Exception {
      AvroSchema schema =
          schema(
              "{\"type\":\"fixed\",\"name\":\"F\",\"size\":2,\"b\":1,\"a\":2,\"aliases\":[\"Z\",\"Y\"]}");
      int id = client().register("confluent-normal", schema, true);
      assertThat(client().getSchemaById(id).canonicalString())
          .isEqualTo(schema.normalize().canonicalString());
    }

    @Test
    void knowsItsMode() throws Exception {
      assertThat(client().getMode()).isEqualTo("READWRITE");
    }
  }

  @Nested
  @ExtendWith(ApicurioRegistry.Extension.class)
  class AtApicurio extends ConfluentClientContract {
    AtApicurio(ApicurioRegistry registry) {
      super(registry.url());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"string\"",
        "{\"type\":\"string\",\"avro.java.string\":\"String\"}",
        """
        {"name":"R","type":"record","namespace":"x.y","zeta":1,"alpha":{"b":[{"d":1,"c":2}],"a":2},"doc":"hi",
         "aliases":["Old","An"],"fields":[
         {"default":1,"name":"f","zz":2,"aa":3,"type":"int","order":"descending","aliases":["b","a"]},
         {"name":"g","type":["null","R"],"default":null},
         {"name":"h","type":{"type":"bytes","logicalType":"decimal","scale":2,"precision":4}},
         {"name":"k","type":{"type":"fixed","name":"other.F","size":4}},
         {"name":"e","type":{"type":"enum","name":"E","symbols":["B","A"],"default":"A"}},
         {"name":"e2","type":"E"},
         {"name":"m","type":{"type":"map","values":{"type":"array","items":"string"}}}]}
        """
      })
  void schemasHaveConfluentsForms(String text) {
    AvroSchemas.Parsed ours =
        AvroSchemas.parse(
            new SchemaContent(SchemaContent.AVRO, text, List.of()), new SchemaStore(), true);
    AvroSchema theirs = new AvroSchema(text);
    assertThat(ours.canonical()).isEqualTo(theirs.canonicalString());
    assertThat(ours.normalized()).isEqualTo(theirs.normalize().canonicalString());
  }
}
