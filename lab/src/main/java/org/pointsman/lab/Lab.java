package org.pointsman.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.Assigner;
import org.pointsman.assigner.AssignerSettings;
import org.pointsman.cli.CliException;
import org.pointsman.cli.Connection;
import org.pointsman.director.DataPlaneKind;
import org.pointsman.director.Director;
import org.pointsman.director.DirectorSettings;
import org.pointsman.director.feed.FeedListener;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.Side;
import org.pointsman.model.TunnelId;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.follow.ClusterFollower;
import org.pointsman.nms.follow.ClusterNews;
import org.pointsman.nms.probe.Asker;
import org.pointsman.nms.probe.Probe;
import org.pointsman.nms.probe.ProbeSettings;
import org.pointsman.nms.strongswan.Bridge;
import org.pointsman.nms.strongswan.BridgeSettings;
import org.pointsman.quickstart.embedded.EmbeddedBroker;
import org.pointsman.quickstart.embedded.EmbeddedRegistry;
import org.pointsman.topics.TopicCreator;
import org.pointsman.topics.Topics;

/**
 * A whole lab: the network, strongSwan on its gateways and peers, and in this process Kafka, the
 * registry, the assigner, both directors with the pcap data plane, a bridge for each gateway and a
 * probe. Only the directors' interfaces and the probe's sockets are in the namespaces.
 */
