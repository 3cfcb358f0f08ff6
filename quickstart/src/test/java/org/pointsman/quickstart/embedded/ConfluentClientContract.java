package org.pointsman.quickstart.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pointsman.quickstart.embedded.Records.record;

import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.SchemaMetadata;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * What Confluent's own Java client must find at a registry. A new client, with nothing cached, asks
 * for what another has written.
 */
abstract class ConfluentClientContract {
  private final String url;

  ConfluentClientContract(String url) {
    this.url = url;
  }

  @Test
  void registersOnceAndFindsEveryWay() throws Exception {
    AvroSchema first = schema(record("C", "x"));
    AvroSchema second = schema(record("C", "x", "y?"));
    int id = client().register("confluent/found", first);
    assertThat(client().register("confluent/found", first)).isEqualTo(id);
    int next = client().register("confluent/found", second);
    assertThat(next).isGreaterThan(id);

    assertThat(client().getSchemaById(id).canonicalString()).isEqualTo(first.canonicalString());
    assertThat(client().getId("confluent/found", first)).isEqualTo(id);
    assertThat(client().getVersion("confluent/found", first)).isEqualTo(1);
    assertThat(client().getVersion("confluent/found", second)).isEqualTo(2);
    assertThat(client().getAllVersions("confluent/found")).containsExactly(1, 2);
    assertThat(client().getAllSubjects()).contains("confluent/found");
    assertThat(client().getAllSubjectsById(next)).containsExactly("confluent/found");

    SchemaMetadata latest = client().getLatestSchemaMetadata("confluent/found");
    assertThat(latest.getId()).isEqualTo(next);
    assertThat(latest.getVersion()).isEqualTo(2);
    assertThat(latest.getSchemaType()).isEqualTo("AVRO");
    assertThat(new AvroSchema(latest.getSchema())).isEqualTo(second);
    assertThat(client().getSchemaMetadata("confluent/found", 1).getId()).isEqualTo(id);
  }

  @Test
  void oneSchemaHasOneIdInAllSubjects() throws Exception {
    AvroSchema schema = schema(record("Shared", "x"));
    int id = client().register("confluent-one", schema);
    assertThat(client().register("confluent-two", schema)).isEqualTo(id);
  }

  @Test
  void tellsWhatIsCompatible() throws Exception {
    client().register("confluent-strict", schema(record("S", "x")));
    client().updateCompatibility("confluent-strict", "BACKWARD");
    AvroSchema fits = schema(record("S", "x", "y?"));
    AvroSchema breaks = schema(record("S", "x", "y"));
    assertThat(client().getCompatibility("confluent-strict")).isEqualTo("BACKWARD");
    assertThat(client().testCompatibility("confluent-strict", fits)).isTrue();
    assertThat(client().testCompatibility("confluent-strict", breaks)).isFalse();
    assertRefused(409, 409, () -> client().register("confluent-strict", breaks));
    client().updateCompatibility("confluent-strict", "NONE");
    client().register("confluent-strict", breaks);
  }

  @Test
  void saysWhatIsNotThere() throws Exception {
    client().register("confluent-some", schema(record("N", "x")));
    assertRefused(404, 40403, () -> client().getSchemaById(2_000_000));
    assertRefused(404, 40401, () -> client().getLatestSchemaMetadata("confluent-none"));
    assertRefused(404, 40402, () -> client().getSchemaMetadata("confluent-some", 9));
    assertRefused(404, 40403, () -> client().getId("confluent-some", schema(record("N", "y?"))));
  }

  @Test
  void deletes() throws Exception {
    client().register("confluent-deleted", schema(record("D", "x")));
    client().register("confluent-deleted", schema(record("D", "x", "y?")));
    assertThat(client().deleteSchemaVersion("confluent-deleted", "1")).isEqualTo(1);
    assertThat(client().getAllVersions("confluent-deleted")).containsExactly(2);
    // Apicurio also names the version that was gone before; Confluent's registry does not.
    assertThat(client().deleteSubject("confluent-deleted")).contains(2);
    assertThat(client().getAllSubjects()).doesNotContain("confluent-deleted");
  }

  final SchemaRegistryClient client() {
    return new CachedSchemaRegistryClient(url, 100);
  }

  static AvroSchema schema(String text) {
    return new AvroSchema(text);
  }

  private static void assertRefused(int status, int code, ThrowingCallable question) {
    assertThatThrownBy(question)
        .isInstanceOfSatisfying(
            RestClientException.class,
            refusal -> {
              assertThat(refusal.getStatus()).isEqualTo(status);
              assertThat(refusal.getErrorCode()).isEqualTo(code);
            });
  }
}
