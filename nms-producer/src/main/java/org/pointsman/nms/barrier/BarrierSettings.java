package org.pointsman.nms.barrier;

import java.time.Duration;
import org.pointsman.model.InvalidValueException;

/**
 * How long the barrier waits, and for whom.
 *
 * @param timeout how long an announce may take to be steerable
 * @param liveFor a director that has said nothing for longer is not waited for; directors speak
 *     every two seconds
 */
public record BarrierSettings(Duration timeout, Duration liveFor) {
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
  public static final Duration DEFAULT_LIVE_FOR = Duration.ofSeconds(8);

  /**
   * @throws InvalidValueException if one of them is not positive
   */
  public BarrierSettings {
    if (!timeout.isPositive() || !liveFor.isPositive()) {
      throw new InvalidValueException(
          "expected a timeout and a bound for live directors of more than 0 but got %s and %s"
              .formatted(timeout, liveFor));
    }
  }

  public static BarrierSettings defaults() {
    return new BarrierSettings(DEFAULT_TIMEOUT, DEFAULT_LIVE_FOR);
  }
}
