package org.pointsman.director.dataplane.nftables;

import static org.pointsman.director.dataplane.nftables.CLibrary.INT;
import static org.pointsman.director.dataplane.nftables.CLibrary.LONG;
import static org.pointsman.director.dataplane.nftables.CLibrary.POINTER;
import static org.pointsman.director.dataplane.nftables.CLibrary.SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.function.Consumer;

/**
 * A netlink socket (libmnl) of the network namespace of the thread that opens it. For one thread at
 * a time.
 *
 * <p>The kernel answers a request before {@code sendto} returns, and the next part of a long answer
 * while the one before is read; so the socket never has to wait, and does not.
 */
final class Netlink implements AutoCloseable {
  static final int ROUTE = 0;
  static final int NETFILTER = 12;

  static final int FLAG_ACK = 0x4;
  static final int FLAG_DUMP = 0x300;
  static final int FLAG_CREATE = 0x400;
  static final int FLAG_APPEND = 0x800;

  static final int HEADER_BYTES = 16;
  static final long AT_TYPE = 4;

  private static final long AT_FLAGS = 6;
  private static final long AT_SEQUENCE = 8;
  private static final int FLAG_DUMP_INTERRUPTED = 0x10;
  private static final int TYPE_ERROR = 2;
  private static final int TYPE_DONE = 3;

  private static final CLibrary LIBMNL = CLibrary.MNL.load();
  private static final MethodHandle OPEN =
      LIBMNL.functionWithErrno("mnl_socket_open2", POINTER, INT, INT);
  private static final MethodHandle BIND =
      LIBMNL.functionWithErrno("mnl_socket_bind", INT, POINTER, INT, INT);
  private static final MethodHandle CLOSE = LIBMNL.function("mnl_socket_close", INT, POINTER);
  private static final MethodHandle GET_FD = LIBMNL.function("mnl_socket_get_fd", INT, POINTER);
  private static final MethodHandle SEND =
      LIBMNL.functionWithErrno("mnl_socket_sendto", LONG, POINTER, POINTER, LONG);
  private static final MethodHandle RECEIVE =
      LIBMNL.functionWithErrno("mnl_socket_recvfrom", LONG, POINTER, POINTER, LONG);
  private static final MethodHandle SET_OPTION =
      CLibrary.ofProcess().function("setsockopt", INT, INT, INT, INT, POINTER, INT);
  private static final MethodHandle GET_OPTION =
      CLibrary.ofProcess().function("getsockopt", INT, INT, INT, INT, POINTER, POINTER);

  private static final int SOCK_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SO_RCVBUFFORCE = 33;

  private static final int SEND_BYTES = 256 << 20;
  private static final int RECEIVE_BYTES = 4 << 20;
  private static final int READ_BYTES = 256 << 10;
  private static final int MOST_TRIES = 10;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment errno = CLibrary.errnoMemory(arena);
  private final MemorySegment buffer = arena.allocate(READ_BYTES, 8);
  private final MemorySegment socket;
  private final int mostBytes;

