package org.pointsman.cli;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.pointsman.codec.CodecConfig;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.codec.RecordSerializer;
import org.pointsman.model.LogRecord;
import org.pointsman.registry.RegistryConfig;
import org.pointsman.registry.RestSchemaRegistry;
import org.pointsman.registry.SchemaRegistry;
import org.pointsman.topics.TopicReader;
import org.pointsman.topics.Topics;

/**
 * How to reach a deployment: its Kafka, its schema registry, its topics.
 *
 * @param topics their names
 * @param properties everything that was configured, by Kafka's and the registry client's names;
 *     {@code bootstrap.servers} and {@code schema.registry.url} among them
 */
public record Connection(Topics topics, Map<String, Object> properties) {
  public Connection {
    properties = Map.copyOf(properties);
  }

  /** Without any other settings. */
  public static Connection to(String bootstrapServers, String schemaRegistry, Topics topics) {
    return new Connection(
        topics,
        Map.of(
            CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            RegistryConfig.URL,
            schemaRegistry));
  }

  public String bootstrapServers() {
    return String.valueOf(properties.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
  }

  public String schemaRegistryUrl() {
    return String.valueOf(properties.get(RegistryConfig.URL));
  }

  /** For any of Kafka's clients: what the registry's client alone understands is left out. */
  public Map<String, Object> kafkaProperties() {
    Map<String, Object> kafka = new HashMap<>(properties);
    kafka
        .keySet()
        .removeIf(
            key ->
                key.startsWith("schema.registry.")
                    || key.startsWith("basic.auth.")
                    || key.startsWith("bearer.auth.")
                    || key.startsWith("http.")
                    || key.equals(RegistryConfig.MAX_RETRIES)
                    || key.startsWith("retries.")
                    || key.equals(CodecConfig.AUTO_REGISTER)
                    || key.equals(CodecConfig.SUBJECT_NAMING));
    return kafka;
  }

  /** A client of the registry; the caller closes it. */
  public SchemaRegistry registry() {
    return new RestSchemaRegistry(new RegistryConfig(properties));
  }

  /** A serializer of its own; whoever it is given to closes it. */
  public <T extends LogRecord> RecordSerializer<T> serializer() {
    RecordSerializer<T> serializer = new RecordSerializer<>();
    serializer.configure(properties, false);
    return serializer;
  }

  /** A deserializer of its own; whoever it is given to closes it. */
  public RecordDeserializer deserializer() {
    RecordDeserializer deserializer = new RecordDeserializer();
    deserializer.configure(properties, false);
    return deserializer;
  }

  public TopicReader reader(RecordDeserializer values) {
    return new TopicReader(kafkaProperties(), values);
  }
}
