package org.pointsman.nms.probe;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import org.pointsman.model.IpAddress;

/** Asks one server whether it lives. For one thread at a time. */
public interface Asker extends AutoCloseable {

  /** True if it answers in time. Whatever goes wrong is no answer. */
  boolean ask(Duration timeout);

  @Override
  default void close() {}

  /** Makes askers; where sockets are opened may be the caller's choice. */
  interface Opener {
    /**
     * An asker of one server.
     *
     * @throws IOException if no socket can be had
     */
    Asker open(IpAddress server) throws IOException;
  }

  /** Asks as the settings say, from this host. */
  static Opener opener(ProbeSettings settings) {
    return server -> {
      InetAddress address = server.toInetAddress();
      return switch (settings.check()) {
        case IKE -> new Ike(new InetSocketAddress(address, settings.port()));
        case ICMP -> timeout -> icmp(address, timeout);
        case TCP -> timeout -> tcp(new InetSocketAddress(address, settings.port()), timeout);
      };
    };
  }

  private static boolean icmp(InetAddress address, Duration timeout) {
    try {
      return address.isReachable(Math.toIntExact(timeout.toMillis()));
    } catch (IOException unreachable) {
      return false;
    }
  }

  private static boolean tcp(InetSocketAddress address, Duration timeout) {
    try (Socket socket = new Socket()) {
      socket.connect(address, Math.toIntExact(timeout.toMillis()));
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  /** By IKE_SA_INIT. The socket is connected, so that only the server itself can answer. */
  final class Ike implements Asker {
    private static final int MOST_BYTES = 2048;

    private final SecureRandom random = new SecureRandom();
    private final DatagramSocket socket;

    Ike(InetSocketAddress server) throws IOException {
      socket = new DatagramSocket();
      try {
        socket.connect(server);
      } catch (IOException unreachable) {
        socket.close();
        throw unreachable;
      }
    }

    @Override
    public boolean ask(Duration timeout) {
      long spi = random.nextLong() | 1;
      byte[] noise = new byte[64];
      random.nextBytes(noise);
      byte[] request = IkeMessage.request(spi, noise);
      long deadline = System.nanoTime() + timeout.toNanos();
      try {
        socket.send(new DatagramPacket(request, request.length));
        DatagramPacket answer = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
        while (true) {
          long left = (deadline - System.nanoTime()) / 1_000_000;
          if (left <= 0) {
            return false;
          }
          socket.setSoTimeout(Math.toIntExact(left));
          socket.receive(answer);
          if (IkeMessage.isAnswer(ByteBuffer.wrap(answer.getData(), 0, answer.getLength()), spi)) {
            return true;
          }
          answer.setLength(MOST_BYTES); // an answer that comes late belongs to an earlier question
        }
      } catch (IOException unreachable) { // or nothing came, or the port is closed
        return false;
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
