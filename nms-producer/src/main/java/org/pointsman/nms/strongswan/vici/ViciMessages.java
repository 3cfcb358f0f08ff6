package org.pointsman.nms.strongswan.vici;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pointsman.nms.strongswan.vici.ViciValue.Section;
import org.pointsman.nms.strongswan.vici.ViciValue.Text;
import org.pointsman.nms.strongswan.vici.ViciValue.Texts;

/**
 * A message as bytes. It is a sequence of elements, each a type byte and what follows it: a name
 * has an 8-bit length before it, a value a 16-bit one, both in network order.
 *
 * <pre>
 *   SECTION_START 1 name      KEY_VALUE  3 name value      LIST_ITEM 5 value
 *   SECTION_END   2           LIST_START 4 name            LIST_END  6
 * </pre>
 */
final class ViciMessages {
  /** charon's own messages are four deep; a stack must not follow whatever a stranger sends. */
  static final int MAX_DEPTH = 32;

  static final int MAX_NAME_BYTES = 0xff;
  static final int MAX_VALUE_BYTES = 0xffff;

  private static final int SECTION_START = 1;
  private static final int SECTION_END = 2;
  private static final int KEY_VALUE = 3;
  private static final int LIST_START = 4;
  private static final int LIST_ITEM = 5;
  private static final int LIST_END = 6;
  private static final int END = -1;

  private ViciMessages() {}

  // ---- to bytes --------------------------------------------------------------------------------

  /**
   * The bytes of a message.
   *
   * @throws IllegalArgumentException if a name has more than 255 bytes, or a value more than 65,535
   */
  static byte[] encode(Section message) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    encode(message, out);
    return out.toByteArray();
  }

  private static void encode(Section section, ByteArrayOutputStream out) {
    section
        .values()
        .forEach(
            (name, value) -> {
              switch (value) {
                case Text text -> {
                  out.write(KEY_VALUE);
                  name(name, out);
                  value(text.text(), out);
                }
                case Texts list -> {
                  out.write(LIST_START);
                  name(name, out);
                  for (String item : list.texts()) {
                    out.write(LIST_ITEM);
                    value(item, out);
                  }
                  out.write(LIST_END);
                }
                case Section inner -> {
                  out.write(SECTION_START);
                  name(name, out);
                  encode(inner, out);
                  out.write(SECTION_END);
                }
              }
            });
  }

  /** Writes a name: its length in a byte, and its bytes. */
  static void name(String name, ByteArrayOutputStream out) {
    byte[] bytes = checked(name, MAX_NAME_BYTES);
    out.write(bytes.length);
    out.writeBytes(bytes);
  }

  private static void value(String value, ByteArrayOutputStream out) {
    byte[] bytes = checked(value, MAX_VALUE_BYTES);
    out.write(bytes.length >>> 8);
    out.write(bytes.length);
    out.writeBytes(bytes);
  }

  private static byte[] checked(String text, int most) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > most) {
      throw new IllegalArgumentException(
          "expected at most %d bytes in a VICI message but got %d".formatted(most, bytes.length));
    }
    return bytes;
  }

  // ---- from bytes ------------------------------------------------------------------------------

  /**
   * Reads a message to the end of {@code bytes}. Of a name that comes twice in a section, the last
   * one counts.
   *
   * @throws ViciException if it is none
   */
  static Section decode(ByteBuffer bytes) throws ViciException {
    return section(bytes, 0);
  }

  private static Section section(ByteBuffer bytes, int depth) throws ViciException {
    if (depth > MAX_DEPTH) {
      throw malformed(bytes, "sections are nested deeper than " + MAX_DEPTH);
    }
    Map<String, ViciValue> values = new LinkedHashMap<>();
    while (true) {
      int type = type(bytes);
      switch (type) {
        case SECTION_START -> {
          String name = name(bytes);
          values.put(name, section(bytes, depth + 1));
        }
        case KEY_VALUE -> {
          String name = name(bytes);
          values.put(name, new Text(value(bytes)));
        }
        case LIST_START -> {
          String name = name(bytes);
          values.put(name, list(bytes));
        }
        case SECTION_END, END -> {
          if ((type == END) != (depth == 0)) {
            throw malformed(
                bytes, type == END ? "a section does not end" : "a section ends that never began");
          }
          return new Section(values);
        }
        default -> throw malformed(bytes, "element type %d is none here".formatted(type));
      }
    }
  }

  private static Texts list(ByteBuffer bytes) throws ViciException {
    List<String> items = new ArrayList<>();
    while (true) {
      int type = type(bytes);
      switch (type) {
        case LIST_ITEM -> items.add(value(bytes));
        case LIST_END -> {
          return new Texts(items);
        }
        case END -> throw malformed(bytes, "a list does not end");
        default -> throw malformed(bytes, "element type %d is none in a list".formatted(type));
      }
    }
  }

  private static int type(ByteBuffer bytes) {
    return bytes.hasRemaining() ? bytes.get() & 0xff : END;
  }

  /** Reads a name: its length in a byte, and its bytes. */
  static String name(ByteBuffer bytes) throws ViciException {
    return text(bytes, bytes.hasRemaining() ? bytes.get() & 0xff : 1);
  }

  private static String value(ByteBuffer bytes) throws ViciException {
    return text(bytes, bytes.remaining() >= 2 ? bytes.getShort() & 0xffff : MAX_VALUE_BYTES + 1);
  }

  private static String text(ByteBuffer bytes, int length) throws ViciException {
    if (length > bytes.remaining()) {
      throw malformed(bytes, "it is cut short");
    }
    byte[] text = new byte[length];
    bytes.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static ViciException malformed(ByteBuffer bytes, String why) {
    return new ViciException(
        "expected a VICI message but at byte %d %s; is this charon's VICI socket?"
            .formatted(bytes.position(), why));
  }
}
