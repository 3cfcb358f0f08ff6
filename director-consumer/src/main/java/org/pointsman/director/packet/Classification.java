package org.pointsman.director.packet;

import org.pointsman.model.IpAddress;

/**
 * Where a {@link PacketClassifier} writes what it found. One for each thread, used again for every
 * packet, so that classifying allocates nothing.
 */
public final class Classification {
  /** The packet under way. */
  byte[] bytes = {};

  int capturedEnd;
  int wireEnd;

  private Reason reason = Reason.NOT_IP;
  private int server;
  private boolean hasKey;
  private boolean keyIsV4;
  private long keyHigh;
  private long keyLow;

  public Verdict verdict() {
    return reason.verdict();
  }

  public Reason reason() {
    return reason;
  }

  /** The index of the real server if the verdict is {@link Verdict#STEER}, else 0. */
  public int server() {
    return server;
  }

  /** True if an address was looked up, so that {@link #key} gives it. */
  public boolean hasKey() {
    return hasKey;
  }

  public boolean keyIsV4() {
    return keyIsV4;
  }

  /** The upper 64 bits of the address looked up; 0 for IPv4. */
  public long keyHigh() {
    return keyHigh;
  }

  /** The lower 64 bits of the address looked up; for IPv4 its 32 bits, unsigned. */
  public long keyLow() {
    return keyLow;
  }

  /** The address looked up, as an object. */
  public IpAddress key() {
    return keyIsV4 ? IpAddress.v4((int) keyLow) : IpAddress.v6(keyHigh, keyLow);
  }

  void begin(byte[] packet, int offset, int captured, int wire) {
    bytes = packet;
    capturedEnd = offset + captured;
    wireEnd = offset + Math.max(captured, wire);
    server = 0;
    hasKey = false;
  }

  void pass(Reason why) {
    reason = why;
  }

  void keyV4(int address) {
    hasKey = true;
    keyIsV4 = true;
    keyHigh = 0;
    keyLow = Integer.toUnsignedLong(address);
  }

  void keyV6(long high, long low) {
    hasKey = true;
    keyIsV4 = false;
    keyHigh = high;
    keyLow = low;
  }

  void found(int index, Reason ifFound, Reason ifNot) {
    server = index;
    reason = index != 0 ? ifFound : ifNot;
  }

  /**
   * True if the packet holds its bytes up to {@code end}; else it gets its verdict.
   *
   * @param limit where the enclosing header says that the packet ends
   */
  boolean reaches(int end, int limit) {
    if (end > limit) {
      reason = Reason.MALFORMED;
      return false;
    }
    if (end > capturedEnd) {
      reason = Reason.CUT_SHORT;
      return false;
    }
    return true;
  }

  int u8(int at) {
    return bytes[at] & 0xff;
  }

  int u16(int at) {
    return (int) (short) Frames.SHORT.get(bytes, at) & 0xffff;
  }

  int i32(int at) {
    return (int) Frames.INT.get(bytes, at);
  }

  long i64(int at) {
    return (long) Frames.LONG.get(bytes, at);
  }
}
