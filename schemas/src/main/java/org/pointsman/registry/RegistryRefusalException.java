package org.pointsman.registry;

import java.io.Serial;
import org.apache.kafka.common.KafkaException;

/** The registry was asked, and says no. */
public final class RegistryRefusalException extends KafkaException {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;
  private final int errorCode;

  /**
   * @param status HTTP's
   * @param errorCode Confluent's finer one, such as 40403; the status again if the registry gave
   *     none
   */
  public RegistryRefusalException(String message, int status, int errorCode) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }

  public int status() {
    return status;
  }

  public int errorCode() {
    return errorCode;
  }

  /** No such subject, version or schema. */
  public boolean isNotFound() {
    return status == 404;
  }

  /** The schema is not compatible with the versions there are. */
  public boolean isIncompatible() {
    return status == 409;
  }
}
