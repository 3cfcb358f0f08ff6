package org.pointsman.quickstart.embedded;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pointsman.quickstart.embedded.Records.record;

import java.nio.file.Path;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.registry.RegistryConfig;
import org.pointsman.registry.RegistryUnavailableException;
import org.pointsman.registry.RestSchemaRegistry;

/** Our registry client, at the embedded registry and at Apicurio's. */
class SchemaRegistryContractIT {

  @Nested
  @ExtendWith(EmbeddedServers.Extension.class)
  class AtTheEmbeddedRegistry extends SchemaRegistryContract {
    AtTheEmbeddedRegistry(EmbeddedServers servers) {
      super(servers.registryUrl());
    }
  }

  @Nested
  @ExtendWith(ApicurioRegistry.Extension.class)
  class AtApicurio extends SchemaRegistryContract {
    AtApicurio(ApicurioRegistry registry) {
      super(registry.url());
    }
  }

  @Test
  void whatIsKnownIsFoundWithoutTheRegistryAndTheRestIsUnavailable(@TempDir Path directory) {
    Schema schema = new Schema.Parser().parse(record("Known", "x"));
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
      EmbeddedRegistry registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
      try (RestSchemaRegistry client =
          new RestSchemaRegistry(
              new RegistryConfig(
                  Map.of(
                      RegistryConfig.URL, registry.url(),
                      RegistryConfig.MAX_RETRIES, 1,
                      RegistryConfig.RETRIES_WAIT_MS, 1)))) {
        int id = client.register("s", schema);
        client.byId(id);
        String url = registry.url();
        registry.close();
        client.byId(id);
        client.register("s", schema);
        assertThatThrownBy(() -> client.byId(id + 1))
            .isInstanceOf(RegistryUnavailableException.class)
            .hasMessageContaining(url);
      } finally {
        registry.close();
      }
    }
  }
}
