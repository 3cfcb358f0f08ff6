package org.pointsman.director.dataplane;

/** What is to be done with a frame that was handled. */
public enum Handling {
  /** Send it as it is now, with its server's address. */
  SEND,
  /** Leave it to the kernel. */
  PASS,
  /** Drop it. */
  DROP
}
