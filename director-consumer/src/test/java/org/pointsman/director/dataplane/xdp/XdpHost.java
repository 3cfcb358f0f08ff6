package org.pointsman.director.dataplane.xdp;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.pointsman.director.dataplane.NetworkNamespace;
import org.pointsman.director.dataplane.VethLink;

/** What the tests of the XDP plane need of the machine. */
final class XdpHost {
  /** Apart from what directors of this machine have pinned. */
  static final Path PINS = Path.of("/sys/fs/bpf/pointsman-it-" + ProcessHandle.current().pid());

  private static final int XDP_PROGRAM = 6; // BPF_PROG_TYPE_XDP

  /** Shape of {@code bpf_prog_load}. */
  public interface ProgramLoad {
    int call(
        MemorySegment errno,
        int type,
        MemorySegment name,
        MemorySegment license,
        MemorySegment instructions,
        long count,
        MemorySegment options);
  }

  private XdpHost() {}

  /** Skips the test, with a reason, where there is no libbpf, no program or no right to load it. */
  static void assumeUsable() {
    Assumptions.assumeTrue(XdpProgram.isBuilt(), "built without clang, so without the program");
    try {
      var _ = Libbpf.require();
    } catch (XdpPlaneException missing) {
      Assumptions.abort(missing.getMessage());
    }
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "loading BPF programs needs root");
  }

  /**
   * The links of both sides of a test, in a namespace of its own.
   *
   * <pre>
   *   outer: test — o-peer ⇄ o-in — program — o-out ⇄ o-server — test
   *   inner: test — i-peer ⇄ i-in — program
   * </pre>
   */
  static void makeLinks(NetworkNamespace namespace) throws Exception {
    Optional<String> impossible = namespace.enter();
    Assumptions.assumeTrue(impossible.isEmpty(), () -> impossible.orElse(""));
    VethLink.makePairs(namespace);
    namespace.run(
        () -> {
          passAll("o-server");
          passAll("i-peer");
          return null;
        });
  }

  @SuppressWarnings("restricted")
  private static ProgramLoad programLoad() {
    return CFunctions.bind(
        SymbolLookup.libraryLookup("libbpf.so.1", Arena.global()),
        "bpf_prog_load",
        ProgramLoad.class);
  }

  /** A veth takes frames from an XDP program only if it has one itself. */
  static void passAll(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment instructions =
          arena.allocateFrom(
              ValueLayout.JAVA_LONG,
              0x0000_0002_0000_00b7L, // r0 = XDP_PASS
              0x0000_0000_0000_0095L); // exit
      int program =
          programLoad()
              .call(
                  CFunctions.errnoState(arena),
                  XDP_PROGRAM,
                  arena.allocateFrom("pass"),
                  arena.allocateFrom("GPL"),
                  instructions,
                  2,
                  MemorySegment.NULL);
      int link =
          Libbpf.require()
              .createXdpLink(program, Libc.requireInterface(name), XdpMode.NATIVE.flags);
      if (link < 0) {
        throw new IllegalStateException("no program on " + name + ": " + Libc.error(-link));
      }
    }
  }

  /** A program like the real one, but for a check of its packet's length that is missing. */
  static byte[] programThatReadsBehindItsPacket() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("bpf");
    Path source = folder.resolve("wrong.bpf.c");
    Path object = folder.resolve("wrong.bpf.o");
    try {
      Files.writeString(
          source,
          """
          #define WITHOUT_PROGRAM
          #include "steer.bpf.c"

          SEC("xdp")
          int steer(struct xdp_md *ctx)
          {
          	__u8 *data = (void *)(long)ctx->data;

          	return data[100] + steer_frame(data, (void *)(long)ctx->data_end);
          }
          """);
      Process compile =
          new ProcessBuilder(
                  "sh",
                  Path.of("src", "main", "bpf", "compile.sh").toAbsolutePath().toString(),
                  source.toString(),
                  object.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(compile.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (compile.waitFor() != 0 || !Files.exists(object)) {
        throw new IOException(said);
      }
      return Files.readAllBytes(object);
    } finally {
      Files.deleteIfExists(source);
      Files.deleteIfExists(object);
      Files.delete(folder);
    }
  }
}
