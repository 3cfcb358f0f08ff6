package org.pointsman.cli;

import java.io.Serial;

/** A command cannot do what it was asked to; the message says why, in a sentence for the user. */
public final class CliException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final int exitCode;

  /** With {@link Cli#FAILED}. */
  public CliException(String message) {
    this(Cli.FAILED, message);
  }

  public CliException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}
