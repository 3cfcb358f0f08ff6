package org.pointsman.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.model.InvalidValueException;
import picocli.CommandLine;

class ConnectionOptionsTest {
  private static final DemoEndpoints DEMO = new DemoEndpoints("demo:1", "http://demo:2", 1);

  private static ConnectionOptions options(String... arguments) {
    ConnectionOptions options = new ConnectionOptions();
    new CommandLine(new Command(options)).parseArgs(arguments);
    return options;
  }

  @CommandLine.Command(name = "c")
  private record Command(@CommandLine.Mixin ConnectionOptions options) {}

  @Test
  void theDemoIsFoundWithoutOptions() {
    Connection connection = options().connection(Map.of(), () -> Optional.of(DEMO));
    assertThat(connection.bootstrapServers()).isEqualTo("demo:1");
    assertThat(connection.schemaRegistryUrl()).isEqualTo("http://demo:2");
    assertThat(connection.topics().events()).isEqualTo("pointsman.events");
  }

  @Test
  void withoutTheDemoItIsThisHost() {
    Connection connection = options().connection(Map.of(), Optional::empty);
    assertThat(connection.bootstrapServers()).isEqualTo("127.0.0.1:9092");
    assertThat(connection.schemaRegistryUrl()).isEqualTo("http://127.0.0.1:8081");
  }

  @Test
  void anOptionStandsOverTheEnvironmentAndThatOverTheRest(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("c.properties");
    Files.writeString(
        file, "bootstrap.servers=file:1\nschema.registry.url=http://file:1\nclient.id=me\n");
    Connection connection =
        options("--bootstrap-servers", "option:1", "--config", file.toString())
            .connection(
                Map.of(
                    "POINTSMAN_BOOTSTRAP_SERVERS", "env:1",
                    "POINTSMAN_SCHEMA_REGISTRY", "http://env:1",
                    "POINTSMAN_TOPIC_PREFIX", "x."),
                () -> Optional.of(DEMO));
    assertThat(connection.bootstrapServers()).isEqualTo("option:1");
    assertThat(connection.schemaRegistryUrl()).isEqualTo("http://env:1");
    assertThat(connection.topics().events()).isEqualTo("x.events");
    assertThat(connection.kafkaProperties())
        .containsEntry("client.id", "me")
        .doesNotContainKey("schema.registry.url");
  }

  @Test
  void whatCannotBeIsToldAtOnce(@TempDir Path folder) {
    assertThatThrownBy(() -> options("-r", "nowhere").connection(Map.of(), Optional::empty))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("expected a URL such as");
    assertThatThrownBy(
            () ->
                options("--config", folder.resolve("none").toString())
                    .connection(Map.of(), Optional::empty))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("expected a file of KEY=VALUE lines");
  }

  @Test
  void onlyADemoThatLivesIsBelieved(@TempDir Path home) throws IOException {
    new DemoEndpoints("b:1", "http://r:1", ProcessHandle.current().pid()).write(home);
    assertThat(DemoEndpoints.find(home)).isPresent();
    new DemoEndpoints("b:1", "http://r:1", Long.MAX_VALUE / 16).write(home);
    assertThat(DemoEndpoints.find(home)).isEmpty();
    DemoEndpoints.remove(home);
    assertThat(DemoEndpoints.find(home)).isEmpty();
  }

  @Test
  void durationsAreReadAsPeopleWriteThem() {
    assertThat(Cli.duration("250ms")).isEqualTo(Duration.ofMillis(250));
    assertThat(Cli.duration("90s")).isEqualTo(Duration.ofSeconds(90));
    assertThat(Cli.duration("2h")).isEqualTo(Duration.ofHours(2));
    assertThat(Cli.duration("PT5M")).isEqualTo(Duration.ofMinutes(5));
    assertThatThrownBy(() -> Cli.duration("soon"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("expected a duration such as 90s");
  }
}
