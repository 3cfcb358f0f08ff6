package org.pointsman.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;
import org.pointsman.nms.Acknowledgement;
import org.pointsman.nms.NmsClient;

/**
 * Sends events and remembers which were acknowledged. Each of them has one outcome, a decision or a
 * rejection; of ten, seven announce a tunnel, one repeats that, one says that it is up on a server
 * that nobody knows, and one withdraws it. They are sent on a thread of its own, since a client
 * that has lost all brokers keeps its sender waiting.
 */
final class Load implements AutoCloseable {
  /** An event may wait for as long as a server is away, and for a busy machine. */
  static final Duration DELIVERY_TIMEOUT = Duration.ofMinutes(4);

  private static final int SERVERS = 3;

  private final NmsClient nms;
  private final Iterator<TunnelAnnounce> tunnels;
  private final List<CompletableFuture<Acknowledgement>> answers = new ArrayList<>();
  private final ExecutorService sender = Executors.newSingleThreadExecutor();
  private TunnelAnnounce last;
  private int made;

  /**
   * @param tunnels none of which was announced before
   */
  Load(NmsClient nms, Iterator<TunnelAnnounce> tunnels) {
    this.nms = nms;
    this.tunnels = tunnels;
    this.last = tunnels.next();
  }

  void registerServers() {
    for (int i = 1; i <= SERVERS; i++) {
      send(
          new ServerRegister(
              new ServerId("rs-" + i), IpAddress.parse("192.0.2." + i), /* mac= */ null));
    }
  }

  /** Sends so many, in order; waits for nothing. */
  void send(int count) {
    for (int i = 0; i < count; i++) {
      send(next());
    }
  }

  private Event next() {
    return switch (made++ % 10) {
      case 7 -> last;
      case 8 -> new TunnelUp(last.tunnel(), new ServerId("nobodys"));
      case 9 -> new TunnelWithdraw(last.tunnel());
      default -> {
        last = tunnels.next();
        yield last;
      }
    };
  }

  private void send(Event event) {
    CompletableFuture<Acknowledgement> answer = new CompletableFuture<>();
    answers.add(answer);
    sender.execute(
        () -> {
          CompletableFuture<Void> _ =
              nms.send(Deployment.CLUSTER, event)
                  .handle((acknowledged, failure) -> complete(answer, acknowledged, failure));
        });
  }

  @SuppressWarnings("NullAway") // one of the two is null
  private static @Nullable Void complete(
      CompletableFuture<Acknowledgement> answer,
      @Nullable Acknowledgement acknowledged,
      @Nullable Throwable failure) {
    boolean _ =
        failure == null ? answer.complete(acknowledged) : answer.completeExceptionally(failure);
    return null;
  }

  int sent() {
    return answers.size();
  }

  /** Waits for all answers, and returns the event ids by offset of those that were acknowledged. */
  SortedMap<Long, String> acknowledged() {
    awaitAnswers(answers.size());
    SortedMap<Long, String> byOffset = new TreeMap<>();
    for (CompletableFuture<Acknowledgement> answer : answers) {
      if (!answer.isCompletedExceptionally()) {
        byOffset.put(answer.join().offset(), answer.join().eventId());
      }
    }
    return byOffset;
  }

  /** Of all that were acknowledged, in the order in which they were sent. */
  List<String> eventIds() {
    return answers.stream()
        .filter(answer -> answer.isDone() && !answer.isCompletedExceptionally())
        .map(answer -> answer.join().eventId())
        .toList();
  }

  /** Waits until so many have their answer. */
  void awaitAnswers(int least) {
    Awaitility.await("%d answers".formatted(least))
        .atMost(DELIVERY_TIMEOUT.plus(ChildJvm.PATIENCE))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> answers.stream().filter(CompletableFuture::isDone).count() >= least);
  }

  @Override
  public void close() {
    sender.shutdownNow();
  }
}
