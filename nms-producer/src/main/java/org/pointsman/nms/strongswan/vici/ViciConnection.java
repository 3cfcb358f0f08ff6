package org.pointsman.nms.strongswan.vici;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.pointsman.nms.strongswan.vici.ViciValue.Section;

/**
 * A connection to charon. Whatever charon does or does not send, no call takes longer than it
 * should: a packet that began has to end within the patience given at the start. After a {@link
 * ViciException} the connection is of no use any more.
 *
 * <p>For one thread at a time; {@link #close} may come from any.
 */
public final class ViciConnection implements AutoCloseable {
  private static final int LENGTH_BYTES = 4;

  private final ViciAddress address;
  private final Duration patience;
  private final SocketChannel channel;
  private final Selector selector;
  private final Queue<ViciPacket.Event> events = new ArrayDeque<>();

  private ViciConnection(
      ViciAddress address, Duration patience, SocketChannel channel, Selector selector) {
    this.address = address;
    this.patience = patience;
    this.channel = channel;
    this.selector = selector;
  }

  /**
   * Connects.
   *
   * @param patience how long charon may take to answer anything
   * @throws ViciException if there is nobody, or no leave
   */
  public static ViciConnection open(ViciAddress address, Duration patience) throws ViciException {
    @Nullable SocketChannel channel = null;
    try {
      ViciAddress.Target target = address.target();
      channel = target.channel();
      channel.configureBlocking(false);
      ViciConnection connection = new ViciConnection(address, patience, channel, Selector.open());
      connection.connect(target);
      return connection;
    } catch (IOException failed) {
      closeQuietly(channel);
      throw failed instanceof ViciException known
          ? known
          : new ViciException(
              "expected charon at %s but %s; is it running?"
                  .formatted(address, failed.getMessage()),
              failed);
    }
  }

  private void connect(ViciAddress.Target target) throws IOException {
    try {
      boolean isDone = channel.connect(target.address());
      SelectionKey key = channel.register(selector, isDone ? 0 : SelectionKey.OP_CONNECT);
      if (!isDone) {
        await(key, SelectionKey.OP_CONNECT, System.nanoTime() + patience.toNanos());
        channel.finishConnect();
      }
    } catch (IOException failed) {
      close();
      throw failed;
    }
  }

  /**
   * Asks charon to do something.
   *
   * @return its answer, whatever it says
   */
  public Section request(String command, Section message) throws ViciException {
    write(new ViciPacket.CommandRequest(command, message));
    while (true) {
      switch (answer()) {
        case ViciPacket.CommandResponse response -> {
          return response.message();
        }
        case ViciPacket.CommandUnknown _ ->
            throw new ViciException(
                "expected charon to know the command %s but it does not; is its vici plugin older than 5.2?"
                    .formatted(command));
        case ViciPacket.Event event -> events.add(event);
        case ViciPacket other -> throw unexpected(other);
      }
    }
  }

  /**
   * Asks charon for many things, each of which comes as an event.
   *
   * @param event the events' name
   */
  public List<Section> stream(String command, String event, Section message) throws ViciException {
    register(event);
    Section response = request(command, message);
    if (response.text("success").filter("no"::equals).isPresent()) {
      throw new ViciException(
          "expected an answer to %s but charon refused: %s"
              .formatted(command, response.text("errmsg").orElse("it does not say why")));
    }
    List<Section> found = new ArrayList<>();
    events.removeIf(candidate -> candidate.event().equals(event) && found.add(candidate.message()));
    confirm(new ViciPacket.EventUnregister(event), event);
    return found;
  }

  /** Has charon tell about these events from now on. */
  public void register(String event) throws ViciException {
    confirm(new ViciPacket.EventRegister(event), event);
  }

  private void confirm(ViciPacket request, String name) throws ViciException {
    write(request);
    while (true) {
      switch (answer()) {
        case ViciPacket.EventConfirm _ -> {
          return;
        }
        case ViciPacket.EventUnknown _ ->
            throw new ViciException(
                "expected charon to know the event %s but it does not; is it older than 5.2?"
                    .formatted(name));
        case ViciPacket.Event event -> events.add(event);
        case ViciPacket other -> throw unexpected(other);
      }
    }
  }

