package org.pointsman.director.dataplane.xdp;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import org.pointsman.model.MacAddress;

/** The few system calls that Java has no word for. */
final class Libc {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EACCES = 13;
  static final int EBUSY = 16;
  static final int EINVAL = 22;
  static final int EOPNOTSUPP = 95;

  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED = 1;
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM = 2;
  private static final int INTERFACE_NAME_BYTES = 16;
  private static final int IFREQ_BYTES = 40;
  private static final long SIOCGIFHWADDR = 0x8927;
  private static final int ARPHRD_ETHER = 1;

  /** Shapes of the functions, as {@link CFunctions} wants them. */
  public interface OfInt {
    int call(MemorySegment errno, int value);
  }

  public interface OfAddress {
    int call(MemorySegment errno, MemorySegment address);
  }

  public interface ToAddress {
    MemorySegment call(MemorySegment errno, int value);
  }

  public interface Mmap {
    MemorySegment call(
        MemorySegment errno,
        MemorySegment at,
        long bytes,
        int access,
        int flags,
        int fd,
        long from);
  }

  public interface Munmap {
    int call(MemorySegment errno, MemorySegment at, long bytes);
  }

  public interface Socket {
    int call(MemorySegment errno, int family, int type, int protocol);
  }

  public interface Ioctl {
    int call(MemorySegment errno, int fd, long request, MemorySegment argument);
  }

  public interface Mount {
    int call(
        MemorySegment errno,
        MemorySegment source,
        MemorySegment target,
        MemorySegment type,
        long flags,
        MemorySegment data);
  }

  private static final SymbolLookup LIBRARY = Linker.nativeLinker().defaultLookup();
  private static final OfInt CLOSE = CFunctions.bind(LIBRARY, "close", OfInt.class);
  private static final OfAddress INDEX =
      CFunctions.bind(LIBRARY, "if_nametoindex", OfAddress.class);
  private static final ToAddress STRERROR = CFunctions.bind(LIBRARY, "strerror", ToAddress.class);
  private static final Mmap MMAP = CFunctions.bind(LIBRARY, "mmap", Mmap.class);
  private static final Munmap MUNMAP = CFunctions.bind(LIBRARY, "munmap", Munmap.class);
  private static final Socket SOCKET = CFunctions.bind(LIBRARY, "socket", Socket.class);
  private static final Ioctl IOCTL = CFunctions.bind(LIBRARY, "ioctl", Ioctl.class, 2);
  private static final Mount MOUNT = CFunctions.bind(LIBRARY, "mount", Mount.class);

  private Libc() {}

  static void close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      int _ = CLOSE.call(CFunctions.errnoState(arena), fd);
    }
  }

  /** What an error number means, and the number. */
  @SuppressWarnings("restricted")
  static String error(int errno) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = STRERROR.call(CFunctions.errnoState(arena), errno);
      return "%s (%d)".formatted(text.reinterpret(256).getString(0), errno);
    }
  }

  /** The index of an interface, or 0 if there is none of this name. */
  static int interfaceIndex(String name) {
    try (Arena arena = Arena.ofConfined()) {
      return INDEX.call(CFunctions.errnoState(arena), arena.allocateFrom(name));
    }
  }

  /**
   * The index of an interface.
   *
   * @throws XdpPlaneException if there is none of this name
   */
  static int requireInterface(String name) {
    int index = interfaceIndex(name);
    if (index == 0) {
      throw new XdpPlaneException(
          "expected an interface but there is no %s here; check its name".formatted(name));
    }
    return index;
  }

  /**
   * An interface's own Ethernet address. The JDK does not see interfaces without an IP address.
   *
   * @throws XdpPlaneException if it has none
   */
  static MacAddress macOf(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = CFunctions.errnoState(arena);
      int socket = SOCKET.call(errno, AF_INET, SOCK_DGRAM, 0);
      MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
      if (name.length() < INTERFACE_NAME_BYTES) {
        request.setString(0, name);
      }
      int result = IOCTL.call(errno, socket, SIOCGIFHWADDR, request);
      int failure = CFunctions.errno(errno);
      close(socket);
      if (result < 0) {
        throw new XdpPlaneException(
            "expected to learn the MAC address of %s but got '%s'; give --director-mac"
                .formatted(name, error(failure)));
      }
      if (request.get(ValueLayout.JAVA_SHORT, INTERFACE_NAME_BYTES) != ARPHRD_ETHER) {
        throw new XdpPlaneException(
            "expected an Ethernet interface but %s has no MAC address; name another"
                .formatted(name));
      }
      long mac = 0;
      for (int i = 0; i < 6; i++) {
        int octet = request.get(ValueLayout.JAVA_BYTE, INTERFACE_NAME_BYTES + 2 + i) & 0xff;
        mac = mac << 8 | octet;
      }
      return new MacAddress(mac);
    }
  }

  /** Maps a file's bytes for reading and writing, shared; unmapped with the arena. */
  @SuppressWarnings("restricted")
  static MemorySegment map(int fd, long bytes, Arena owner) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = CFunctions.errnoState(arena);
      MemorySegment at =
          MMAP.call(errno, MemorySegment.NULL, bytes, PROT_READ_WRITE, MAP_SHARED, fd, 0);
      if (at.address() == -1) {
        throw new XdpPlaneException(
            "expected to map %,d bytes of a BPF map but got '%s'; lower --max-tunnels"
                .formatted(bytes, error(CFunctions.errno(errno))));
      }
      return at.reinterpret(bytes, owner, segment -> unmap(segment, bytes));
    }
  }

  private static void unmap(MemorySegment segment, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      int _ = MUNMAP.call(CFunctions.errnoState(arena), segment, bytes);
    }
  }

  /** Mounts a BPF file system; 0, or what went wrong. */
  static int mountBpffs(String target) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = CFunctions.errnoState(arena);
      MemorySegment type = arena.allocateFrom("bpf");
      int result = MOUNT.call(errno, type, arena.allocateFrom(target), type, 0, MemorySegment.NULL);
      return result == 0 ? 0 : CFunctions.errno(errno);
    }
  }
}