  /**
   * @throws NftablesException if the library or the protocol is missing
   */
  Netlink(int bus) {
    try {
      socket = (MemorySegment) OPEN.invokeExact(errno, bus, SOCK_CLOEXEC_NONBLOCK);
      if (socket.equals(MemorySegment.NULL)) {
        throw refused("a netlink socket", CLibrary.errno(errno));
      }
      if ((int) BIND.invokeExact(errno, socket, 0, 0) < 0) {
        throw refused("a netlink socket with an address", CLibrary.errno(errno));
      }
      int fd = (int) GET_FD.invokeExact(socket);
      setOption(fd, SO_SNDBUFFORCE, SO_SNDBUF, SEND_BYTES);
      setOption(fd, SO_RCVBUFFORCE, SO_RCVBUF, RECEIVE_BYTES);
      mostBytes = option(fd, SO_SNDBUF) - 64;
    } catch (NftablesException told) {
      arena.close();
      throw told;
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  /** The longest that may be sent at once. */
  int mostBytes() {
    return mostBytes;
  }

  /**
   * Sends a batch and reads what the kernel says to it.
   *
   * @param last the sequence number of its last message, the only one that asks for an answer
   * @throws NftablesException if it was refused, and so nothing of it was done
   */
  void commit(MemorySegment batch, long bytes, int last) {
    drain();
    send(batch, bytes);
    Answer answer = new Answer(last);
    while (receive(answer::hear)) {}
    if (answer.error != 0) {
      throw refused("the kernel to take a change of the table", answer.error);
    }
    if (!answer.acknowledged) {
      throw refused("an answer to a change of the table", Errno.ENOBUFS);
    }
  }

  /**
   * Asks, and hands over each message of the answer; from the beginning if something changed
   * meanwhile.
   *
   * @param what is asked for, for the error's text
   * @param request one message that asks for a dump or an acknowledgement
   * @param anew forgets what was taken
   * @throws NftablesException if the kernel refuses
   */
  void ask(String what, MemorySegment request, Runnable anew, Consumer<MemorySegment> take) {
    int sequence = request.get(INT, AT_SEQUENCE);
    for (int tries = 1; ; tries++) {
      drain();
      anew.run();
      send(request, request.get(INT, 0));
      Answer answer = new Answer(sequence);
      while (!answer.done && receive(message -> answer.take(message, take))) {}
      if (answer.error != 0) {
        throw refused(what, answer.error);
      }
      if (!answer.interrupted && answer.done) {
        return;
      }
      if (tries == MOST_TRIES) {
        throw refused(what, Errno.EAGAIN);
      }
    }
  }

  private static final class Answer {
    private final int sequence;
    private int error;
    private boolean acknowledged;
    private boolean done;
    private boolean interrupted;

    Answer(int sequence) {
      this.sequence = sequence;
    }

    /** Of a batch: errors of any of its messages. */
    void hear(MemorySegment message) {
      if (message.get(SHORT, AT_TYPE) == TYPE_ERROR) {
        int code = -message.get(INT, HEADER_BYTES);
        error = error == 0 ? code : error;
        acknowledged |= code == 0 && message.get(INT, AT_SEQUENCE) == sequence;
      }
    }

    /** Of a question: its own messages only. */
    void take(MemorySegment message, Consumer<MemorySegment> action) {
      if (message.get(INT, AT_SEQUENCE) != sequence) {
        return;
      }
      interrupted |= (message.get(SHORT, AT_FLAGS) & FLAG_DUMP_INTERRUPTED) != 0;
      switch (message.get(SHORT, AT_TYPE)) {
        case TYPE_ERROR -> {
          error = -message.get(INT, HEADER_BYTES);
          done = true;
        }
        case TYPE_DONE -> {
          error = message.byteSize() < HEADER_BYTES + 4 ? 0 : -message.get(INT, HEADER_BYTES);
          done = true;
        }
        default -> action.accept(message);
      }
    }
  }

  private void send(MemorySegment bytes, long count) {
    try {
      long sent = (long) SEND.invokeExact(errno, socket, bytes, count);
      if (sent < 0) {
        throw refused("the kernel to take %,d bytes".formatted(count), CLibrary.errno(errno));
      }
    } catch (NftablesException told) {
      throw told;
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  /** Reads what is there, if anything is; false if nothing is. */
  private boolean receive(Consumer<MemorySegment> take) {
    long count;
    try {
      count = (long) RECEIVE.invokeExact(errno, socket, buffer, buffer.byteSize());
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
    if (count < 0) {
      int code = CLibrary.errno(errno);
      if (code == Errno.EAGAIN) {
        return false;
      }
      throw refused("to read the kernel's answer", code);
    }
    for (long at = 0; at + HEADER_BYTES <= count; ) {
      int length = buffer.get(INT, at);
      take.accept(buffer.asSlice(at, Math.min(length, count - at)));
      at += Math.max(HEADER_BYTES, (length + 3) & ~3);
    }
    return true;
  }

  /** Answers to what failed before are of no use any more. */
  private void drain() {
    try {
      while (receive(_ -> {})) {}
    } catch (NftablesException lost) {
      if (lost.errno() != Errno.ENOBUFS) {
        throw lost;
      }
    }
  }

  private static NftablesException refused(String what, int errno) {
    return new NftablesException(
        "expected %s but got %s".formatted(what, Errno.explain(errno)), errno);
  }

  /** Beyond what the system allows everybody, if this process may; else up to that. */
  private void setOption(int fd, int forced, int allowed, int value) throws Throwable {
    MemorySegment number = arena.allocateFrom(INT, value);
    if ((int) SET_OPTION.invokeExact(fd, SOL_SOCKET, forced, number, 4) < 0) {
      int _ = (int) SET_OPTION.invokeExact(fd, SOL_SOCKET, allowed, number, 4);
    }
  }

  private int option(int fd, int option) throws Throwable {
    MemorySegment number = arena.allocate(INT);
    MemorySegment size = arena.allocateFrom(INT, 4);
    int _ = (int) GET_OPTION.invokeExact(fd, SOL_SOCKET, option, number, size);
    return number.get(INT, 0);
  }

  @Override
  public void close() {
    try {
      int _ = (int) CLOSE.invokeExact(socket);
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
    arena.close();
  }
}
