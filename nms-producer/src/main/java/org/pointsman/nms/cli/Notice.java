package org.pointsman.nms.cli;

import java.time.Duration;

/** Says something if what it stands around takes long: silence looks like a hang. */
final class Notice implements AutoCloseable {
  private final Thread thread;

  private Notice(Thread thread) {
    this.thread = thread;
  }

  /**
   * @param patience after how long to say it, unless closed before
   */
  static Notice after(Duration patience, Runnable say) {
    return new Notice(
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Thread.sleep(patience);
                    say.run();
                  } catch (InterruptedException closed) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
