package org.pointsman.nms.probe;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerEvent;
import org.pointsman.model.ServerId;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.follow.ClusterNews;
import org.pointsman.nms.follow.FollowedCluster;

/**
 * Asks the servers of a cluster, each on a thread of its own, and publishes what {@link Verdicts}
 * makes of the answers. Servers that are registered or removed meanwhile are followed.
 */
public final class Probe implements AutoCloseable {
  private static final Duration NEWS = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final ProbeSettings settings;
  private final ClusterId clusterId;
  private final ClusterNews news;
  private final NmsClient client;
  private final Asker.Opener askers;
  private final Consumer<String> say;
  private final InstantSource clock;
  private final FollowedCluster cluster;
  private final Verdicts verdicts;
  private final ProbePeers peers;
  private final Map<ServerId, Asking> asking = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread following;

  /** A server that is being asked. */
  private record Asking(IpAddress address, Thread thread) {}

  private Probe(
      ProbeSettings settings,
      ClusterId clusterId,
      ClusterNews news,
      NmsClient client,
      Asker.Opener askers,
      @Nullable InetSocketAddress listen,
      List<String> others,
      Consumer<String> say,
      InstantSource clock)
      throws IOException {
    this.settings = settings;
    this.clusterId = clusterId;
    this.news = news;
    this.client = client;
    this.askers = askers;
    this.say = say;
    this.clock = clock;
    this.cluster = news.snapshot();
    this.verdicts = new Verdicts(settings, cluster);
    this.peers = new ProbePeers(listen, others, settings.interval(), this::views);
    this.following = Thread.ofPlatform().daemon().name("probe-log").unstarted(this::follow);
  }

  /**
   * Starts one.
   *
   * @param news of the cluster; not closed here, and not used by others until {@link #close}
   * @param client writes the events; not closed here
   * @param listen where to tell other probes what this one sees, or null
   * @param others {@code HOST:PORT} of the other probes
   * @param say hears sentences for the operator
   * @throws IOException if it cannot listen
   */
  public static Probe start(
      ProbeSettings settings,
      ClusterId cluster,
      ClusterNews news,
      NmsClient client,
      Asker.Opener askers,
      @Nullable InetSocketAddress listen,
      List<String> others,
      Consumer<String> say,
      InstantSource clock)
      throws IOException {
    Probe probe = new Probe(settings, cluster, news, client, askers, listen, others, say, clock);
    probe.say.accept(
        "probing the servers of cluster %s by %s every %d ms; down after %d misses, up after %d answers"
            .formatted(
                cluster,
                settings.check(),
                settings.interval().toMillis(),
                settings.fall(),
                settings.rise()));
    probe.followServers();
    probe.following.start();
    return probe;
  }

  // ---- the cluster -----------------------------------------------------------------------------

  private void follow() {
    while (!closed.get()) {
      try {
        boolean isServers = false;
        for (var record : news.poll(NEWS)) {
          if (record instanceof Decision decision) {
            synchronized (this) {
              isServers |= cluster.apply(decision) && decision.key() instanceof EntityKey.Server;
            }
          }
        }
        if (isServers) {
          followServers();
        }
      } catch (InterruptException ending) {
        return;
      } catch (KafkaException failed) {
        say.accept("the log cannot be read: " + failed.getMessage());
        if (!sleep(PAUSE)) {
          return;
        }
      }
    }
  }

  private synchronized void followServers() {
    Map<ServerId, IpAddress> wanted =
        cluster.servers().stream()
            .collect(Collectors.toMap(RealServer::server, RealServer::address));
    Set<ServerId> ended = new HashSet<>();
    asking.forEach(
        (server, its) -> {
          if (!its.address().equals(wanted.get(server))) {
            its.thread().interrupt();
            ended.add(server);
          }
        });
    ended.forEach(asking::remove);
    verdicts.retain(wanted.keySet());
    if (closed.get()) {
      return;
    }
    wanted.forEach(
        (server, address) ->
            asking.computeIfAbsent(
                server,
                _ ->
                    new Asking(
                        address,
                        Thread.ofVirtual()
                            .name("probe-" + server)
                            .start(() -> keepAsking(server, address)))));
  }

  // ---- asking ----------------------------------------------------------------------------------

  private void keepAsking(ServerId server, IpAddress address) {
    RandomGenerator random = RandomGenerator.getDefault();
    try (Asker asker = askers.open(address)) {
      while (!Thread.currentThread().isInterrupted() && !closed.get()) {
        long start = System.nanoTime();
        boolean isAnswered = asker.ask(settings.timeout());
        if (Thread.currentThread().isInterrupted() || closed.get()) {
          return;
        }
        judge(server, isAnswered);
        Duration rest = settings.next(random.nextDouble()).minusNanos(System.nanoTime() - start);
        if (rest.isPositive() && !sleep(rest)) {
          return;
        }
      }
    } catch (IOException noSocket) {
      say.accept("%s at %s cannot be asked: %s".formatted(server, address, noSocket.getMessage()));
    }
  }

  private void judge(ServerId server, boolean isAnswered) {
    Verdicts.Outcome outcome;
    synchronized (this) {
      outcome = verdicts.asked(server, isAnswered, peers.seeDown(server), clock.instant());
    }
    outcome.lines().forEach(say);
    outcome.events().forEach(this::send);
  }

  private void send(ServerEvent event) {
    var _ =
        client
            .send(clusterId, event)
            .whenComplete(
                (_, failure) -> {
                  if (failure != null) {
                    say.accept(String.valueOf(failure.getMessage()));
                    synchronized (this) {
                      verdicts.unsent(event);
                    }
                  }
                });
    say.accept("published: " + event);
  }

  private synchronized Map<ServerId, ServerHealth.View> views() {
    return verdicts.views();
  }

  private static boolean sleep(Duration time) {
    try {
      Thread.sleep(time);
      return true;
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The port on which it tells other probes what it sees, or -1. */
  public int port() {
    return peers.port();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      peers.close();
      following.interrupt();
      asking.values().forEach(its -> its.thread().interrupt());
      try {
        following.join(PAUSE);
        for (Asking its : asking.values()) {
          its.thread().join(PAUSE);
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
