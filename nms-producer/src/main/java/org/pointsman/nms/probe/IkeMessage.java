package org.pointsman.nms.probe;

import java.nio.ByteBuffer;

/**
 * An IKE_SA_INIT request (RFC 7296 §1.2) that no responder can accept, and what counts as an
 * answer.
 *
 * <p>Its one proposal has only transforms of the private range (65535, §3.3.2), so nobody agrees to
 * it, no key exchange is computed, and no state stays behind. A responder says NO_PROPOSAL_CHOSEN,
 * or INVALID_KE_PAYLOAD, or under load asks for a cookie: each proves that its IKE daemon reads,
 * thinks and answers, which an open port does not.
 */
final class IkeMessage {
  private static final int HEADER = 28;
  private static final int SA_INIT = 34;
  private static final int VERSION = 0x20;
  private static final int INITIATOR = 0x08;
  private static final int RESPONSE = 0x20;
  private static final int PRIVATE = 65_535;
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 32;
  private static final int TRANSFORMS = 4;
  private static final int TRANSFORM = 8;
  private static final int PROPOSAL = 8 + TRANSFORMS * TRANSFORM;

  private IkeMessage() {}

  /**
   * The request.
   *
   * @param initiatorSpi names it, so that its answer is known; not 0
   * @param random as many random bytes as key and nonce have: 64
   */
  static byte[] request(long initiatorSpi, byte[] random) {
    if (initiatorSpi == 0 || random.length != KEY_BYTES + NONCE_BYTES) {
      throw new IllegalArgumentException("expected an SPI that is not 0, and 64 random bytes");
    }
    int sa = 4 + PROPOSAL;
    int ke = 8 + KEY_BYTES;
    int nonce = 4 + NONCE_BYTES;
    ByteBuffer out = ByteBuffer.allocate(HEADER + sa + ke + nonce);
    out.putLong(initiatorSpi).putLong(0);
    out.put((byte) 33).put((byte) VERSION).put((byte) SA_INIT).put((byte) INITIATOR);
    out.putInt(0).putInt(out.capacity());

    out.put((byte) 34).put((byte) 0).putShort((short) sa); // security association
    out.put((byte) 0).put((byte) 0).putShort((short) PROPOSAL); // the last proposal
    out.put((byte) 1).put((byte) 1).put((byte) 0).put((byte) TRANSFORMS); // number 1, for IKE
    for (int type = 1; type <= TRANSFORMS; type++) { // encryption, PRF, integrity, group
      out.put((byte) (type == TRANSFORMS ? 0 : 3)).put((byte) 0).putShort((short) TRANSFORM);
      out.put((byte) type).put((byte) 0).putShort((short) PRIVATE);
    }
    out.put((byte) 40).put((byte) 0).putShort((short) ke); // key exchange
    out.putShort((short) PRIVATE).putShort((short) 0).put(random, 0, KEY_BYTES);
    out.put((byte) 0).put((byte) 0).putShort((short) nonce); // nonce
    out.put(random, KEY_BYTES, NONCE_BYTES);
    return out.array();
  }

  /**
   * True if these bytes are a well-formed answer to the request of that SPI: the header is right,
   * and the payloads fill it exactly.
   */
  static boolean isAnswer(ByteBuffer bytes, long initiatorSpi) {
    ByteBuffer in = bytes.slice();
    if (in.remaining() < HEADER || in.getLong(0) != initiatorSpi) {
      return false;
    }
    int version = in.get(17) & 0xf0; // a minor version may be newer
    int flags = in.get(19);
    if (version != VERSION
        || in.get(18) != SA_INIT
        || (flags & RESPONSE) == 0
        || (flags & INITIATOR) != 0
        || in.getInt(20) != 0
        || in.getInt(24) != in.remaining()) {
      return false;
    }
    int next = in.get(16) & 0xff;
    int at = HEADER;
    while (next != 0) {
      if (in.remaining() - at < 4) {
        return false;
      }
      int length = in.getShort(at + 2) & 0xffff;
      if (length < 4 || length > in.remaining() - at) {
        return false;
      }
      next = in.get(at) & 0xff;
      at += length;
    }
    return at == in.remaining();
  }
}
