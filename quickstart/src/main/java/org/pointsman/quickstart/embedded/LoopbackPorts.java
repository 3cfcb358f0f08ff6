package org.pointsman.quickstart.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * Free TCP ports of the loopback address.
 *
 * <p>A port that is free when asked may be taken a moment later; whoever binds it must be ready to
 * ask again.
 */
final class LoopbackPorts {
  static final String HOST = "127.0.0.1";

  private LoopbackPorts() {}

  /** {@code preferred} if it is free, else any other; 0 prefers none. */
  static int preferably(int preferred) {
    try {
      return probe(preferred);
    } catch (IOException taken) {
      return any();
    }
  }

  static int any() {
    try {
      return probe(0);
    } catch (IOException e) {
      throw new UncheckedIOException("no port of " + HOST + " is free", e);
    }
  }

  private static int probe(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.ofLiteral(HOST))) {
      return socket.getLocalPort();
    }
  }
}
