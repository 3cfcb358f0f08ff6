package org.pointsman.director;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.ClockSteps;
import org.pointsman.cli.Connection;
import org.pointsman.director.dataplane.DataPlane;
import org.pointsman.director.dataplane.DataPlaneStats;
import org.pointsman.director.dataplane.nftables.NftablesException;
import org.pointsman.director.dataplane.pcap.PcapPlaneException;
import org.pointsman.director.dataplane.xdp.XdpPlaneException;
import org.pointsman.director.feed.AssignmentFeed;
import org.pointsman.director.feed.FeedListener;
import org.pointsman.director.feed.FeedStatus;
import org.pointsman.director.feed.Reconciler;
import org.pointsman.director.feed.Reconciler.Holdings;
import org.pointsman.director.packet.Verdict;
import org.pointsman.director.snapshot.Snapshot;
import org.pointsman.director.snapshot.SnapshotStore;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.DirectorStatus.TableStatus;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One side's director of one cluster: follows the assignments, steers by them, and tells how it is.
 *
 * <p>It steers from the moment at which the whole table stands, and goes on whatever becomes of
 * Kafka, the schema registry, or its own statuses. Any thread may ask it.
 */
public final class Director implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Director.class);

  private static final Duration LOOK = Duration.ofSeconds(10);
  private static final Duration LOOK_AT_CLOCK = Duration.ofSeconds(1);

  private final DirectorSettings settings;
  private final KafkaLinks links;
  private final FeedListener listener;
  private final InstantSource clock;
  private final Instant startedAt;
  private final DataPlane plane;
  private final Reconciler reconciler;
  private final @Nullable SnapshotStore snapshots;
  private final AssignmentFeed feed;
  private final StatusPublisher publisher;
  private final ActivityLog activity = new ActivityLog();
  private final ScheduledExecutorService looks;
  private final ClockSteps steps = ClockSteps.ofThisHost();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Offset and table of one moment, so that digests can be compared offset by offset. */
  private record Standing(int partition, long nextOffset, TableStatus table) {}

  private volatile @Nullable Standing standing;

  private Director(
      DirectorSettings settings,
      KafkaLinks links,
      DataPlane plane,
      FeedListener listener,
      InstantSource clock) {
    this.settings = settings;
    this.links = links;
    this.plane = plane;
    this.listener = listener;
    this.clock = clock;
    this.startedAt = clock.instant();
    this.reconciler = new Reconciler(settings.cluster(), settings.side(), plane);
    Path directory = settings.snapshotDirectory();
    this.snapshots =
        directory == null
            ? null
            : new SnapshotStore(
                directory, settings.cluster(), settings.name(), SnapshotStore.INTERVAL, clock);
    this.feed = newFeed();
    this.publisher =
        new StatusPublisher(
            links.topics().directors(), settings.name(), links.producers(), this::status);
    this.looks =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("activity-" + settings.name()).factory());
  }

  private AssignmentFeed newFeed() {
    String topic = links.topics().assignments();
    Listener heard = new Listener();
    return snapshots == null
        ? new AssignmentFeed(
            topic, settings.cluster(), links.consumers(), links.values(), reconciler, heard, clock)
        : AssignmentFeed.withSnapshots(
            topic,
            settings.cluster(),
            links.consumers(),
            links.values(),
            reconciler,
            heard,
            clock,
            snapshots,
            links.inquiry());
  }

  /**
   * Starts one. It need not find Kafka nor the topics yet: it waits for them, and says so.
   *
   * @param listener hears what has been applied, on the feed's thread
   * @throws PcapPlaneException if the pcap plane cannot use the interfaces
   * @throws NftablesException if the nftables plane cannot be set up
   * @throws XdpPlaneException if the XDP plane cannot be set up
   * @throws org.apache.kafka.common.config.ConfigException if Kafka's clients do not take the
   *     connection's settings
   */
  public static Director start(
      Connection connection, DirectorSettings settings, FeedListener listener) {
    return start(connection, settings, listener, Supplier::get);
  }

  /**
   * As {@link #start(Connection, DirectorSettings, FeedListener)}, with the data plane opened
   * elsewhere.
   *
   * @param opening calls what opens the plane, in the network namespace of the interfaces, say;
   *     Kafka's clients stay where this is called
   */
  public static Director start(
      Connection connection,
      DirectorSettings settings,
      FeedListener listener,
      Function<Supplier<DataPlane>, DataPlane> opening) {
    KafkaLinks links = KafkaLinks.of(connection, settings.name());
    DataPlane plane = opening.apply(() -> DataPlanes.open(settings));
    return start(links, settings, plane, listener, InstantSource.system());
  }

  static Director start(
      KafkaLinks links, DirectorSettings settings, FeedListener listener, InstantSource clock) {
    return start(links, settings, DataPlanes.open(settings), listener, clock);
  }

  private static Director start(
      KafkaLinks links,
      DirectorSettings settings,
      DataPlane plane,
      FeedListener listener,
      InstantSource clock) {
    Director director = new Director(settings, links, plane, listener, clock);
    log.info(
        "director {} of cluster {} reads {}; data plane {}",
        settings.name(),
        settings.cluster(),
        links.topics().assignments(),
        director.plane.name());
    if (!settings.dryRun()) { // or an announce would wait for one that steers nothing
      director.publisher.start();
    }
    director.feed.start();
    ScheduledFuture<?> _ =
        director.looks.scheduleWithFixedDelay(
            director::look, LOOK.toSeconds(), LOOK.toSeconds(), TimeUnit.SECONDS);
    ScheduledFuture<?> _ =
        director.looks.scheduleWithFixedDelay(
            director::lookAtClock,
            LOOK_AT_CLOCK.toSeconds(),
            LOOK_AT_CLOCK.toSeconds(),
            TimeUnit.SECONDS);
    return director;
  }

  /** Waits until the whole table stands and steers; false if it does not within this time. */
  public boolean awaitReady(Duration most) throws InterruptedException {
    return feed.awaitReady(most);
  }

  public DirectorSettings settings() {
    return settings;
  }

  /** How far the feed is, and what is wrong with it. */
  public FeedStatus feed() {
    return feed.status();
  }

  public Holdings holdings() {
    return reconciler.holdings();
  }

  /** What it publishes; without partitions and clusters before the whole table stands. */
  public DirectorStatus status() {
    DataPlaneStats stats = plane.stats();
    Standing at = standing;
    SortedMap<Integer, Long> offsets = new TreeMap<>();
    if (at != null) {
      offsets.put(at.partition(), at.nextOffset());
    }
    return new DirectorStatus(
        settings.name(),
        settings.side(),
        plane.name(),
        offsets,
        at == null ? List.of() : List.of(at.table()),
        reconciler.unresolvedServers(),
        ActivityLog.steered(stats),
        stats.packets(Verdict.PASS),
        stats.packets(Verdict.MISS),
        startedAt,
        snapshots == null ? null : snapshots.writtenAt().orElse(null),
        clock.instant());
  }

  /** The server to which packets of this address go: what the plane does, not what it should do. */
  public Optional<ServerId> serverOf(IpAddress address) {
    return reconciler.serverOf(address);
  }

  /** The name of a server by its index in the plane. */
  public Optional<ServerId> serverName(int index) {
    return reconciler.serverName(index);
  }

  /** The plane, to look at; with the memory one, to hand frames to. */
  public DataPlane plane() {
    return plane;
  }

  /**
   * Ends within some seconds. The order: the table stays as it is, then the status is taken back,
   * and only then nothing is steered any more.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    feed.close();
    if (snapshots != null) {
      snapshots.close();
    }
    looks.shutdownNow();
    if (!settings.dryRun()) {
      publisher.close();
    }
    look();
    plane.close();
    links.values().close();
    log.info("director {} has ended", settings.name());
  }

  // ---- what it says --------------------------------------------------------------------------

  private synchronized void look() {
    try {
      DataPlaneStats stats = plane.stats();
      if (settings.dryRun()) {
        activity.dryRun(stats, this::serverName).ifPresent(log::info);
      }
      activity.packets(stats).ifPresent(log::info);
      activity.room(plane.room()).forEach(log::warn);
      FeedStatus feeding = feed.status();
      Optional<String> ofPlane = plane.problem();
      Level level = feeding.problem().isPresent() || ofPlane.isPresent() ? Level.WARN : Level.INFO;
      activity
          .problem(feeding, ofPlane, clock.instant())
          .ifPresent(line -> log.atLevel(level).log(line));
    } catch (RuntimeException bug) { // the next look is wanted whatever happens
      log.error("expected to tell what the director does but:", bug);
    }
  }

  /** What steers is left alone. */
  private void lookAtClock() {
    Duration back = steps.setBack();
    if (back.isPositive()) {
      log.warn(
          "expected this host's clock to go on but it was set back by {} s, for which Kafka's clients would wait; going on with new ones",
          back.toSeconds());
      feed.connectAnew();
      publisher.connectAnew();
    }
  }

  private final class Listener implements FeedListener {
    private @Nullable List<IpAddress> toldVirtual;

    @Override
    public void restored(Snapshot snapshot) {
      Holdings holdings = reconciler.holdings();
      log.info(
          "director {} steers by its snapshot until Kafka answers: {} tunnels, {} of them pending, {} servers, as of {}, {}-{}@{}",
          settings.name(),
          holdings.tunnels(),
          holdings.pending(),
          holdings.servers(),
          snapshot.currentAt(),
          snapshot.topic(),
          snapshot.partition(),
          snapshot.nextOffset());
      listener.restored(snapshot);
    }

    @Override
    public void loaded(int partition, long offset, int entities) {
      Holdings holdings = reconciler.holdings();
      log.info(
          "director {} is ready: {} tunnels, {} of them pending, {} servers, read up to {}-{}@{}",
          settings.name(),
          holdings.tunnels(),
          holdings.pending(),
          holdings.servers(),
          links.topics().assignments(),
          partition,
          offset);
      listener.loaded(partition, offset, entities);
    }

    @Override
    public void applied(int partition, long offset, EntityKey key, @Nullable Entity entity) {
      listener.applied(partition, offset, key, entity);
    }

    @Override
    public void stands(int partition, long nextOffset) {
      tellVirtualAddresses();
      standing = new Standing(partition, nextOffset, reconciler.tableStatus());
      publisher.changed();
      listener.stands(partition, nextOffset);
    }

    /** An outer director steers nothing but what goes to them. */
    private void tellVirtualAddresses() {
      List<IpAddress> now = reconciler.virtualAddresses();
      if (settings.side() == Side.INNER || now.equals(toldVirtual)) {
        return;
      }
      toldVirtual = now;
      if (now.isEmpty()) {
        log.warn(
            "cluster {} has no virtual address, so nothing is steered; give it one with 'pointsman cluster configure --vip'",
            settings.cluster());
      } else {
        log.info("virtual addresses of cluster {}: {}", settings.cluster(), now);
      }
    }
  }
}
