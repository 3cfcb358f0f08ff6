package org.pointsman.lab;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it that a lab is taken away also when the process is told to end (SIGINT, SIGTERM, {@code
 * lab down}). The thread that made the guard is interrupted, and ends what it has begun; only then
 * comes the last sweep, so that nothing is made after it.
 */
final class LabGuard implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Thread worker = Thread.currentThread();
  private final Runnable sweep;
  private final CountDownLatch hasEnded = new CountDownLatch(1);
  private final Thread hook = new Thread(this::end, "lab-end");

  private volatile boolean isEnding;

  private LabGuard(Runnable sweep) {
    this.sweep = sweep;
  }

  /**
   * Stands guard until it is closed by the thread that calls this.
   *
   * @param sweep takes away whatever is left; also called by {@link #close}
   */
  static LabGuard over(Runnable sweep) {
    LabGuard guard = new LabGuard(sweep);
    Runtime.getRuntime().addShutdownHook(guard.hook);
    return guard;
  }

  /** True once the process was told to end. */
  boolean isEnding() {
    return isEnding;
  }

  private void end() {
    isEnding = true;
    worker.interrupt();
    try {
      boolean _ = hasEnded.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    sweep.run();
  }

  @Override
  public void close() {
    try {
      Uninterrupted.run(sweep);
      if (!isEnding) {
        boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
      }
    } catch (IllegalStateException begunJustNow) {
      isEnding = true;
    } finally {
      hasEnded.countDown();
    }
  }
}
