package org.pointsman.quickstart.embedded;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A real Apicurio Registry as a process of its own, keeping its schemas in memory. Started when the
 * first test asks for one, shared by all, and stopped after the last.
 *
 * <p>The build unpacks it into {@code target/apicurio}.
 */
final class ApicurioRegistry implements AutoCloseable {
  private static final String JAR = "quarkus-run.jar";
  private static final int START_ATTEMPTS = 3;

  private final Process process;
  private final String url;

  private ApicurioRegistry(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /** Gives a test's method or constructor the registry that it asks for. */
  static final class Extension implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == ApicurioRegistry.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return shared(context);
    }
  }

  /** The root context's store lives as long as the JVM's tests, and closes what is in it. */
  static ApicurioRegistry shared(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(ApicurioRegistry.class))
        .getOrComputeIfAbsent(
            ApicurioRegistry.class, type -> ApicurioRegistry.start(), ApicurioRegistry.class);
  }

  /** The base of its Confluent-compatible API, without a slash at the end. */
  String url() {
    return url;
  }

  private static ApicurioRegistry start() {
    Path home = Path.of("target", "apicurio").toAbsolutePath();
    Path jar = home.resolve(JAR);
    if (!Files.exists(jar)) {
      throw new IllegalStateException(
          "expected %s, but it is missing; do run the tests with mvn verify, which unpacks it"
              .formatted(jar));
    }
    for (int attempt = 1; ; attempt++) {
      int port = LoopbackPorts.any();
      Path log = home.resolve("registry-" + port + ".log");
      Process process = launch(home, log, port, LoopbackPorts.any());
      String url = "http://%s:%d/apis/ccompat/v7".formatted(LoopbackPorts.HOST, port);
      if (isReady(process, url)) {
        return new ApicurioRegistry(process, url);
      }
      kill(process);
      if (attempt == START_ATTEMPTS) {
        throw new IllegalStateException("expected Apicurio to start, but it did not; see " + log);
      }
    }
  }

  private static Process launch(Path home, Path log, int port, int managementPort) {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-Dquarkus.http.host=" + LoopbackPorts.HOST,
            "-Dquarkus.http.port=" + port,
            "-Dquarkus.management.host=" + LoopbackPorts.HOST,
            "-Dquarkus.management.port=" + managementPort,
            "-Dapicurio.rules.global.compatibility=BACKWARD",
            "-jar",
            JAR);
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(home.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      // For a JVM that ends without closing its tests, such as one told to stop by a signal.
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return process;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** False if the process ended, for example because the port was taken in the meantime. */
  private static boolean isReady(Process process, String url) {
    HttpRequest question =
        HttpRequest.newBuilder(URI.create(url + "/subjects"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      Awaitility.await()
          .atMost(5, TimeUnit.MINUTES)
          .pollInterval(100, TimeUnit.MILLISECONDS)
          .until(() -> !process.isAlive() || answers(client, question));
    }
    return process.isAlive();
  }

  private static boolean answers(HttpClient client, HttpRequest question)
      throws InterruptedException {
    try {
      return client.send(question, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  @Override
  public void close() {
    kill(process);
  }

  private static void kill(Process process) {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
