package org.pointsman.director.neighbour;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kernel, as far as neighbours are concerned: messages go in, messages come out. */
interface NeighbourSocket extends AutoCloseable {

  /** The number of an interface now, or 0 if there is none of that name. */
  int interfaceIndex(String name);

  /**
   * Sends a request; from any thread.
   *
   * @return why it could not be sent, or empty
   */
  Optional<String> send(byte[] request);

  /**
   * Waits for messages.
   *
   * @return them, or null if none came in this time
   * @throws LostMessages if some were lost because they were not read fast enough
   */
  @Nullable ByteBuffer receive(Duration most) throws LostMessages;

  @Override
  void close();

  /** What is known has to be asked for anew. */
  final class LostMessages extends Exception {
    private static final long serialVersionUID = 1L;
  }
}
