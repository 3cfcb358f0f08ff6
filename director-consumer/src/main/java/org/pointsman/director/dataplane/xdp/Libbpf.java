package org.pointsman.director.dataplane.xdp;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * libbpf 1.0 or newer, called directly. Functions that give an {@code int} give what libbpf gives:
 * a descriptor or 0, or a negative error number.
 */
final class Libbpf {
  private static final String LIBRARY = "libbpf.so.1";
  private static final int XDP = 37; // BPF_XDP, an attach type
  private static final int LINK_CREATE_OPTIONS_BYTES = 48;
  private static final int TEST_RUN_OPTIONS_BYTES = 80;
  private static final int XDP_QUERY_OPTIONS_BYTES = 32;
  private static final int INFO_BYTES = 256;
  private static final int LINK_INFO_PROGRAM = 8;
  private static final int LINK_INFO_INTERFACE = 16;
  private static final int OPEN_OPTIONS_BYTES = 64;

  /** Shapes of the functions, as {@link CFunctions} wants them. */
  public interface OpenMemory {
    MemorySegment call(MemorySegment errno, MemorySegment elf, long bytes, MemorySegment options);
  }

  public interface OfPointer {
    int call(MemorySegment errno, MemorySegment pointer);
  }

  public interface Close {
    void call(MemorySegment errno, MemorySegment pointer);
  }

  public interface Find {
    MemorySegment call(MemorySegment errno, MemorySegment object, MemorySegment name);
  }

  public interface SetNumber {
    int call(MemorySegment errno, MemorySegment pointer, int number);
  }

  public interface SetBuffer {
    int call(MemorySegment errno, MemorySegment pointer, MemorySegment buffer, long bytes);
  }

  public interface OfDescriptors {
    int call(MemorySegment errno, int one, int two, MemorySegment options);
  }

  public interface LinkCreate {
    int call(MemorySegment errno, int program, int target, int type, MemorySegment options);
  }

  public interface OfDescriptor {
    int call(MemorySegment errno, int fd);
  }

  public interface OfTwo {
    int call(MemorySegment errno, int fd, MemorySegment one, MemorySegment two);
  }

  public interface OfOne {
    int call(MemorySegment errno, int fd, MemorySegment one);
  }

  public interface Update {
    int call(MemorySegment errno, int fd, MemorySegment key, MemorySegment value, long flags);
  }

  public interface Nothing {
    int call(MemorySegment errno);
  }

  public interface Print {
    MemorySegment call(MemorySegment errno, MemorySegment callback);
  }

  public interface Format {
    int call(
        MemorySegment errno,
        MemorySegment to,
        long bytes,
        MemorySegment format,
        MemorySegment arguments);
  }

  public interface XdpQuery {
    int call(MemorySegment errno, int index, int flags, MemorySegment options);
  }

  /** What a link says of itself; the interface is 0 when it is gone. */
  record LinkInfo(int program, int index) {}

  private static @Nullable Libbpf loaded;

  private final OpenMemory openMemory;
  private final Close closeObject;
  private final Find findMap;
  private final Find findProgram;
  private final OfPointer load;
  private final SetNumber setMaxEntries;
  private final OfPointer valueSize;
  private final OfPointer mapFd;
  private final OfPointer programFd;
  private final Find initialValue;
  private final SetBuffer setLogBuffer;
  private final LinkCreate linkCreate;
  private final OfDescriptors linkUpdate;
  private final OfDescriptor linkDetach;
  private final OfOne pin;
  private final OfPointer get;
  private final OfTwo info;
  private final OfTwo lookup;
  private final OfTwo nextKey;
  private final Update update;
  private final OfOne testRun;
  private final Nothing possibleCpus;
  private final XdpQuery query;
  private final Format format;
  private final StringBuilder said = new StringBuilder();

