package org.pointsman.director.dataplane.pcap;

/** The interface, or libpcap itself, cannot be used. The message says what to do. */
public final class PcapPlaneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PcapPlaneException(String message, Throwable cause) {
    super(message, cause);
  }

  public PcapPlaneException(String message) {
    super(message);
  }
}
