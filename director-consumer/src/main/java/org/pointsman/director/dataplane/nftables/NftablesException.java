package org.pointsman.director.dataplane.nftables;

/**
 * The kernel, an interface or a library does not do what is needed. The message says what to do.
 */
public final class NftablesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The kernel's error number, or 0 if it was not the kernel that refused. */
  private final int errno;

  NftablesException(String message) {
    this(message, 0);
  }

  NftablesException(String message, int errno) {
    super(message);
    this.errno = errno;
  }

  NftablesException(String message, Throwable cause) {
    super(message, cause);
    this.errno = 0;
  }

  int errno() {
    return errno;
  }
}
