package org.pointsman.director.dataplane.xdp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Runs a loaded program on frames without a network (BPF_PROG_TEST_RUN): for tests and benchmarks.
 * One thread at a time.
 */
public final class XdpTestRun implements AutoCloseable {
  public static final int DROP = 1;
  public static final int PASS = 2;
  public static final int SEND = 3; // XDP_TX
  public static final int REDIRECT = 4;

  /** The kernel takes no frame without a whole Ethernet header. */
  public static final int SHORTEST_FRAME = 14;

  private static final int LONGEST_FRAME = 4096;
  private static final long DATA_IN = 8;
  private static final long DATA_OUT = 16;
  private static final long SIZE_IN = 24;
  private static final long SIZE_OUT = 28;
  private static final long RESULT = 56;
  private static final long REPEAT = 60;
  private static final long DURATION = 64;
  private static final long FLAGS = 68;
  private static final long BATCH = 76;
  private static final int LIVE_FRAMES = 1 << 1;

  private final Libbpf libbpf = Libbpf.require();
  private final int program;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment errno = CFunctions.errnoState(arena);
  private final MemorySegment options = Libbpf.testRunOptions(arena);
  private final MemorySegment in = arena.allocate(LONGEST_FRAME, 64);
  private final MemorySegment out = arena.allocate(LONGEST_FRAME, 64);

  public XdpTestRun(XdpProgram program) {
    this.program = program.fd();
    options.set(ValueLayout.ADDRESS, DATA_IN, in);
  }

  /** What becomes of one frame: {@link #DROP} and so on. {@link #out} then gives its bytes. */
  public int run(byte[] frame) {
    options.set(ValueLayout.ADDRESS, DATA_OUT, out);
    put(frame);
    options.set(ValueLayout.JAVA_INT, SIZE_OUT, LONGEST_FRAME);
    run(1);
    return options.get(ValueLayout.JAVA_INT, RESULT);
  }

  /** The frame of the last {@link #run(byte[])} as it is afterwards. */
  public byte[] out() {
    return out.asSlice(0, options.get(ValueLayout.JAVA_INT, SIZE_OUT))
        .toArray(ValueLayout.JAVA_BYTE);
  }

  /** Sets the frame for {@link #time}. */
  public void put(byte[] frame) {
    MemorySegment.copy(frame, 0, in, ValueLayout.JAVA_BYTE, 0, frame.length);
    options.set(ValueLayout.JAVA_INT, SIZE_IN, frame.length);
  }

  /** The bytes of the frame for {@link #time}, to be changed in place. */
  public MemorySegment frame() {
    return in;
  }

  /**
   * Runs the program on the same frame, which it may change from one time to the next.
   *
   * @return nanoseconds each time, as the kernel measured
   */
  public int time(int repeat) {
    options.set(ValueLayout.ADDRESS, DATA_OUT, MemorySegment.NULL);
    options.set(ValueLayout.JAVA_INT, SIZE_OUT, 0);
    run(repeat);
    return options.get(ValueLayout.JAVA_INT, DURATION);
  }

  /**
   * Runs the program on the frame so many times, and lets each go where the program sends it: a
   * generator. The program has to restore what is changed on the way, since frames are used again.
   *
   * @param batch how many are under way at once
   */
  public void sendLive(int repeat, int batch) {
    options.set(ValueLayout.ADDRESS, DATA_OUT, MemorySegment.NULL);
    options.set(ValueLayout.JAVA_INT, SIZE_OUT, 0);
    options.set(ValueLayout.JAVA_INT, FLAGS, LIVE_FRAMES);
    options.set(ValueLayout.JAVA_INT, BATCH, batch);
    run(repeat);
    options.set(ValueLayout.JAVA_INT, FLAGS, 0);
    options.set(ValueLayout.JAVA_INT, BATCH, 0);
  }

  private void run(int repeat) {
    options.set(ValueLayout.JAVA_INT, REPEAT, repeat);
    int result = libbpf.testRun(errno, program, options);
    if (result < 0) {
      throw new XdpPlaneException("no test run: " + Libc.error(-result));
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
