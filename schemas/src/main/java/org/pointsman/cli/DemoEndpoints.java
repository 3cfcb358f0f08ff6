package org.pointsman.cli;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;

/**
 * Where the demo that runs here listens, so that commands find it without options: a file that the
 * demo writes, believed only while its process lives.
 *
 * @param bootstrapServers Kafka's
 * @param schemaRegistry its URL
 * @param pid the demo's process
 */
public record DemoEndpoints(String bootstrapServers, String schemaRegistry, long pid) {
  /** The folder of the demo's state; set by the launcher. */
  public static final String HOME_PROPERTY = "pointsman.home";

  private static final String FILE = "endpoints.properties";

  /** {@code .pointsman} in the project's folder, or in the present one. */
  public static Path home() {
    return Path.of(System.getProperty(HOME_PROPERTY, ".pointsman"));
  }

  /** Those of the demo whose state is in {@code home}, if it runs. */
  public static Optional<DemoEndpoints> find(Path home) {
    Properties properties = new Properties();
    try (Reader file = Files.newBufferedReader(home.resolve(FILE), StandardCharsets.UTF_8)) {
      properties.load(file);
    } catch (IOException none) {
      return Optional.empty();
    }
    String bootstrapServers = properties.getProperty("bootstrap.servers");
    String registry = properties.getProperty("schema.registry.url");
    String pid = properties.getProperty("pid", "");
    if (bootstrapServers == null || registry == null || !pid.matches("\\d{1,18}")) {
      return Optional.empty();
    }
    boolean isAlive =
        ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false);
    return isAlive
        ? Optional.of(new DemoEndpoints(bootstrapServers, registry, Long.parseLong(pid)))
        : Optional.empty();
  }

  /** Tells the commands. */
  public void write(Path home) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("bootstrap.servers", bootstrapServers);
    properties.setProperty("schema.registry.url", schemaRegistry);
    properties.setProperty("pid", Long.toString(pid));
    Path whole = home.resolve(FILE);
    Path next = home.resolve(FILE + ".new");
    try (Writer file = Files.newBufferedWriter(next, StandardCharsets.UTF_8)) {
      properties.store(file, "Where the running demo listens");
    }
    Files.move(next, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Tells them no longer. */
  public static void remove(Path home) throws IOException {
    Files.deleteIfExists(home.resolve(FILE));
  }
}
