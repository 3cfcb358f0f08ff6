package org.pointsman.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.pointsman.registry.RegistryConfig;
import org.pointsman.topics.Topics;
import picocli.CommandLine.Option;

/**
 * The options by which every command finds its deployment. An option stands over the environment,
 * that over {@code --config}'s file, that over the demo that runs here, and that over the usual
 * ports of this host.
 */
public final class ConnectionOptions {
  private static final String DEFAULT_BOOTSTRAP_SERVERS = "127.0.0.1:9092";
  private static final String DEFAULT_REGISTRY = "http://127.0.0.1:8081";

  @Option(
      names = {"-b", "--bootstrap-servers"},
      paramLabel = "HOST:PORT",
      description =
          "Kafka's brokers, several by commas. Else $POINTSMAN_BOOTSTRAP_SERVERS, else those of the demo that runs here, else "
              + DEFAULT_BOOTSTRAP_SERVERS
              + ".")
  private @Nullable String bootstrapServers;

  @Option(
      names = {"-r", "--schema-registry"},
      paramLabel = "URL",
      description =
          "The schema registry, several URLs by commas. Else $POINTSMAN_SCHEMA_REGISTRY, else that of the demo that runs here, else "
              + DEFAULT_REGISTRY
              + ".")
  private @Nullable String schemaRegistry;

  @Option(
      names = "--topic-prefix",
      paramLabel = "PREFIX",
      description =
          "What the names of the topics start with. Else $POINTSMAN_TOPIC_PREFIX, else '"
              + Topics.DEFAULT_PREFIX
              + "'.")
  private @Nullable String topicPrefix;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "A file of settings for Kafka's clients and the registry's, such as security.protocol or basic.auth.user.info.")
  private @Nullable Path config;

  @Option(
      names = "--property",
      paramLabel = "KEY=VALUE",
      description = "One such setting; may be given several times.")
  private Map<String, String> more = new HashMap<>();

  /**
   * How to reach the deployment.
   *
   * @throws CliException if the file cannot be read or a setting is not allowed
   */
  public Connection connection() {
    return connection(System.getenv(), () -> DemoEndpoints.find(DemoEndpoints.home()));
  }

  Connection connection(Map<String, String> environment, Supplier<Optional<DemoEndpoints>> demo) {
    Map<String, Object> properties = new HashMap<>(file());
    properties.putAll(more);
    set(
        properties,
        CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
        first(bootstrapServers, environment.get("POINTSMAN_BOOTSTRAP_SERVERS")),
        () -> demo.get().map(DemoEndpoints::bootstrapServers).orElse(DEFAULT_BOOTSTRAP_SERVERS));
    set(
        properties,
        RegistryConfig.URL,
        first(schemaRegistry, environment.get("POINTSMAN_SCHEMA_REGISTRY")),
        () -> demo.get().map(DemoEndpoints::schemaRegistry).orElse(DEFAULT_REGISTRY));
    String prefix = first(topicPrefix, environment.get("POINTSMAN_TOPIC_PREFIX"));
    try {
      RegistryConfig _ = new RegistryConfig(properties);
    } catch (ConfigException bad) {
      throw new CliException(Cli.USAGE, String.valueOf(bad.getMessage()));
    }
    return new Connection(new Topics(prefix != null ? prefix : Topics.DEFAULT_PREFIX), properties);
  }

  private static void set(
      Map<String, Object> properties,
      String key,
      @Nullable String given,
      Supplier<String> otherwise) {
    if (given != null) {
      properties.put(key, given);
    } else {
      properties.computeIfAbsent(key, _ -> otherwise.get());
    }
  }

  private static @Nullable String first(@Nullable String option, @Nullable String environment) {
    return option != null ? option : environment;
  }

  private Map<String, Object> file() {
    Map<String, Object> settings = new HashMap<>();
    if (config == null) {
      return settings;
    }
    Properties properties = new Properties();
    try (Reader file = Files.newBufferedReader(config, StandardCharsets.UTF_8)) {
      properties.load(file);
    } catch (IOException | IllegalArgumentException unreadable) {
      throw new CliException(
          Cli.USAGE,
          "expected a file of KEY=VALUE lines in --config but %s cannot be read: %s"
              .formatted(config, unreadable));
    }
    properties.stringPropertyNames().forEach(key -> settings.put(key, properties.getProperty(key)));
    return settings;
  }
}
