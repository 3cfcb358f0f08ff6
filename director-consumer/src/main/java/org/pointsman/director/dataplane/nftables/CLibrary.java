package org.pointsman.director.dataplane.nftables;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/** A shared library, loaded once and for ever; and the layouts of C's types in its functions. */
final class CLibrary {
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
  static final ValueLayout.OfBoolean BOOL = ValueLayout.JAVA_BOOLEAN;
  static final MemoryLayout POINTER = ValueLayout.ADDRESS;

  /** A library and where it is found. */
  record Name(String file, String packages) {
    /**
     * The library.
     *
     * @throws NftablesException if it is not there
     */
    CLibrary load() {
      return new CLibrary(file, packages);
    }
  }

  static final Name MNL =
      new Name("libmnl.so.0", "Debian, Ubuntu: libmnl0; Fedora, Alpine: libmnl");
  static final Name NFTNL =
      new Name("libnftnl.so.11", "Debian, Ubuntu: libnftnl11; Fedora, Alpine: libnftnl");
  static final Name NFTABLES =
      new Name(
          "libnftables.so.1",
          "Debian, Ubuntu: libnftables1; Fedora: nftables; Alpine: libnftables");

  private static final Linker LINKER = Linker.nativeLinker();
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));

  private final String name;
  private final SymbolLookup symbols;

  @SuppressWarnings("restricted") // launchers enable native access
  private CLibrary(String name, String packages) {
    this.name = name;
    try {
      symbols = SymbolLookup.libraryLookup(name, Arena.global());
    } catch (IllegalArgumentException missing) {
      throw new NftablesException(
          "expected the library %s but it cannot be loaded; install it (%s)"
              .formatted(name, packages),
          missing);
    }
  }

  private CLibrary() {
    name = "libc";
    symbols = LINKER.defaultLookup();
  }

  /** What is missing of the libraries that the plane needs, or empty. */
  static Optional<NftablesException> missing() {
    try {
      MNL.load();
      NFTNL.load();
      NFTABLES.load();
      return Optional.empty();
    } catch (NftablesException missing) {
      return Optional.of(missing);
    }
  }

  /** The C library of this process. */
  static CLibrary ofProcess() {
    return new CLibrary();
  }

  MethodHandle function(String function, MemoryLayout result, MemoryLayout... arguments) {
    return link(function, FunctionDescriptor.of(result, arguments));
  }

  MethodHandle procedure(String function, MemoryLayout... arguments) {
    return link(function, FunctionDescriptor.ofVoid(arguments));
  }

  /** One whose first argument is memory of {@link #errnoMemory}, for {@link #errno}. */
  MethodHandle functionWithErrno(String function, MemoryLayout result, MemoryLayout... arguments) {
    return link(
        function,
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  static MemorySegment errnoMemory(Arena arena) {
    return arena.allocate(Linker.Option.captureStateLayout());
  }

  static int errno(MemorySegment memory) {
    return (int) ERRNO.get(memory, 0L);
  }

  /** The text at a pointer that C gave. */
  @SuppressWarnings("restricted")
  static String text(MemorySegment pointer) {
    return pointer.equals(MemorySegment.NULL)
        ? ""
        : pointer.reinterpret(Long.MAX_VALUE).getString(0);
  }

  /** What a downcall throws is a mistake of ours. */
  static AssertionError mistake(Throwable thrown) {
    return new AssertionError("a call of C throws nothing", thrown);
  }

  @SuppressWarnings("restricted")
  private MethodHandle link(
      String function, FunctionDescriptor descriptor, Linker.Option... options) {
    MemorySegment address =
        symbols
            .find(function)
            .orElseThrow(
                () ->
                    new NftablesException(
                        "expected the function %s in %s but it is not there; install a newer version"
                            .formatted(function, name)));
    return LINKER.downcallHandle(address, descriptor, options);
  }
}
