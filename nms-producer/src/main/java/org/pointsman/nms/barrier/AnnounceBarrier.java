package org.pointsman.nms.barrier;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Connection;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.model.Decision;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.EntityKey;
import org.pointsman.model.LogRecord;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Rejection;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.topics.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when announced tunnels are steerable, on a thread of its own that reads what the assigner
 * decides and what directors have applied. Reads the partitions of the clusters that were asked
 * about, the outcomes from then on, the directors' statuses from their beginning.
 *
 * <p>Any number of threads may use it, and thousands of announces may be under way.
 */
public final class AnnounceBarrier implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AnnounceBarrier.class);

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration ASK = Duration.ofSeconds(30);

  private final Topics topics;
  private final Consumer<String, byte[]> consumer;
  private final Deserializer<? extends LogRecord> values;
  private final BarrierSettings settings;
  private final BarrierBook book;
  private final Thread thread;
  private final AtomicBoolean isStarted = new AtomicBoolean();
  private final Map<Integer, CompletableFuture<Void>> watched = new ConcurrentHashMap<>();
  private volatile @Nullable RuntimeException ended;

  // The thread's own.
  private final Map<TopicPartition, Long> oldStatusesUntil = new HashMap<>();
  private final Set<Integer> assigned = new HashSet<>();

  AnnounceBarrier(
      Topics topics,
      Consumer<String, byte[]> consumer,
      Deserializer<? extends LogRecord> values,
      BarrierSettings settings) {
    this.topics = topics;
    this.consumer = consumer;
    this.values = values;
    this.settings = settings;
    this.book = new BarrierBook(settings.liveFor());
    this.thread = Thread.ofPlatform().daemon().name("announce-barrier").unstarted(this::run);
  }

  /**
   * Opens one. Kafka is asked when the first announce comes.
   *
   * @throws KafkaException if Kafka's client does not take the connection's settings
   */
  public static AnnounceBarrier open(Connection connection, BarrierSettings settings) {
    Map<String, Object> properties = new HashMap<>(connection.kafkaProperties());
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
    return new AnnounceBarrier(
        connection.topics(),
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer()),
        connection.deserializer(),
        settings);
  }

  /**
   * Sends an announce and waits, without a thread, until its tunnel is steerable.
   *
   * @param event holds a {@link TunnelAnnounce}
   * @param partition that of its cluster
   * @param send sends it; its answer is whether the log has it
   * @return fails with an {@link AnnounceRejectedException}, an {@link AnnounceTimeoutException},
   *     or what {@code send} fails with
   */
  public CompletableFuture<Steerable> announce(
      NetworkEvent event, int partition, Function<NetworkEvent, CompletableFuture<?>> send) {
    if (!(event.payload() instanceof TunnelAnnounce announce)) {
      throw new IllegalArgumentException("expected an announce but got " + event.payload());
    }
    long called = System.nanoTime();
    CompletableFuture<Steerable> answer = new CompletableFuture<>();
    EntityKey.Tunnel tunnel = new EntityKey.Tunnel(event.cluster(), announce.tunnel());
    CompletableFuture<?> _ =
        watch(partition)
            .whenComplete(
                (_, unwatched) -> {
                  book.expect(event.eventId(), tunnel, answer, called, settings.timeout());
                  if (unwatched != null) {
                    book.failed(event.eventId(), unwatched);
                  } else {
                    sendNow(event, send);
                  }
                });
    return answer;
  }

  private void sendNow(NetworkEvent event, Function<NetworkEvent, CompletableFuture<?>> send) {
    CompletableFuture<?> _ =
        send.apply(event)
            .whenComplete(
                (_, failure) -> {
                  if (failure == null) {
                    book.acknowledged(event.eventId());
                  } else {
                    book.failed(event.eventId(), failure);
                  }
                });
  }

  /** How many announces are under way. */
  public int waiting() {
    return book.waiting();
  }

  /** Reads this partition from now on; completes when what is decided from now on will be seen. */
  private CompletableFuture<Void> watch(int partition) {
    CompletableFuture<Void> watch = watched.get(partition);
    if (watch == null) {
      watch = watched.computeIfAbsent(partition, _ -> new CompletableFuture<>());
      consumer.wakeup();
      start();
    }
    RuntimeException failure = ended;
    if (failure != null) {
      watch.completeExceptionally(failure);
    }
    return watch;
  }

  /** Not before there is something to read: a consumer of nothing cannot be asked. */
  private void start() {
    if (isStarted.compareAndSet(false, true)) {
      thread.start();
    }
  }

  /** Fails those that wait still. */
  @Override
  public void close() {
    end(
        new AnnounceTimeoutException(
            "the barrier was closed before every director had the tunnel"));
    consumer.wakeup();
    start(); // what it holds it closes
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void end(RuntimeException why) {
    if (ended == null) {
      ended = why;
    }
  }

  // ---- the thread ------------------------------------------------------------------------------

  private void run() {
    try (consumer;
        values) {
      while (ended == null) {
        try {
          assignWatched();
          poll();
        } catch (WakeupException wakeup) {
          log.trace("woken up", wakeup); // a new partition to watch, or the end
        }
      }
    } catch (RuntimeException failure) { // whatever it is, nobody may wait for ever
      log.warn("expected to read outcomes and statuses but: {}", failure.toString());
      end(failure);
    } finally {
      RuntimeException why = ended;
      if (why != null) {
        watched.values().forEach(watch -> watch.completeExceptionally(why));
        book.failAll(why);
      }
    }
  }

  private void assignWatched() {
    Set<Integer> fresh = new HashSet<>(watched.keySet());
    fresh.removeAll(assigned);
    if (fresh.isEmpty()) {
      return;
    }
    List<TopicPartition> all = new ArrayList<>(consumer.assignment());
    List<TopicPartition> outcomes = new ArrayList<>();
    List<TopicPartition> statuses = new ArrayList<>();
    for (int partition : fresh) {
      outcomes.add(new TopicPartition(topics.decisions(), partition));
      outcomes.add(new TopicPartition(topics.rejections(), partition));
      statuses.add(new TopicPartition(topics.directors(), partition));
    }
    all.addAll(outcomes);
    all.addAll(statuses);
    consumer.assign(all);
    consumer.endOffsets(outcomes, ASK).forEach(consumer::seek);
    oldStatusesUntil.putAll(consumer.endOffsets(statuses, ASK));
    consumer.seekToBeginning(statuses);
    assigned.addAll(fresh);
    watched.forEach(
        (partition, watch) -> {
          if (fresh.contains(partition)) {
            watch.complete(null);
          }
        });
  }

  private void poll() {
    for (ConsumerRecord<String, byte[]> bytes : consumer.poll(POLL)) {
      take(bytes, System.nanoTime());
    }
    book.tick(System.nanoTime());
  }

  private void take(ConsumerRecord<String, byte[]> bytes, long now) {
    LogRecord value;
    try {
      value = values.deserialize(bytes.topic(), bytes.value());
    } catch (RecordFormatException damaged) {
      log.warn("{}", damaged.at(bytes.topic(), bytes.partition(), bytes.offset()).getMessage());
      return;
    }
    if (bytes.topic().equals(topics.directors())) {
      if (value == null || value instanceof DirectorStatus) {
        long oldUntil =
            oldStatusesUntil.getOrDefault(new TopicPartition(bytes.topic(), bytes.partition()), 0L);
        boolean isFresh = bytes.offset() >= oldUntil;
        Instant logTime = Instant.ofEpochMilli(bytes.timestamp());
        book.take(bytes.key(), (DirectorStatus) value, logTime, isFresh, now);
      }
    } else if (value instanceof Decision decision) {
      book.take(decision, now);
    } else if (value instanceof Rejection rejection) {
      book.take(rejection);
    }
  }
}