final class Lab implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration PROBE_INTERVAL = Duration.ofMillis(200);

  /** A dead charon's port is closed, which is known at once; a busy host may be slow to answer. */
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(3);

  private final LabPlan plan;
  private final Consumer<String> say;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Map<Integer, Charon> gateways = new TreeMap<>();
  private final Map<Integer, Charon> peers = new TreeMap<>();
  private final Map<TunnelId, Long> tableNanos = new ConcurrentHashMap<>();
  private final Map<ServerId, Long> detectedNanos = new ConcurrentHashMap<>();
  private final Connection connection;
  private final NmsClient nms;
  private final LabWatch watch;

  private Lab(LabPlan plan, Path home, Consumer<String> say) throws Exception {
    this.plan = plan;
    this.say = say;
    try {
      Files.createDirectories(home);
      say.accept("namespaces: %d, with veth and bridges".formatted(plan.namespaces().size()));
      part(LabNetwork.make(plan));
      startCharons(home);
      EmbeddedBroker broker = part(EmbeddedBroker.start(home.resolve("kafka"), 0));
      EmbeddedRegistry registry = part(EmbeddedRegistry.start(broker.bootstrapServers(), 0));
      connection =
          Connection.to(
              broker.bootstrapServers(), registry.url(), new Topics(Topics.DEFAULT_PREFIX));
      try (Admin admin = Admin.create(connection.kafkaProperties())) {
        new TopicCreator(admin, connection.topics())
            .create(Topics.DEFAULT_PARTITIONS, Optional.of((short) 1));
      }
      Assigner assigner =
          part(
              Assigner.start(
                  connection,
                  AssignerSettings.defaults(home.resolve("assigner")).withStandbyReplicas(0)));
      if (!assigner.awaitRunning(PATIENCE)) {
        throw new CliException("expected the assigner to run but it does not; see above");
      }
      nms = part(NmsClient.connect(connection, NmsSettings.defaults().withSource("pointsman-lab")));
      watch = part(new LabWatch(news()));
      registerServers();
      startDirector(Side.OUTER, "outer");
      startDirector(Side.INNER, "inner");
      for (int gateway : plan.gateways()) {
        startBridge(gateway);
      }
      startProbe();
    } catch (Exception failure) {
      close();
      throw failure;
    }
  }

  /**
   * Starts all of it; on failure nothing is left.
   *
   * @param home an empty folder for its state
   * @param say hears what happens, a line at a time, on any thread
   */
  static Lab start(LabPlan plan, Path home, Consumer<String> say) throws Exception {
    return new Lab(plan, home, say);
  }

  private <P extends AutoCloseable> P part(P started) {
    parts.push(started);
    return started;
  }

  private void startCharons(Path home) throws IOException, InterruptedException {
    for (int gateway : plan.gateways()) {
      gateways.put(gateway, part(Charon.gateway(plan, gateway, home)).start());
    }
    for (int peer : plan.peerNumbers()) {
      peers.put(peer, part(Charon.peer(plan, peer, home)).start());
    }
    say.accept("strongSwan: %d gateways and %d peers".formatted(gateways.size(), peers.size()));
  }

  private void registerServers() throws InterruptedException {
    nms.configure(
            LabPlan.CLUSTER,
            new ClusterConfigure(null, List.of(LabPlan.VIRTUAL_ADDRESS), null, null, null))
        .join();
    for (ServerRegister server : plan.servers()) {
      nms.registerServer(LabPlan.CLUSTER, server).join();
    }
    watch.await("three servers", cluster -> cluster.servers().size() == LabPlan.GATEWAYS);
  }

  private void startDirector(Side side, String name) throws InterruptedException {
    DirectorSettings settings =
        DirectorSettings.builder(side)
            .name(plan.namespace(name))
            .cluster(LabPlan.CLUSTER)
            .dataPlane(DataPlaneKind.PCAP)
            .in("eth0")
            .localAddresses(List.of(IpAddress.parse("203.0.113.2"), IpAddress.parse("10.200.0.2")))
            .build();
    Director director =
        part(
            Director.start(
                connection,
                settings,
                new Tables(),
                open -> NamespaceThread.in(plan.namespace(name), open::get)));
    if (!director.awaitReady(PATIENCE)) {
      throw new CliException(
          "expected the %s director to have its table but: %s"
              .formatted(name, director.feed().problem().orElse("it has not")));
    }
    say.accept("%s director: %s on eth0 of %s".formatted(name, director.plane().name(), name));
  }

  /** When a tunnel last stood in a table; the later of the two counts. */
  private final class Tables implements FeedListener {
    @Override
    public void applied(int partition, long offset, EntityKey key, @Nullable Entity entity) {
      if (key instanceof EntityKey.Tunnel tunnel) {
        tableNanos.put(tunnel.tunnel(), System.nanoTime());
      }
    }
  }

  private void startBridge(int gateway) throws IOException {
    ServerId server = LabPlan.server(gateway);
    String source = "pointsman-strongswan@lab/" + server;
    NmsClient client =
        part(NmsClient.connect(connection, NmsSettings.defaults().withSource(source)));
    part(
        Bridge.start(
            BridgeSettings.of(server),
            LabPlan.CLUSTER,
            gateway(gateway).address(),
            part(news()),
            client,
            source,
            line -> say.accept("bridge %s: %s".formatted(server, line)),
            InstantSource.system()));
  }

  private void startProbe() throws IOException {
    ProbeSettings settings =
        ProbeSettings.defaults().withInterval(PROBE_INTERVAL).withTimeout(PROBE_TIMEOUT);
    Asker.Opener opener = Asker.opener(settings);
    part(
        Probe.start(
            settings,
            LabPlan.CLUSTER,
            part(news()),
            nms,
            address -> NamespaceThread.in(plan.namespace("outer"), () -> opener.open(address)),
            null,
            List.of(),
            this::probeSays,
            InstantSource.system()));
  }

  private void probeSays(String line) {
    for (int gateway : plan.gateways()) {
      if (line.equals("%s is seen DOWN".formatted(LabPlan.server(gateway)))) {
        detectedNanos.put(LabPlan.server(gateway), System.nanoTime());
      }
    }
    say.accept("probe: " + line);
  }

  private ClusterNews news() {
    return ClusterFollower.open(connection, LabPlan.CLUSTER, bad -> say.accept(bad.getMessage()));
  }

  LabPlan plan() {
    return plan;
  }

  Connection connection() {
    return connection;
  }

  NmsClient nms() {
    return nms;
  }

  LabWatch watch() {
    return watch;
  }

  Charon gateway(int gateway) {
    return java.util.Objects.requireNonNull(gateways.get(gateway));
  }

  Charon peer(int peer) {
    return java.util.Objects.requireNonNull(peers.get(peer));
  }

  /** When both tables last had news of a tunnel, by {@link System#nanoTime}; 0 for never. */
  long tableNanos(TunnelId tunnel) {
    return tableNanos.getOrDefault(tunnel, 0L);
  }

  /** When the probe last saw a server go down, by {@link System#nanoTime}; 0 for never. */
  long detectedNanos(ServerId server) {
    return detectedNanos.getOrDefault(server, 0L);
  }

  /** Everything, in the order opposite to that of the start; one that fails keeps no other up. */
  @Override
  public synchronized void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception failure) {
        say.accept("while ending: " + failure);
      }
    }
  }
}
