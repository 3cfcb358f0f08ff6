package org.pointsman.director.dataplane.nftables;

import static org.pointsman.director.dataplane.nftables.CLibrary.INT;
import static org.pointsman.director.dataplane.nftables.CLibrary.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The nft command's own library, which reads rules as text. Only for a new, empty table: it reads
 * back what the kernel has first, and with a million elements that takes more than a minute.
 */
final class Libnftables {
  private static final CLibrary LIBRARY = CLibrary.NFTABLES.load();

  private static final MethodHandle NEW = LIBRARY.function("nft_ctx_new", POINTER, INT);
  private static final MethodHandle FREE = LIBRARY.procedure("nft_ctx_free", POINTER);
  private static final MethodHandle BUFFER_ERROR =
      LIBRARY.function("nft_ctx_buffer_error", INT, POINTER);
  private static final MethodHandle GET_ERROR =
      LIBRARY.function("nft_ctx_get_error_buffer", POINTER, POINTER);
  private static final MethodHandle RUN =
      LIBRARY.function("nft_run_cmd_from_buffer", INT, POINTER, POINTER);

  private Libnftables() {}

  /**
   * Runs commands as one transaction, in the network namespace of this thread.
   *
   * @throws NftablesException with what nft says, if it refuses
   */
  static synchronized void run(String commands) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment context = (MemorySegment) NEW.invokeExact(0);
      try {
        int _ = (int) BUFFER_ERROR.invokeExact(context);
        int result = (int) RUN.invokeExact(context, arena.allocateFrom(commands));
        if (result != 0) {
          String said = CLibrary.text((MemorySegment) GET_ERROR.invokeExact(context));
          throw new NftablesException(
              "expected the kernel to take the table's rules but nft says: %s; check that the interfaces exist, that this process is root or has CAP_NET_ADMIN, and that the kernel is 5.15 or newer"
                  .formatted(said.lines().findFirst().orElse("nothing")));
        }
      } finally {
        FREE.invokeExact(context);
      }
    } catch (NftablesException refused) {
      throw refused;
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }
}
