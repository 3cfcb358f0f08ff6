package org.pointsman.assigner;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.pointsman.agreement.AgreementWatch;
import org.pointsman.assigner.topology.AssignerCounters;
import org.pointsman.assigner.topology.AssignmentTopology;
import org.pointsman.assigner.topology.Backlog;
import org.pointsman.cli.CliException;
import org.pointsman.cli.ClockSteps;
import org.pointsman.cli.Connection;
import org.pointsman.codec.CodecConfig;
import org.pointsman.codec.RecordSerde;
import org.pointsman.registry.SchemaRegistry;
import org.pointsman.topics.TopicCreator;
import org.pointsman.topics.TopicSchemas;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running assigner. Several with one application id share the clusters out among themselves. */
public final class Assigner implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Assigner.class);

  /**
   * So long an outcome waits for its transaction where no more events come, beyond the interval.
   */
  private static final int POLL_MILLIS = 2;

  /** With a backlog, a transaction goes on for so long: fewer of them, and more events a second. */
  private static final Duration BACKLOG_COMMIT_INTERVAL = Duration.ofMillis(100);

  /** Longer than a transaction mostly is, so that all it writes goes out together at its end. */
  private static final int LINGER_MILLIS = 50;

  private static final int BATCH_BYTES = 256 << 10;

  /** The broker refuses what comes while it still ends the transaction before: for a moment. */
  private static final int RETRY_BACKOFF_MILLIS = 5;

  private static final int TRANSACTION_TIMEOUT_MILLIS = 10_000;

  /**
   * How often standbys that have caught up are looked at, to even the clusters out again after an
   * instance came back; the least that Kafka Streams takes.
   */
  private static final int PROBING_MILLIS = 60_000;

  private static final Duration BEFORE_ANOTHER_TRY = Duration.ofSeconds(1);
  private static final Duration CLOSE = Duration.ofSeconds(30);

  /** Kafka's clients cannot be waited for after the clock was set back. */
  private static final Duration CLOSE_AFTER_STEP = Duration.ofSeconds(2);

  private static final Duration LOOK_AT_CLOCK = Duration.ofSeconds(1);

  private final KafkaStreams streams;
  private final RecordSerde records;
  private final SchemaRegistry registry;
  private final AssignerCounters counters;
  private final AbandonedTransactions abandoned;
  private final CountDownLatch running = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile @Nullable Throwable failure;
  private volatile Duration closing = CLOSE;
  private final ClockSteps clock = ClockSteps.ofThisHost();
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("clock").factory());
  private @Nullable AgreementWatch agreement;

  private Assigner(
      KafkaStreams streams,
      RecordSerde records,
      SchemaRegistry registry,
      AssignerCounters counters,
      AbandonedTransactions abandoned) {
    this.streams = streams;
    this.records = records;
    this.registry = registry;
    this.counters = counters;
    this.abandoned = abandoned;
  }

  /**
   * Starts one.
   *
   * @throws CliException if the topics are not there, or do not fit together
   * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
   * @throws org.pointsman.registry.RegistryUnavailableException if the registry does not answer
   */
  public static Assigner start(Connection connection, AssignerSettings settings) {
    return start(connection, settings, new SimpleMeterRegistry());
  }

  /**
   * As {@link #start(Connection, AssignerSettings)}.
   *
   * @param meters where its metrics go
   */
  static Assigner start(Connection connection, AssignerSettings settings, MeterRegistry meters) {
    int partitions;
    Duration sessionTimeout;
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      partitions = partitions(connection, admin);
      sessionTimeout = SessionTimeout.ask(admin);
    }
    SchemaRegistry registry = connection.registry();
    // Before the first event, so that no event has to wait for it.
    TopicSchemas.register(registry, connection.topics());
    RecordSerde records = new RecordSerde(registry, new CodecConfig(connection.properties()));
    AssignerCounters counters = new AssignerCounters();
    Backlog backlog = new Backlog();
    KafkaStreams streams =
        new KafkaStreams(
            AssignmentTopology.build(
                connection.topics(),
                partitions,
                records,
                counters,
                name(settings),
                backlog,
                settings.commitInterval()),
            new StreamsConfig(streamsProperties(connection, settings, sessionTimeout, backlog)),
            SteadyTime.ofThisHost());
    AbandonedTransactions abandoned =
        new AbandonedTransactions(
            Admin.create(connection.kafkaProperties()), settings.applicationId());
    Assigner assigner = new Assigner(streams, records, registry, counters, abandoned);
    streams.setStateListener((now, _) -> assigner.heard(now));
    streams.setUncaughtExceptionHandler(assigner::uncaught);
    streams.setGlobalStateRestoreListener(new RestoreProgress());
    streams.start();
    assigner.agreement = AgreementWatch.start(connection, meters);
    ScheduledFuture<?> _ =
        assigner.looks.scheduleWithFixedDelay(
            assigner::lookAtClock,
            LOOK_AT_CLOCK.toMillis(),
            LOOK_AT_CLOCK.toMillis(),
            TimeUnit.MILLISECONDS);
    return assigner;
  }

  /**
   * Kafka's clients may now wait for as long as the clock was set back, in the middle of a
   * transaction; whoever is started anew has new ones.
   */
  private void lookAtClock() {
    Duration back = clock.setBack();
    if (back.isPositive()) {
      closing = CLOSE_AFTER_STEP;
      failure =
          new CliException(
              "expected this host's clock to go on but it was set back by %d s, for which Kafka's clients would wait; nothing is lost: start the assigner again"
                  .formatted(back.toSeconds()));
      stopped.countDown();
    }
  }

  private static String name(AssignerSettings settings) {
    try {
      return settings.applicationId() + "@" + InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException hostWithoutAddress) {
      return settings.applicationId() + "@unknown-host";
    }
  }

  /** Of every topic: they have to be there, and as many in each. */
  private static int partitions(Connection connection, Admin admin) {
    Map<String, Integer> there =
        new TreeMap<>(new TopicCreator(admin, connection.topics()).partitions());
    for (String topic : connection.topics().names()) {
      if (!there.containsKey(topic)) {
        throw new CliException(
            "expected topic %s at %s but it is not there; make the topics with 'pointsman topics create'"
                .formatted(topic, connection.bootstrapServers()));
      }
    }
    if (there.values().stream().distinct().count() != 1) {
      throw new CliException(
          "expected as many partitions in every topic but got %s; make the topics anew with 'pointsman topics create'"
              .formatted(there));
    }
    return there.values().iterator().next();
  }

  private static Map<String, Object> streamsProperties(
      Connection connection, AssignerSettings settings, Duration sessionTimeout, Backlog backlog) {
    Map<String, Object> properties = new HashMap<>(connection.kafkaProperties());
    properties.remove(StreamsConfig.CLIENT_ID_CONFIG); // Streams' own tells the instances apart
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId());
    properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDirectory().toString());
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
    properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, settings.standbyReplicas());
    properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, settings.replicationFactor());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(
        StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
        Math.max(settings.commitInterval().toMillis(), BACKLOG_COMMIT_INTERVAL.toMillis()));
    properties.put(StreamsConfig.POLL_MS_CONFIG, POLL_MILLIS);
    properties.put(StreamsConfig.PROBING_REBALANCE_INTERVAL_MS_CONFIG, PROBING_MILLIS);
    properties.put(
        StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class.getName());
    properties.put(
        StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class.getName());
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), LINGER_MILLIS);
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH_BYTES);
    properties.put(
        StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MS_CONFIG), RETRY_BACKOFF_MILLIS);
    // One at a time: the first batch of a transaction may have to be sent again while the broker
    // adds its partition to the transaction, and those behind it would then be out of order.
    properties.put(
        StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1);
    properties.put(
        StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
        TRANSACTION_TIMEOUT_MILLIS);
    backlog.watch(properties);
    properties.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
        (int) sessionTimeout.toMillis());
    properties.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
        (int) SessionTimeout.heartbeat(sessionTimeout).toMillis());
    return properties;
  }

  private void heard(KafkaStreams.State now) {
    log.debug("state {}", now);
    abandoned.rebalancing(now == KafkaStreams.State.REBALANCING);
    switch (now) {
      case RUNNING -> {
        if (running.getCount() > 0) {
          log.info("running");
        }
        running.countDown();
      }
      case ERROR, NOT_RUNNING -> stopped.countDown();
      case CREATED, REBALANCING, PENDING_SHUTDOWN, PENDING_ERROR -> {}
    }
  }

  /**
   * What may pass is tried again, from the last committed transaction on. Anything else is a
   * mistake in this program: going on could decide wrongly, so it stops.
   */
  private StreamThreadExceptionResponse uncaught(Throwable problem) {
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      if (cause instanceof RetriableException) {
        log.warn("has to wait, and tries again from the last transaction: {}", cause.getMessage());
        pause();
        return StreamThreadExceptionResponse.REPLACE_THREAD;
      }
    }
    log.error("stopping, nothing is lost: start the assigner again once this is mended", problem);
    failure = problem;
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  private static void pause() {
    try {
      Thread.sleep(BEFORE_ANOTHER_TRY);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until it works on its share of the clusters; false if it does not within this time. */
  public boolean awaitRunning(Duration most) throws InterruptedException {
    return running.await(most.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Waits until it has stopped. */
  public void awaitStopped() throws InterruptedException {
    stopped.await();
  }

  /** Why it stopped by itself, if it did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  public AssignerCounters.Counts counts() {
    return counters.counts();
  }

  /** Commits what is under way, leaves its clusters to the others, and stops. */
  @Override
  public void close() {
    CloseOptions leaving =
        CloseOptions.timeout(closing)
            .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
    looks.shutdownNow();
    abandoned.close();
    if (agreement != null) {
      agreement.close();
    }
    if (!streams.close(leaving)) {
      log.warn("expected to stop within {} s but did not; nothing is lost", closing.toSeconds());
    }
    records.close();
    registry.close();
  }
}
