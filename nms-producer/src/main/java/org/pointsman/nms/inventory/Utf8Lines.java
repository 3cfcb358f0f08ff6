package org.pointsman.nms.inventory;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file, one at a time, each decoded by itself: so a byte that is not UTF-8 is
 * reported where it stands and costs that line only.
 *
 * <p>A line ends with LF, CR LF, CR or the end of the file. A byte order mark before the first line
 * is passed over.
 */
final class Utf8Lines {
  /** Room for the largest tunnel there can be, ten times over. */
  static final int MAX_LINE_BYTES = 1 << 20;

  private static final int END = -1;

  /**
   * One line.
   *
   * @param number from 1
   * @param text its characters without the line's end; empty if there is a fault
   * @param fault why it cannot be read, or null
   */
  record Line(int number, String text, @Nullable Fault fault) {}

  private final InputStream in;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final byte[] chunk = new byte[1 << 16];
  private int chunkLength;
  private int chunkPosition;
  private byte[] line = new byte[256];
  private int number;
  private boolean afterCarriageReturn;

  Utf8Lines(InputStream in) {
    this.in = in;
  }

  /** The number of the last line given; 0 before the first. */
  int number() {
    return number;
  }

  /**
   * The next line, or null at the end of the file.
   *
   * @throws UncheckedIOException if the file cannot be read
   */
  @Nullable Line next() {
    int length = 0;
    boolean any = false;
    while (true) {
      int next = read();
      if (next == '\n' && afterCarriageReturn) {
        afterCarriageReturn = false;
        continue;
      }
      afterCarriageReturn = next == '\r';
      if (next == END && !any) {
        return null;
      }
      if (next == END || next == '\n' || next == '\r') {
        number++;
        return decode(length);
      }
      any = true;
      if (length < MAX_LINE_BYTES) {
        if (length == line.length) {
          line = Arrays.copyOf(line, Math.min(2 * length, MAX_LINE_BYTES));
        }
        line[length] = (byte) next;
      }
      length++;
    }
  }

  private Line decode(int length) {
    if (length > MAX_LINE_BYTES) {
      return bad(
          "expected a line of at most %d bytes but it has %d; is this a CSV file?"
              .formatted(MAX_LINE_BYTES, length));
    }
    int start = number == 1 ? byteOrderMark(length) : 0;
    ByteBuffer bytes = ByteBuffer.wrap(line, start, length - start);
    CharBuffer characters = CharBuffer.allocate(length);
    decoder.reset();
    CoderResult result = decoder.decode(bytes, characters, true);
    if (result.isError()) {
      int at = bytes.position();
      return bad(
          "expected UTF-8 but byte %d is 0x%02X; save the file as UTF-8"
              .formatted(at + 1, line[at] & 0xff));
    }
    return new Line(number, characters.flip().toString(), null);
  }

  private int byteOrderMark(int length) {
    boolean mark =
        length >= 3 && line[0] == (byte) 0xef && line[1] == (byte) 0xbb && line[2] == (byte) 0xbf;
    return mark ? 3 : 0;
  }

  private Line bad(String reason) {
    return new Line(number, "", new Fault(number, null, reason));
  }

  private int read() {
    if (chunkPosition == chunkLength) {
      try {
        chunkLength = in.read(chunk);
      } catch (IOException cannotRead) {
        throw new UncheckedIOException(cannotRead);
      }
      chunkPosition = 0;
      if (chunkLength <= 0) {
        chunkLength = 0;
        return END;
      }
    }
    return chunk[chunkPosition++] & 0xff;
  }
}
