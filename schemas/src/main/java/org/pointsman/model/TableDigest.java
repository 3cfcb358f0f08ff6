package org.pointsman.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * A digest of a set of assignments, kept up to date as they come and go: equal for equal sets,
 * whatever the order and the path by which they came about. So the assigner and all directors that
 * have applied the same decisions have the same digest, or one of them is wrong.
 *
 * <p>It is the sum, modulo 2¹²⁸, of the first 16 bytes (big-endian) of the SHA-256 of each
 * assignment's text, in UTF-8:
 *
 * <pre>CLUSTER/tunnel/TUNNEL SERVER EPOCH OUTER,OUTER… INNER,INNER…</pre>
 *
 * with nothing for the server of a pending tunnel; no part can hold a space. What steers is named,
 * and the epoch stands for the rest. A sum can be forged by whoever may write assignments; it is
 * meant to show mistakes, not attacks.
 *
 * <p>Not safe for several threads.
 */
public final class TableDigest {
  private static final int BYTES = 16;

  private final MessageDigest sha256 = sha256();
  private final StringBuilder text = new StringBuilder(256); // used again for every assignment
  private long high;
  private long low;

  /** The assignment is in the set from now on; it was not. */
  public void add(Assignment assignment) {
    ByteBuffer hash = hash(assignment);
    addWords(hash.getLong(0), hash.getLong(Long.BYTES));
  }

  /** The assignment is in the set no more; it was. */
  public void remove(Assignment assignment) {
    ByteBuffer hash = hash(assignment);
    long negatedLow = -hash.getLong(Long.BYTES);
    long negatedHigh = ~hash.getLong(0) + (negatedLow == 0 ? 1 : 0);
    addWords(negatedHigh, negatedLow);
  }

  /** The 16 bytes; all zero for the empty set. */
  public RawBytes value() {
    return RawBytes.of(ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array());
  }

  private void addWords(long otherHigh, long otherLow) {
    low += otherLow;
    boolean carry = Long.compareUnsigned(low, otherLow) < 0;
    high += otherHigh + (carry ? 1 : 0);
  }

  private ByteBuffer hash(Assignment assignment) {
    text.setLength(0);
    text.append(assignment.cluster()).append("/tunnel/").append(assignment.tunnel()).append(' ');
    if (assignment.server() != null) {
      text.append(assignment.server());
    }
    text.append(' ').append(assignment.epoch()).append(' ');
    join(assignment.outerAddresses());
    text.append(' ');
    join(assignment.innerSubnets());
    return ByteBuffer.wrap(sha256.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private void join(List<?> values) {
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        text.append(',');
      }
      text.append(values.get(i));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
