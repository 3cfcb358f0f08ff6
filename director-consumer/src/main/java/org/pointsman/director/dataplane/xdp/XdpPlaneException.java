package org.pointsman.director.dataplane.xdp;

/** The XDP plane cannot be set up. The message says what to do. */
public final class XdpPlaneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public XdpPlaneException(String message) {
    super(message);
  }

  public XdpPlaneException(String message, Throwable cause) {
    super(message, cause);
  }
}
