package org.pointsman.chaos;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands between a producer and the broker, as bad networks do, and makes it repeat itself: some
 * produce requests reach the broker twice, some out of their order, some not at all, and of some
 * the answer is lost. Everything else passes; the broker's address in its answers becomes this
 * one's.
 */
final class FaultyWire implements AutoCloseable {
  private static final int PRODUCE = 0;
  private static final int ONE_OF = 4;
  private static final int LOOKS = 200;
  private static final long LOOK_NANOS = 1_000_000;

  private final ServerSocket listener;
  private final int brokerPort;
  private final SplittableRandom chance;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean isFaulty = true;

  final AtomicInteger doubled = new AtomicInteger();
  final AtomicInteger reordered = new AtomicInteger();
  final AtomicInteger requestsLost = new AtomicInteger();
  final AtomicInteger answersLost = new AtomicInteger();

  private FaultyWire(ServerSocket listener, int brokerPort, long seed) {
    this.listener = listener;
    this.brokerPort = brokerPort;
    this.chance = new SplittableRandom(seed);
  }

  static FaultyWire to(String bootstrapServers, long seed) throws IOException {
    int port = Integer.parseInt(bootstrapServers.substring(bootstrapServers.indexOf(':') + 1));
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    FaultyWire wire = new FaultyWire(listener, port, seed);
    Thread.ofPlatform().daemon().name("wire").start(wire::listen);
    return wire;
  }

  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** From now on everything passes. */
  void heal() {
    isFaulty = false;
  }

  int faults() {
    return doubled.get() + reordered.get() + requestsLost.get() + answersLost.get();
  }

  private void listen() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket broker = new Socket(InetAddress.ofLiteral("127.0.0.1"), brokerPort);
        sockets.add(client);
        sockets.add(broker);
        Link link = new Link(client, broker);
        Thread.ofPlatform().daemon().name("wire-out").start(link::requests);
        Thread.ofPlatform().daemon().name("wire-in").start(link::answers);
      } catch (IOException refused) {
        if (!listener.isClosed()) {
          System.err.println("the wire: " + refused.getMessage());
        }
      }
    }
  }

  private enum Fault {
    DOUBLE,
    REORDER,
    LOSE_REQUEST,
    LOSE_ANSWER,
    NONE
  }

  private synchronized Fault next() {
    if (!isFaulty || chance.nextInt(ONE_OF) != 0) {
      return Fault.NONE;
    }
    return Fault.values()[chance.nextInt(4)];
  }

  /** One connection. A broker answers the requests of one in their order. */
  private final class Link {
    private final Socket client;
    private final Socket broker;

    /** For each request on its way, whether its answer goes back. */
    private final Queue<Boolean> expected = new ArrayDeque<>();

    Link(Socket client, Socket broker) {
      this.client = client;
      this.broker = broker;
    }

    void requests() {
      try (client;
          broker) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        DataOutputStream out = new DataOutputStream(broker.getOutputStream());
        while (true) {
          byte[] request = frame(in);
          if (ByteBuffer.wrap(request).getShort() != PRODUCE) {
            forward(request, true, out);
            continue;
          }
          switch (next()) {
            case NONE -> forward(request, true, out);
            case DOUBLE -> {
              doubled.incrementAndGet();
              forward(request, true, out);
              forward(request, false, out);
            }
            case REORDER -> reorder(request, in, out);
            case LOSE_REQUEST -> {
              requestsLost.incrementAndGet();
              throw new IOException("lost, on purpose");
            }
            case LOSE_ANSWER -> {
              answersLost.incrementAndGet();
              forward(request, false, out);
              awaitAnswered();
              throw new IOException("lost, on purpose");
            }
          }
        }
      } catch (IOException ended) {
        forget();
      }
    }

    /**
     * The next produce request, if one comes soon, goes first. The answers would go back in another
     * order than the client asked, so the connection ends after both.
     */
    private void reorder(byte[] request, DataInputStream in, DataOutputStream out)
        throws IOException {
      for (int look = 0; look < LOOKS && in.available() == 0; look++) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
      if (in.available() == 0) {
        forward(request, true, out);
        return;
      }
      byte[] second = frame(in);
      if (ByteBuffer.wrap(second).getShort() != PRODUCE) {
        forward(request, true, out);
        forward(second, true, out);
        return;
      }
      reordered.incrementAndGet();
      forward(second, false, out);
      forward(request, false, out);
      awaitAnswered();
      throw new IOException("the order of the answers is not the client's");
    }

    private void forward(byte[] request, boolean answer, DataOutputStream out) throws IOException {
      synchronized (expected) {
        expected.add(answer);
      }
      out.writeInt(request.length);
      out.write(request);
      out.flush();
    }

    private void awaitAnswered() throws IOException {
      synchronized (expected) {
        try {
          while (!expected.isEmpty() && !broker.isClosed()) {
            expected.wait(1000);
          }
        } catch (InterruptedException interrupted) {
          throw new IOException(interrupted);
        }
      }
    }

    void answers() {
      try (client;
          broker) {
        DataInputStream in = new DataInputStream(broker.getInputStream());
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        while (true) {
          byte[] answer = frame(in);
          boolean goesBack;
          synchronized (expected) {
            goesBack = Boolean.TRUE.equals(expected.poll());
            expected.notifyAll();
          }
          if (goesBack) {
            byte[] ours = withThisAddress(answer);
            out.writeInt(ours.length);
            out.write(ours);
            out.flush();
          }
        }
      } catch (IOException ended) {
        forget();
      }
    }

    private void forget() {
      sockets.remove(client);
      sockets.remove(broker);
    }
  }

  private static byte[] frame(DataInputStream in) throws IOException {
    byte[] frame = new byte[in.readInt()];
    in.readFully(frame);
    return frame;
  }

  /** A host is followed by its port, an int of 32 bits. */
  private byte[] withThisAddress(byte[] answer) {
    byte[] host = "127.0.0.1".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer buffer = ByteBuffer.wrap(answer);
    for (int at = 0; at + host.length + Integer.BYTES <= answer.length; at++) {
      int port = at + host.length;
      if (Arrays.equals(answer, at, port, host, 0, host.length)
          && buffer.getInt(port) == brokerPort) {
        buffer.putInt(port, listener.getLocalPort());
      }
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
