package org.pointsman.nms.strongswan;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.pointsman.nms.strongswan.vici.ViciAddress;
import org.pointsman.nms.strongswan.vici.ViciPacket;
import org.pointsman.nms.strongswan.vici.ViciValue;
import org.pointsman.nms.strongswan.vici.ViciValue.Section;
import org.pointsman.nms.strongswan.vici.ViciValue.Text;
import org.pointsman.nms.strongswan.vici.ViciValue.Texts;

/** A charon that a test scripts, on a unix socket. */
final class FakeCharon implements AutoCloseable {
  private final Path socket;
  private final ServerSocketChannel server;
  private final List<Client> clients = new CopyOnWriteArrayList<>();

  final Map<String, Section> sas = new ConcurrentHashMap<>();
  final Map<String, Section> connections = new ConcurrentHashMap<>();
  final BlockingQueue<Section> initiated = new LinkedBlockingQueue<>();
  final BlockingQueue<Section> terminated = new LinkedBlockingQueue<>();

  /** What is sent instead of an answer to a command of this name, as raw bytes. */
  final Map<String, byte[]> damaged = new ConcurrentHashMap<>();

  FakeCharon(Path socket) throws IOException {
    this.socket = socket;
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofPlatform().daemon().name("fake-charon").start(this::accept);
  }

  ViciAddress address() {
    return ViciAddress.parse("unix://" + socket);
  }

  /** An SA as charon tells of it. */
  static Section sa(String connection, String child, String id, String host, String subnet) {
    Map<String, ViciValue> pair = new LinkedHashMap<>();
    pair.put("name", new Text(child));
    pair.put("state", new Text("INSTALLED"));
    pair.put("remote-ts", new Texts(List.of(subnet)));
    Map<String, ViciValue> ike = new LinkedHashMap<>();
    ike.put("uniqueid", new Text("7"));
    ike.put("remote-host", new Text(host));
    ike.put("remote-port", new Text("4500"));
    ike.put("remote-id", new Text(id));
    ike.put("child-sas", new Section(Map.of(child + "-1", new Section(pair))));
    return new Section(Map.of(connection, new Section(ike)));
  }

  /** A connection as charon tells of it. */
  static Section connection(String name, String child, String id, String host, String subnet) {
    Map<String, ViciValue> settings = new LinkedHashMap<>();
    settings.put("remote_addrs", new Texts(List.of(host)));
    settings.put("remote-1", Section.of("id", id));
    settings.put(
        "children",
        new Section(Map.of(child, new Section(Map.of("remote-ts", new Texts(List.of(subnet)))))));
    return new Section(Map.of(name, new Section(settings)));
  }

  /** Tells whoever has registered for it. */
  void event(String name, boolean isUp, Section about) {
    Map<String, ViciValue> message = new LinkedHashMap<>();
    if (isUp) {
      message.put("up", new Text("yes"));
    }
    message.putAll(about.values());
    for (Client client : clients) {
      if (client.registered.contains(name)) {
        client.write(new ViciPacket.Event(name, new Section(message)).encode());
      }
    }
  }

  /** Ends every connection, as a charon that dies. */
  void hangUp() throws IOException {
    for (Client client : clients) {
      client.channel.close();
    }
    clients.clear();
  }

  private void accept() {
    try {
      while (true) {
        Client client = new Client(server.accept());
        clients.add(client);
        Thread.ofPlatform().daemon().name("fake-charon-client").start(client);
      }
    } catch (IOException closed) {
      return;
    }
  }

  private final class Client implements Runnable {
    private final SocketChannel channel;
    private final List<String> registered = new CopyOnWriteArrayList<>();

    Client(SocketChannel channel) {
      this.channel = channel;
    }

    @Override
    public void run() {
      try (DataInputStream in = new DataInputStream(Channels.newInputStream(channel))) {
        while (true) {
          byte[] packet = new byte[in.readInt()];
          in.readFully(packet);
          answer(ViciPacket.decode(packet));
        }
      } catch (IOException closed) {
        clients.remove(this);
      }
    }

    private void answer(ViciPacket packet) {
      switch (packet) {
        case ViciPacket.EventRegister register -> {
          registered.add(register.event());
          write(new ViciPacket.EventConfirm().encode());
        }
        case ViciPacket.EventUnregister unregister -> {
          registered.remove(unregister.event());
          write(new ViciPacket.EventConfirm().encode());
        }
        case ViciPacket.CommandRequest request -> command(request);
        default -> throw new IllegalStateException("a client sent " + packet);
      }
    }

    private void command(ViciPacket.CommandRequest request) {
      byte[] raw = damaged.get(request.command());
      if (raw != null) {
        raw(raw);
        return;
      }
      switch (request.command()) {
        case "version" -> respond(Section.of("daemon", "charon", "version", "5.9.8"));
        case "list-sas" -> {
          new ArrayList<>(sas.values())
              .forEach(sa -> write(new ViciPacket.Event("list-sa", sa).encode()));
          respond(Section.EMPTY);
        }
        case "list-conns" -> {
          new ArrayList<>(connections.values())
              .forEach(each -> write(new ViciPacket.Event("list-conn", each).encode()));
          respond(Section.EMPTY);
        }
        case "terminate" -> {
          terminated.add(request.message());
          respond(Section.of("success", "yes"));
        }
        case "initiate" -> {
          initiated.add(request.message());
          respond(Section.of("success", "yes"));
        }
        default -> write(new ViciPacket.CommandUnknown().encode());
      }
    }

    private void respond(Section message) {
      write(new ViciPacket.CommandResponse(message).encode());
    }

    private synchronized void write(byte[] packet) {
      java.nio.ByteBuffer bytes = java.nio.ByteBuffer.allocate(4 + packet.length);
      bytes.putInt(packet.length).put(packet);
      raw(bytes.array());
    }

    private synchronized void raw(byte[] bytes) {
      try {
        new DataOutputStream(Channels.newOutputStream(channel)).write(bytes);
      } catch (IOException closed) {
        clients.remove(this);
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    hangUp();
    java.nio.file.Files.deleteIfExists(socket);
  }
}
