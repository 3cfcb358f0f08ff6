package org.pointsman.quickstart.embedded;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.util.JavalinBindException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A schema registry with Confluent's REST API, in this process and on loopback. It keeps its
 * schemas in topic {@code _schemas} of the broker, in Confluent's own records.
 *
 * <p>It knows Avro only, and neither contexts, modes, metadata nor rules; a request for one of
 * those is refused, never half done. One registry at a time may write to a broker: ids are given
 * under a lock of this process.
 */
public final class EmbeddedRegistry implements AutoCloseable {
  private static final Duration BROKER_TIMEOUT = Duration.ofSeconds(15);
  private static final int MAX_THREADS = 32;

  private final RegistryService registry;
  private final Javalin server;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedRegistry(RegistryService registry, Javalin server) {
    this.registry = registry;
    this.server = server;
  }

  /**
   * Returns when every schema is read and the registry answers.
   *
   * @param bootstrapServers the broker that keeps the schemas
   * @param preferredPort the port if it is free, else any free one; 0 for any
   * @throws EmbeddedServerException if no broker answers, or its {@code _schemas} is not a
   *     registry's
   */
  public static EmbeddedRegistry start(String bootstrapServers, int preferredPort) {
    SchemaStore store = new SchemaStore();
    SchemaLog log = SchemaLog.open(bootstrapServers, BROKER_TIMEOUT, store::apply);
    RegistryService registry = new RegistryService(store, log);
    boolean started = false;
    try {
      EmbeddedRegistry result = new EmbeddedRegistry(registry, listen(registry, preferredPort));
      started = true;
      return result;
    } finally {
      if (!started) {
        registry.close();
      }
    }
  }

  /** What clients are configured with, without a slash at the end. */
  public String url() {
    return "http://" + LoopbackPorts.HOST + ":" + server.port();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      server.stop();
      registry.close();
    }
  }

  private static Javalin listen(RegistryService registry, int preferredPort) {
    int port = LoopbackPorts.preferably(preferredPort);
    try {
      return create(registry).start(LoopbackPorts.HOST, port);
    } catch (JavalinBindException takenSince) {
      return create(registry).start(LoopbackPorts.HOST, 0);
    }
  }

  private static Javalin create(RegistryService registry) {
    return Javalin.create(
        config -> {
          configureServer(config);
          new RegistryApi(registry).addTo(config.routes);
        });
  }

  private static void configureServer(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.startupWatcherEnabled = false;
    config.http.prefer405over404 = true;
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("schema-registry");
    threads.setDaemon(true);
    config.jetty.threadPool = threads;
    // A subject may hold any character, a percent-encoded slash included. Jetty refuses those
    // unless told that nobody here takes them for the slashes of a path.
    config.jetty.modifyHttpConfiguration(http -> http.setUriCompliance(UriCompliance.UNSAFE));
    config.jetty.modifyServletContextHandler(
        context -> context.getServletHandler().setDecodeAmbiguousURIs(true));
  }
}
