package org.pointsman.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.errors.InterruptException;
import org.pointsman.cli.CliException;
import org.pointsman.model.Assignment;
import org.pointsman.model.Decision;
import org.pointsman.model.Rejection;
import org.pointsman.model.TunnelId;
import org.pointsman.nms.follow.ClusterNews;
import org.pointsman.nms.follow.FollowedCluster;

/** The cluster as the log tells it, for the demo and the test to wait on. */
final class LabWatch implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Duration POLL = Duration.ofMillis(50);

  private final ClusterNews news;
  private final FollowedCluster cluster;
  private final Moves moves;
  private final List<Rejection> rejections = new ArrayList<>();
  private final Thread thread;

  LabWatch(ClusterNews news, Moves moves) {
    this.news = news;
    this.moves = moves;
    this.cluster = news.snapshot();
    this.thread = Thread.ofPlatform().daemon().name("lab-watch").start(this::follow);
  }

  private void follow() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        for (var record : news.poll(POLL)) {
          synchronized (this) {
            if (record instanceof Decision decision && cluster.apply(decision)) {
              if (decision.after() instanceof Assignment after) {
                moves.see(Moves.Witness.LOG, after.tunnel(), after.server());
              }
            } else if (record instanceof Rejection rejection) {
              rejections.add(rejection);
            }
            notifyAll();
          }
        }
      }
    } catch (InterruptException ending) {
      return;
    }
  }

  /**
   * Waits until the cluster is as wanted.
   *
   * @throws CliException if it does not become so
   */
  synchronized void await(String what, Predicate<FollowedCluster> isSo)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!isSo.test(cluster)) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new CliException(
            "expected %s within %d s but it is not so: %s"
                .formatted(what, PATIENCE.toSeconds(), cluster.tunnels()));
      }
      wait(left);
    }
  }

  synchronized Optional<Assignment> tunnel(TunnelId tunnel) {
    return cluster.tunnel(tunnel);
  }

  synchronized List<Assignment> tunnels() {
    return List.copyOf(cluster.tunnels());
  }

  synchronized List<Rejection> rejections() {
    return List.copyOf(rejections);
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    news.close();
  }
}
