package org.pointsman.lab;

/**
 * Ends things on a thread that may have been told to end itself: an interruption would cut short
 * every wait on which an orderly end depends.
 */
final class Uninterrupted {
  private Uninterrupted() {}

  /** Does it as if nothing had happened; the thread is interrupted again afterwards. */
  static void run(Runnable work) {
    boolean wasInterrupted = Thread.interrupted();
    try {
      work.run();
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
