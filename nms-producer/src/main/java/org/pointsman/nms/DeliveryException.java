package org.pointsman.nms;

/**
 * An event was not acknowledged. The message is a sentence for the person in front: what was
 * expected, what happened, what to do.
 */
public final class DeliveryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean perhapsRecorded;

  DeliveryException(String message, boolean perhapsRecorded, Throwable cause) {
    super(message, cause);
    this.perhapsRecorded = perhapsRecorded;
  }

  /**
   * True if the event may stand in the log nevertheless, because only its acknowledgement is
   * missing. Sending it again does no harm: an event that changes nothing is refused.
   */
  public boolean isPerhapsRecorded() {
    return perhapsRecorded;
  }
}
