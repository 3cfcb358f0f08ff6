package org.pointsman.model;

import java.util.regex.Pattern;

/**
 * What a cluster, tunnel or real server may be called: 1 to 128 letters, digits or {@code ._:@+-},
 * the first a letter or digit. No slash, because record keys are made of names joined by slashes,
 * and no space, because names stand on command lines.
 */
final class Names {
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}");

  private Names() {}

  static void check(String what, String name) {
    if (!ALLOWED.matcher(name).matches()) {
      throw new InvalidValueException(
          "expected a %s name of 1 to 128 letters, digits or ._:@+- starting with a letter or digit but got '%s'"
              .formatted(what, name.length() > 140 ? name.substring(0, 140) + "…" : name));
    }
  }
}
