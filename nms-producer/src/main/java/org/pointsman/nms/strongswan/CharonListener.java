package org.pointsman.nms.strongswan;

import java.time.Duration;
import java.util.List;
import org.pointsman.nms.strongswan.vici.ViciAddress;
import org.pointsman.nms.strongswan.vici.ViciConnection;
import org.pointsman.nms.strongswan.vici.ViciException;
import org.pointsman.nms.strongswan.vici.ViciPacket;

/**
 * Hears charon's events. When the connection is lost it is tried again for ever, with growing
 * pauses.
 */
final class CharonListener implements Runnable, AutoCloseable {
  private static final Duration IDLE = Duration.ofMillis(500);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration MOST_PAUSE = Duration.ofSeconds(10);
  private static final List<String> EVENTS = List.of("ike-updown", "child-updown");

  /** What is made of what is heard; called on the listening thread. */
  interface Ears {
    /** Events are registered: whatever happens from now on is heard. */
    void connected();

    void event(ViciPacket.Event event);

    /** A sentence for the operator. */
    void note(String line);
  }

  private final ViciAddress address;
  private final Duration patience;
  private final Ears ears;
  private volatile ViciConnection connection;
  private volatile boolean isClosed;

  /**
   * @param first an open connection
   * @param patience how long charon may take to answer anything
   */
  CharonListener(ViciAddress address, ViciConnection first, Duration patience, Ears ears) {
    this.address = address;
    this.connection = first;
    this.patience = patience;
    this.ears = ears;
  }

  /** Until it is closed or interrupted. */
  @Override
  public void run() {
    Duration pause = FIRST_PAUSE;
    boolean isConnected = true;
    while (!isClosed) {
      try {
        if (!isConnected) {
          connection = ViciConnection.open(address, patience);
          isConnected = true;
          ears.note("charon is back at " + address);
        }
        for (String event : EVENTS) {
          connection.register(event);
        }
        ears.connected();
        pause = FIRST_PAUSE;
        while (!isClosed) {
          connection.nextEvent(IDLE).ifPresent(ears::event);
        }
      } catch (ViciException lost) {
        connection.close();
        if (isConnected && !isClosed) {
          ears.note(lost.getMessage() + "; trying again until it is there");
        }
        isConnected = false;
        try {
          Thread.sleep(pause);
        } catch (InterruptedException ending) {
          return;
        }
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(MOST_PAUSE) < 0 ? longer : MOST_PAUSE;
      }
    }
  }

  /** Something is wrong with charon: what comes after is a reconnect. */
  void hangUp() {
    connection.close();
  }

  @Override
  public void close() {
    isClosed = true;
    connection.close();
  }
}
