package org.pointsman.director.neighbour;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A route netlink socket (netlink(7)) that hears of every change of a neighbour, by the system's C
 * library. Belongs to the network namespace of the thread that makes it. Listening and listing need
 * no privilege; having the kernel ask a neighbour needs {@code CAP_NET_ADMIN}.
 */
@SuppressWarnings("restricted")
final class NetlinkSocket implements NeighbourSocket {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int NETLINK_ROUTE = 0;
  private static final int GROUP_NEIGHBOURS = 4;
  private static final int MSG_DONTWAIT = 0x40;
  private static final short POLLIN = 1;
  private static final int ENOBUFS = 105;
  private static final int BUFFER_BYTES = 1 << 16;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong SIZE = ValueLayout.JAVA_LONG;

  private static final MethodHandle SOCKET = call("socket", INT, INT, INT, INT);
  private static final MethodHandle BIND = call("bind", INT, INT, ValueLayout.ADDRESS, INT);
  private static final MethodHandle SEND = call("send", SIZE, INT, ValueLayout.ADDRESS, SIZE, INT);
  private static final MethodHandle RECV = call("recv", SIZE, INT, ValueLayout.ADDRESS, SIZE, INT);
  private static final MethodHandle POLL = call("poll", INT, ValueLayout.ADDRESS, SIZE, INT);
  private static final MethodHandle CLOSE = call("close", INT, INT);
  private static final MethodHandle INDEX = call("if_nametoindex", INT, ValueLayout.ADDRESS);

  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES);
  private final MemorySegment receiveState = arena.allocate(STATE);
  private final MemorySegment pollEntry = arena.allocate(8);
  private final int descriptor;

  /**
   * @throws NeighbourException if the kernel does not give one
   */
  NetlinkSocket() {
    try (Arena own = Arena.ofConfined()) {
      MemorySegment state = own.allocate(STATE);
      descriptor = (int) SOCKET.invokeExact(state, AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
      if (descriptor < 0) {
        throw refused(state);
      }
      MemorySegment address = own.allocate(12); // struct sockaddr_nl
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
      address.set(INT, 8, GROUP_NEIGHBOURS);
      if ((int) BIND.invokeExact(state, descriptor, address, 12) != 0) {
        NeighbourException refused = refused(state);
        close();
        throw refused;
      }
    } catch (NeighbourException refused) {
      throw refused;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static NeighbourException refused(MemorySegment state) {
    return new NeighbourException(
        "expected a netlink socket but the kernel refused it (errno %d); register the servers with --mac"
            .formatted((int) ERRNO.get(state, 0L)));
  }

  @Override
  public int interfaceIndex(String name) {
    try (Arena own = Arena.ofConfined()) {
      return (int) INDEX.invokeExact(own.allocate(STATE), own.allocateFrom(name));
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public Optional<String> send(byte[] request) {
    try (Arena own = Arena.ofConfined()) {
      MemorySegment state = own.allocate(STATE);
      MemorySegment bytes = own.allocateFrom(ValueLayout.JAVA_BYTE, request);
      long sent = (long) SEND.invokeExact(state, descriptor, bytes, (long) request.length, 0);
      return sent == request.length
          ? Optional.empty()
          : Optional.of("errno " + (int) ERRNO.get(state, 0L));
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public @Nullable ByteBuffer receive(Duration most) throws LostMessages {
    try {
      pollEntry.set(INT, 0, descriptor);
      pollEntry.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
      int ready =
          (int) POLL.invokeExact(receiveState, pollEntry, 1L, Math.toIntExact(most.toMillis()));
      if (ready <= 0) {
        return null;
      }
      long read =
          (long)
              RECV.invokeExact(receiveState, descriptor, buffer, (long) BUFFER_BYTES, MSG_DONTWAIT);
      if (read < 0) {
        if ((int) ERRNO.get(receiveState, 0L) == ENOBUFS) {
          throw new LostMessages();
        }
        return null;
      }
      return ByteBuffer.wrap(buffer.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE));
    } catch (LostMessages lost) {
      throw lost;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Only when no thread is in {@link #receive}. */
  @Override
  public void close() {
    try (Arena own = Arena.ofConfined()) {
      int _ = (int) CLOSE.invokeExact(own.allocate(STATE), descriptor);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
    arena.close();
  }

  private static MethodHandle call(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }
}