  private Libbpf(SymbolLookup library) {
    openMemory = CFunctions.bind(library, "bpf_object__open_mem", OpenMemory.class);
    closeObject = CFunctions.bind(library, "bpf_object__close", Close.class);
    findMap = CFunctions.bind(library, "bpf_object__find_map_by_name", Find.class);
    findProgram = CFunctions.bind(library, "bpf_object__find_program_by_name", Find.class);
    load = CFunctions.bind(library, "bpf_object__load", OfPointer.class);
    setMaxEntries = CFunctions.bind(library, "bpf_map__set_max_entries", SetNumber.class);
    valueSize = CFunctions.bind(library, "bpf_map__value_size", OfPointer.class);
    mapFd = CFunctions.bind(library, "bpf_map__fd", OfPointer.class);
    programFd = CFunctions.bind(library, "bpf_program__fd", OfPointer.class);
    initialValue = CFunctions.bind(library, "bpf_map__initial_value", Find.class);
    setLogBuffer = CFunctions.bind(library, "bpf_program__set_log_buf", SetBuffer.class);
    linkCreate = CFunctions.bind(library, "bpf_link_create", LinkCreate.class);
    linkUpdate = CFunctions.bind(library, "bpf_link_update", OfDescriptors.class);
    linkDetach = CFunctions.bind(library, "bpf_link_detach", OfDescriptor.class);
    pin = CFunctions.bind(library, "bpf_obj_pin", OfOne.class);
    get = CFunctions.bind(library, "bpf_obj_get", OfPointer.class);
    info = CFunctions.bind(library, "bpf_obj_get_info_by_fd", OfTwo.class);
    lookup = CFunctions.bind(library, "bpf_map_lookup_elem", OfTwo.class);
    nextKey = CFunctions.bind(library, "bpf_map_get_next_key", OfTwo.class);
    update = CFunctions.bind(library, "bpf_map_update_elem", Update.class);
    testRun = CFunctions.bind(library, "bpf_prog_test_run_opts", OfOne.class);
    possibleCpus = CFunctions.bind(library, "libbpf_num_possible_cpus", Nothing.class);
    query = CFunctions.bind(library, "bpf_xdp_query", XdpQuery.class);
    format = CFunctions.bind(Linker.nativeLinker().defaultLookup(), "vsnprintf", Format.class);
    listen(CFunctions.bind(library, "libbpf_set_print", Print.class));
  }

  /**
   * The library, loaded once.
   *
   * @throws XdpPlaneException with what to install, if it cannot be loaded
   */
  @SuppressWarnings("restricted") // launchers enable native access
  static synchronized Libbpf require() {
    Libbpf library = loaded;
    if (library == null) {
      try {
        library = new Libbpf(SymbolLookup.libraryLookup(LIBRARY, Arena.global()));
      } catch (IllegalArgumentException | java.util.NoSuchElementException missing) {
        throw new XdpPlaneException(
            "expected libbpf 1.0 or newer but it cannot be loaded (%s); install it (Debian, Ubuntu: libbpf1; Fedora: libbpf)"
                .formatted(missing.getMessage()),
            missing);
      }
      loaded = library;
    }
    return library;
  }

  // ---- what libbpf says ----------------------------------------------------------------------

