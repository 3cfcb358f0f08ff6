package org.pointsman.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What {@code docker-compose.yml} and the Dockerfiles would run, read from them and never repeated
 * in a test.
 */
final class ComposeFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\w+:-([^}]*)}");
  private static final Pattern BLANKS = Pattern.compile(" +");
  private static final String ENTRYPOINT = "ENTRYPOINT ";
  private static final String EXAMPLE = "#   docker compose run --rm nms ";

  private final Path top;
  private final Path file;
  private final JsonNode services;

  private ComposeFile(Path top, Path file, JsonNode services) {
    this.top = top;
    this.file = file;
    this.services = services;
  }

  static ComposeFile read(Path top) throws IOException {
    Path file = top.resolve("docker-compose.yml");
    Object document =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
    return new ComposeFile(top, file, JSON.<JsonNode>valueToTree(document).path("services"));
  }

  Path path() {
    return file;
  }

  /** The services whose image is built from this repository. */
  List<String> ownServices() {
    return services
        .propertyStream()
        .filter(service -> service.getValue().has("build"))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The Dockerfiles that own services are built from, each once. */
  List<Path> dockerfiles() {
    return ownServices().stream().map(this::dockerfile).distinct().toList();
  }

  /** As a container's process has it: the image's entry point, then the service's command. */
  List<String> commandLine(String service) throws IOException {
    List<String> line = entrypoint(service);
    for (JsonNode argument : services.path(service).path("command")) {
      line.add(VARIABLE.matcher(argument.asText()).replaceAll("$1"));
    }
    return line;
  }

  /** A fresh list, for arguments to be added. */
  List<String> entrypoint(String service) throws IOException {
    Path dockerfile = dockerfile(service);
    List<String> found =
        Files.readAllLines(dockerfile).stream()
            .filter(line -> line.startsWith(ENTRYPOINT))
            .map(line -> line.substring(ENTRYPOINT.length()))
            .toList();
    if (found.size() != 1) {
      throw new IOException("expected one ENTRYPOINT in " + dockerfile + " but found " + found);
    }
    List<String> line = new ArrayList<>();
    for (JsonNode word : JSON.readTree(found.getFirst())) {
      line.add(word.asText());
    }
    return line;
  }

  Map<String, String> environment(String service) {
    Map<String, String> environment = new LinkedHashMap<>();
    services
        .path(service)
        .path("environment")
        .propertyStream()
        .forEach(entry -> environment.put(entry.getKey(), entry.getValue().asText()));
    return environment;
  }

  /** The folder of the module that the service's image is made of. */
  Path module(String service) {
    return Objects.requireNonNull(dockerfile(service).getParent());
  }

  /** The arguments of each nms command that the comment at the file's top tells users to run. */
  List<List<String>> nmsExamples() throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(EXAMPLE))
        .map(line -> BLANKS.splitAsStream(line.substring(EXAMPLE.length())).toList())
        .toList();
  }

  private Path dockerfile(String service) {
    return top.resolve(services.path(service).path("build").path("dockerfile").asText());
  }
}
