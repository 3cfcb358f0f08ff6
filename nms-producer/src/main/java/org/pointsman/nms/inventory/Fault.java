package org.pointsman.nms.inventory;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with an inventory.
 *
 * @param line the line it stands in, from 1
 * @param column the title of the column it stands in, or null if it concerns the whole line
 * @param reason a sentence: what was expected and what is there instead; one line, without control
 *     characters, cut to {@link #MAX_REASON_LENGTH} characters
 */
public record Fault(int line, @Nullable String column, String reason) {
  public static final int MAX_REASON_LENGTH = 400;

  public Fault {
    column = column == null ? null : printable(column);
    reason = printable(reason);
  }

  @Override
  public String toString() {
    return "line %d%s: %s".formatted(line, column == null ? "" : ", " + column, reason);
  }

  /** The reason quotes the file, and a file must not send a terminal what it likes. */
  private static String printable(String text) {
    String cut =
        text.length() <= MAX_REASON_LENGTH ? text : text.substring(0, MAX_REASON_LENGTH - 1) + "…";
    StringBuilder safe = new StringBuilder(cut.length());
    cut.codePoints()
        .forEach(c -> safe.appendCodePoint(isUnprintable(c) ? Character.toChars(0xfffd)[0] : c));
    return safe.toString();
  }

  private static boolean isUnprintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
