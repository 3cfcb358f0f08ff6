package org.pointsman.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;

/**
 * The servers of all fault tests, and one deployment on them that test after test befalls; after a
 * test that failed, the next gets a new one.
 */
final class Chaos implements AutoCloseable {
  private final Path directory;
  private final Servers servers;
  private @Nullable Deployment shared;
  private int deployments;

  private Chaos(Path directory, Servers servers) {
    this.directory = directory;
    this.servers = servers;
  }

  /** Gives a test's method the chaos that it asks for. */
  static final class Extension implements ParameterResolver, AfterTestExecutionCallback {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Chaos.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return chaos(context);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
      if (context.getExecutionException().isPresent()) {
        chaos(context).endShared();
      }
    }

    private static Chaos chaos(ExtensionContext context) {
      return context
          .getRoot()
          .getStore(Namespace.create(Chaos.class))
          .getOrComputeIfAbsent(Chaos.class, _ -> Chaos.start(), Chaos.class);
    }
  }

  private static Chaos start() {
    try {
      Path directory = Files.createTempDirectory("chaos");
      return new Chaos(directory, Servers.start(directory.resolve("broker"), Map.of()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  Servers servers() {
    return servers;
  }

  /** The one that all share, whole and at work. */
  Deployment shared() {
    Deployment there = shared;
    if (there == null) {
      there = own("shared", Map.of());
      shared = there;
      there.startAll();
      registerServers(there);
    }
    there.assertAllAlive();
    return there;
  }

  /** One that nothing is started of, with topics of its own; the caller closes it. */
  Deployment own(String name, Map<String, String> environment) {
    String unique = name + ++deployments;
    return new Deployment(servers, unique + ".", directory.resolve(unique), environment);
  }

  /** The first events of a deployment. */
  static void registerServers(Deployment deployment) {
    try (NmsClient nms = nms(deployment);
        Load load = new Load(nms, deployment.tunnels())) {
      load.registerServers();
      var _ = load.acknowledged();
    }
  }

  /** A client that waits for as long as a server may be away. */
  static NmsClient nms(Deployment deployment) {
    return NmsClient.connect(
        deployment.connection(), NmsSettings.defaults().withDeliveryTimeout(Load.DELIVERY_TIMEOUT));
  }

  private void endShared() {
    Deployment there = shared;
    shared = null;
    if (there != null) {
      there.close();
    }
  }

  @Override
  public void close() throws IOException {
    endShared();
    servers.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