  /**
   * The next event.
   *
   * @param idle how long to wait for one to begin
   * @return empty if none did
   */
  public Optional<ViciPacket.Event> nextEvent(Duration idle) throws ViciException {
    ViciPacket.Event queued = events.poll();
    if (queued != null) {
      return Optional.of(queued);
    }
    return switch (read(idle)) {
      case null -> Optional.empty();
      case ViciPacket.Event event -> Optional.of(event);
      case ViciPacket other -> throw unexpected(other);
    };
  }

  private static ViciException unexpected(ViciPacket packet) {
    return new ViciException(
        "expected an event or an answer from charon but got a %s; is this charon's VICI socket?"
            .formatted(packet.getClass().getSimpleName()));
  }

  // ---- packets ---------------------------------------------------------------------------------

  private void write(ViciPacket packet) throws ViciException {
    byte[] bytes = packet.encode();
    ByteBuffer out = ByteBuffer.allocate(LENGTH_BYTES + bytes.length);
    out.putInt(bytes.length).put(bytes).flip();
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (out.hasRemaining()) {
        if (channel.write(out) == 0) {
          await(channel.keyFor(selector), SelectionKey.OP_WRITE, deadline);
        }
      }
    } catch (IOException failed) {
      throw lost(failed);
    }
  }

  private ViciPacket answer() throws ViciException {
    ViciPacket packet = read(patience);
    if (packet == null) {
      throw late();
    }
    return packet;
  }

  /** The next packet, or null if none begins in time. */
  private @Nullable ViciPacket read(Duration idle) throws ViciException {
    ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES);
    if (!fill(length, idle)) {
      return null;
    }
    int bytes = length.getInt(0);
    if (bytes < 1 || bytes > ViciPacket.MAX_BYTES) {
      throw new ViciException(
          "expected a VICI packet of 1 to %d bytes at %s but it says it has %d; is this charon's VICI socket?"
              .formatted(ViciPacket.MAX_BYTES, address, Integer.toUnsignedLong(bytes)));
    }
    ByteBuffer packet = ByteBuffer.allocate(bytes);
    if (!fill(packet, patience)) {
      throw late();
    }
    return ViciPacket.decode(packet.array());
  }

  /** False if nothing comes in time; what has begun must end within the patience. */
  private boolean fill(ByteBuffer buffer, Duration idle) throws ViciException {
    long deadline = System.nanoTime() + idle.toNanos();
    try {
      while (buffer.hasRemaining()) {
        int read = channel.read(buffer);
        if (read < 0) {
          throw new ViciException("charon at %s has closed the connection".formatted(address));
        }
        if (read > 0) {
          deadline = System.nanoTime() + patience.toNanos();
        } else if (!isReady(channel.keyFor(selector), SelectionKey.OP_READ, deadline)) {
          if (buffer.position() == 0) {
            return false;
          }
          throw late();
        }
      }
      return true;
    } catch (IOException failed) {
      throw lost(failed);
    }
  }

  private void await(@Nullable SelectionKey key, int operation, long deadline) throws IOException {
    if (!isReady(key, operation, deadline)) {
      throw late();
    }
  }

  private boolean isReady(@Nullable SelectionKey key, int operation, long deadline)
      throws IOException {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      return false;
    }
    if (key == null || !key.isValid()) {
      throw new ViciException("the connection to charon at %s is closed".formatted(address));
    }
    try {
      key.interestOps(operation);
      int ready = selector.select(_ -> {}, Math.max(1, left / 1_000_000));
      return ready > 0 || deadline - System.nanoTime() > 0;
    } catch (ClosedSelectorException | CancelledKeyException closed) {
      throw new ViciException(
          "the connection to charon at %s is closed".formatted(address), closed);
    }
  }

  private ViciException late() {
    return new ViciException(
        "expected charon at %s to answer within %d ms but it did not, or not to the end; is it stuck?"
            .formatted(address, patience.toMillis()));
  }

  private ViciException lost(IOException failed) {
    return failed instanceof ViciException known
        ? known
        : new ViciException(
            "the connection to charon at %s is lost: %s".formatted(address, failed.getMessage()),
            failed);
  }

  @Override
  public void close() {
    closeQuietly(channel);
    closeQuietly(selector);
  }

  private static void closeQuietly(@Nullable AutoCloseable closeable) {
    try {
      if (closeable != null) {
        closeable.close();
      }
    } catch (Exception alreadyGone) {
      return; // nothing is to be saved
    }
  }
}