  /** libbpf explains failures by a callback with a format and C's variable arguments. */
  @SuppressWarnings("restricted")
  private void listen(Print setPrint) {
    try {
      MemorySegment callback =
          Linker.nativeLinker()
              .upcallStub(
                  MethodHandles.lookup()
                      .bind(
                          this,
                          "say",
                          MethodType.methodType(
                              int.class, int.class, MemorySegment.class, MemorySegment.class)),
                  FunctionDescriptor.of(
                      ValueLayout.JAVA_INT,
                      ValueLayout.JAVA_INT,
                      ValueLayout.ADDRESS,
                      ValueLayout.ADDRESS),
                  Arena.global());
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment _ = setPrint.call(CFunctions.errnoState(arena), callback);
      }
    } catch (ReflectiveOperationException impossible) {
      throw new LinkageError("the method stands below", impossible);
    }
  }

  @SuppressWarnings("UnusedMethod") // libbpf calls it
  private int say(int level, MemorySegment text, MemorySegment arguments) {
    if (level > 0) { // information, or for debugging
      return 0;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment line = arena.allocate(4096);
      int length =
          format.call(CFunctions.errnoState(arena), line, line.byteSize(), text, arguments);
      synchronized (said) {
        said.append(line.getString(0));
      }
      return length;
    }
  }

  /** What it has said since it was last asked. */
  String takeSaid() {
    synchronized (said) {
      String all = said.toString().strip();
      said.setLength(0);
      return all;
    }
  }

  // ---- objects, before and when they are loaded ----------------------------------------------

  /**
   * Opens an object file.
   *
   * @throws XdpPlaneException if it is none
   */
  MemorySegment open(byte[] elf, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = CFunctions.errnoState(arena);
      MemorySegment options = arena.allocate(OPEN_OPTIONS_BYTES, 8);
      options.set(ValueLayout.JAVA_LONG, 0, 16L);
      options.set(ValueLayout.ADDRESS, 8, arena.allocateFrom(name));
      MemorySegment bytes = arena.allocate(elf.length, 64);
      MemorySegment.copy(elf, 0, bytes, ValueLayout.JAVA_BYTE, 0, elf.length);
      MemorySegment object = openMemory.call(errno, bytes, elf.length, options);
      if (object.equals(MemorySegment.NULL)) {
        throw new XdpPlaneException(
            "expected an object with BPF programs but got '%s' (%s); build the jar again"
                .formatted(Libc.error(CFunctions.errno(errno)), takeSaid()));
      }
      return object;
    }
  }

  void close(MemorySegment object) {
    try (Arena arena = Arena.ofConfined()) {
      closeObject.call(CFunctions.errnoState(arena), object);
    }
  }

  private static MemorySegment find(Find find, MemorySegment object, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment found =
          find.call(CFunctions.errnoState(arena), object, arena.allocateFrom(name));
      if (found.equals(MemorySegment.NULL)) {
        throw new IllegalArgumentException("the object has no " + name);
      }
      return found;
    }
  }

  MemorySegment map(MemorySegment object, String name) {
    return find(findMap, object, name);
  }

  MemorySegment program(MemorySegment object, String name) {
    return find(findProgram, object, name);
  }

  private static int of(OfPointer function, MemorySegment pointer) {
    try (Arena arena = Arena.ofConfined()) {
      return function.call(CFunctions.errnoState(arena), pointer);
    }
  }

  int load(MemorySegment object) {
    return of(load, object);
  }

  int valueSize(MemorySegment map) {
    return of(valueSize, map);
  }

  int mapFd(MemorySegment map) {
    return of(mapFd, map);
  }

  int programFd(MemorySegment program) {
    return of(programFd, program);
  }

  void setMaxEntries(MemorySegment map, int entries) {
    try (Arena arena = Arena.ofConfined()) {
      int result = setMaxEntries.call(CFunctions.errnoState(arena), map, entries);
      if (result < 0) {
        throw new IllegalStateException("map size refused: " + Libc.error(-result));
      }
    }
  }

  /** The bytes that a map of global variables begins with. */
  @SuppressWarnings("restricted")
  MemorySegment initialValue(MemorySegment map) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
      MemorySegment at = initialValue.call(CFunctions.errnoState(arena), map, bytes);
      return at.reinterpret(bytes.get(ValueLayout.JAVA_LONG, 0));
    }
  }

  /** Where the verifier writes if it refuses the program. */
  void setLogBuffer(MemorySegment program, MemorySegment buffer) {
    try (Arena arena = Arena.ofConfined()) {
      int _ = setLogBuffer.call(CFunctions.errnoState(arena), program, buffer, buffer.byteSize());
    }
  }

  // ---- links and pins ------------------------------------------------------------------------

  int createXdpLink(int program, int index, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment options = arena.allocate(LINK_CREATE_OPTIONS_BYTES, 8);
      options.set(ValueLayout.JAVA_LONG, 0, LINK_CREATE_OPTIONS_BYTES);
      options.set(ValueLayout.JAVA_INT, 8, flags);
      return linkCreate.call(CFunctions.errnoState(arena), program, index, XDP, options);
    }
  }

  int updateLink(int link, int program) {
    try (Arena arena = Arena.ofConfined()) {
      return linkUpdate.call(CFunctions.errnoState(arena), link, program, MemorySegment.NULL);
    }
  }

  int detachLink(int link) {
    try (Arena arena = Arena.ofConfined()) {
      return linkDetach.call(CFunctions.errnoState(arena), link);
    }
  }

  LinkInfo linkInfo(int link) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment about = arena.allocate(INFO_BYTES, 8);
      MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_INT, INFO_BYTES);
      int result = info.call(CFunctions.errnoState(arena), link, about, bytes);
      if (result < 0) {
        throw new IllegalStateException("no word of a link: " + Libc.error(-result));
      }
      return new LinkInfo(
          about.get(ValueLayout.JAVA_INT, LINK_INFO_PROGRAM),
          about.get(ValueLayout.JAVA_INT, LINK_INFO_INTERFACE));
    }
  }

  int pin(int fd, String path) {
    try (Arena arena = Arena.ofConfined()) {
      return pin.call(CFunctions.errnoState(arena), fd, arena.allocateFrom(path));
    }
  }

  int get(String path) {
    try (Arena arena = Arena.ofConfined()) {
      return get.call(CFunctions.errnoState(arena), arena.allocateFrom(path));
    }
  }

  /** {@code XDP_ATTACHED_…} of an interface: 0 none, 1 native, 2 generic. */
  int attachedMode(int index) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment options = arena.allocate(XDP_QUERY_OPTIONS_BYTES, 8);
      options.set(ValueLayout.JAVA_LONG, 0, XDP_QUERY_OPTIONS_BYTES);
      int result = query.call(CFunctions.errnoState(arena), index, 0, options);
      return result < 0 ? 0 : options.get(ValueLayout.JAVA_BYTE, 24);
    }
  }

  // ---- maps ----------------------------------------------------------------------------------

  boolean lookup(int map, MemorySegment key, MemorySegment value) {
    try (Arena arena = Arena.ofConfined()) {
      return lookup.call(CFunctions.errnoState(arena), map, key, value) == 0;
    }
  }

  /** The key after this one, or after NULL the first; false if there is none. */
  boolean nextKey(int map, MemorySegment key, MemorySegment next) {
    try (Arena arena = Arena.ofConfined()) {
      return nextKey.call(CFunctions.errnoState(arena), map, key, next) == 0;
    }
  }

  int update(int map, MemorySegment key, MemorySegment value) {
    try (Arena arena = Arena.ofConfined()) {
      return update.call(CFunctions.errnoState(arena), map, key, value, 0);
    }
  }

  int possibleCpus() {
    try (Arena arena = Arena.ofConfined()) {
      return Math.max(1, possibleCpus.call(CFunctions.errnoState(arena)));
    }
  }

  // ---- test runs -----------------------------------------------------------------------------

  /** The options of {@link #testRun}, to be used again and again. */
  static MemorySegment testRunOptions(Arena arena) {
    MemorySegment options = arena.allocate(TEST_RUN_OPTIONS_BYTES, 8);
    options.set(ValueLayout.JAVA_LONG, 0, TEST_RUN_OPTIONS_BYTES);
    return options;
  }

  /**
   * Runs a program without a network.
   *
   * @param errno of {@link CFunctions#errnoState}
   */
  int testRun(MemorySegment errno, int program, MemorySegment options) {
    return testRun.call(errno, program, options);
  }

  /** The start of a C string, of which only so much is read. */
  static String text(MemorySegment buffer) {
    byte[] bytes = buffer.toArray(ValueLayout.JAVA_BYTE);
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
