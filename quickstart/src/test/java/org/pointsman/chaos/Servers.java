package org.pointsman.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A broker and a schema registry that keep their addresses from start to start. */
final class Servers implements AutoCloseable {
  private static final String LISTENS = "listens at (\\S+:(\\d+))\\.";

  private static final int FIRST_PORT = 20_000;
  private static final int PORTS = 5_000;

  private final Path directory;
  private final Map<String, String> environment;
  private String bootstrapServers = "";
  private String registryUrl = "";
  private int brokerPort = quietPort();
  private int registryPort = quietPort();
  private @Nullable ChildJvm broker;
  private @Nullable ChildJvm registry;

  private Servers(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = environment;
  }

  /**
   * Returns when both answer.
   *
   * @param directory the broker's
   * @param environment of the broker's process, besides the test's own
   */
  static Servers start(Path directory, Map<String, String> environment) {
    Servers servers = new Servers(directory, environment);
    servers.startBroker();
    servers.startRegistry();
    return servers;
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  String registryUrl() {
    return registryUrl;
  }

  void startBroker() {
    ChildJvm started = start("broker", 384, directory.toString(), brokerPort, environment);
    broker = started;
    var listens = started.awaitSaid(LISTENS);
    brokerPort = Integer.parseInt(listens.group(2));
    bootstrapServers = same(bootstrapServers, listens.group(1));
  }

  void startRegistry() {
    ChildJvm started = start("registry", 192, bootstrapServers, registryPort, Map.of());
    registry = started;
    var listens = started.awaitSaid(LISTENS);
    registryPort = Integer.parseInt(listens.group(2));
    registryUrl = same(registryUrl, listens.group(1));
  }

  /**
   * A port outside of those that the system gives to outgoing connections: while a server is away,
   * a client that tries to reach it could be given its port.
   */
  private static int quietPort() {
    for (int port = FIRST_PORT + new SplittableRandom().nextInt(PORTS); ; port++) {
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        assertThat(port).isLessThan(FIRST_PORT + 2 * PORTS);
      }
    }
  }

  private static String same(String before, String now) {
    assertThat(before).as("its address at the start before").isIn("", now);
    return now;
  }

  private static ChildJvm start(
      String what, int heapMegabytes, String of, int port, Map<String, String> environment) {
    return ChildJvm.start(
        new ChildJvm.Program(
            what,
            ServerMain.class,
            heapMegabytes,
            List.of(what, of, Integer.toString(port)),
            environment));
  }

  void killBroker() throws InterruptedException {
    if (broker != null) {
      broker.kill();
    }
  }

  void killRegistry() throws InterruptedException {
    if (registry != null) {
      registry.kill();
    }
  }

  @Override
  public void close() {
    if (registry != null) {
      registry.close();
    }
    if (broker != null) {
      broker.close();
    }
  }
}
