package org.pointsman.lab;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * When each tunnel carries traffic: from behind every peer a small packet goes to the target host
 * and back every 10 ms, with the time it was sent in it. So a gap is known to 10 ms, where a ping
 * that is lost would first wait for its own timeout.
 *
 * <p>Times are {@link System#nanoTime}'s.
 */
final class Pulse implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMillis(10);
  private static final int PORT = 7;
  private static final int BYTES = Long.BYTES;

  private final LabPlan plan;
  private final List<DatagramSocket> sockets = new ArrayList<>();
  private final Map<Integer, DatagramSocket> behindPeers = new TreeMap<>();
  private final Map<Integer, Long> answered = new TreeMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread beating;
  private long since = System.nanoTime();

  private Pulse(LabPlan plan) {
    this.plan = plan;
    this.beating = Thread.ofPlatform().daemon().name("pulse").unstarted(this::beat);
    try {
      DatagramSocket echo = open("target", LabPlan.TARGET_HOST, PORT);
      Thread.ofPlatform().daemon().name("pulse-echo").start(() -> echo(echo));
      for (int peer : plan.peerNumbers()) {
        DatagramSocket socket = open(LabPlan.peer(peer), LabPlan.peerHost(peer), 0);
        behindPeers.put(peer, socket);
        Thread.ofPlatform().daemon().name("pulse-" + peer).start(() -> hear(peer, socket));
      }
    } catch (RuntimeException failed) {
      close();
      throw failed;
    }
    beating.start();
  }

  /** Begins; {@link #close} ends it. */
  static Pulse start(LabPlan plan) {
    return new Pulse(plan);
  }

  private DatagramSocket open(String name, String address, int port) {
    DatagramSocket socket =
        NamespaceThread.in(
            plan.namespace(name),
            () -> new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), port)));
    sockets.add(socket);
    return socket;
  }

  private void echo(DatagramSocket socket) {
    DatagramPacket packet = new DatagramPacket(new byte[BYTES], BYTES);
    while (!closed.get()) {
      try {
        socket.receive(packet);
        socket.send(packet);
      } catch (IOException _) {
        // or it is closed, and the loop ends
      }
    }
  }

  private void hear(int peer, DatagramSocket socket) {
    DatagramPacket packet = new DatagramPacket(new byte[BYTES], BYTES);
    while (!closed.get()) {
      try {
        socket.receive(packet);
        count(peer, ByteBuffer.wrap(packet.getData()).getLong());
      } catch (IOException _) {
        // or it is closed, and the loop ends
      }
    }
  }

  private synchronized void count(int peer, long sent) {
    if (sent - since > 0) {
      answered.putIfAbsent(peer, System.nanoTime());
    }
  }

  private void beat() {
    InetSocketAddress target =
        new InetSocketAddress(InetAddress.ofLiteral(LabPlan.TARGET_HOST), PORT);
    while (!closed.get()) {
      for (DatagramSocket socket : behindPeers.values()) {
        byte[] now = ByteBuffer.allocate(BYTES).putLong(System.nanoTime()).array();
        try {
          socket.send(new DatagramPacket(now, BYTES, target));
        } catch (IOException _) {
          // while there is no tunnel there is no way either
        }
      }
      try {
        Thread.sleep(INTERVAL);
      } catch (InterruptedException ending) {
        return;
      }
    }
  }

  /** From now on only the answers to packets that are yet to be sent count. */
  synchronized void begin() {
    since = System.nanoTime();
    answered.clear();
  }

  /** When the first packet that a peer sent since {@link #begin} was answered. */
  synchronized OptionalLong answered(int peer) {
    Long when = answered.get(peer);
    return when == null ? OptionalLong.empty() : OptionalLong.of(when);
  }

  @Override
  public void close() {
    closed.set(true);
    beating.interrupt();
    sockets.forEach(DatagramSocket::close);
  }
}
