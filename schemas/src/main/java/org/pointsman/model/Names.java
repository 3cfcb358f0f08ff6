package org.pointsman.model;

/**
 * What a cluster, tunnel or real server may be called: 1 to 128 letters, digits or {@code ._:@+-},
 * the first a letter or digit. No slash, because record keys are made of names joined by slashes,
 * and no space, because names stand on command lines.
 */
final class Names {
  private static final int MOST_CHARACTERS = 128;

  private Names() {}

  static void check(String what, String name) {
    if (!isAllowed(name)) {
      throw new InvalidValueException(
          "expected a %s name of 1 to 128 letters, digits or ._:@+- starting with a letter or digit but got '%s'"
              .formatted(what, name.length() > 140 ? name.substring(0, 140) + "…" : name));
    }
  }

  /** By hand, because every name in every record is checked. */
  private static boolean isAllowed(String name) {
    if (name.isEmpty() || name.length() > MOST_CHARACTERS || !isLetterOrDigit(name.charAt(0))) {
      return false;
    }
    for (int i = 1; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!isLetterOrDigit(c) && "._:@+-".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
