package org.pointsman.model;

/**
 * A value from outside that is not what it should be. The message is a sentence for the person who
 * wrote the value: "expected … but …; do …".
 */
public final class InvalidValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public InvalidValueException(String message) {
    super(message);
  }
}
