package org.pointsman.nms.strongswan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.ServerId;

/**
 * What a bridge is told.
 *
 * @param server the real server whose charon it watches
 * @param naming how charon's names become tunnels
 * @param announce announce tunnels from charon's configured connections
 * @param takeoversPerSecond how many tunnels that moved here to call a second, 0 for none, at most
 *     1,000
 * @param takeoverDelay how long after the decision to call, so that the directors send the peer's
 *     answer here; 0 to 1 minute
 * @param absentAfter how long a tunnel that moved here may be without a peer until it is reported
 *     down, 1 second to 1 day
 */
public record BridgeSettings(
    ServerId server,
    TunnelNaming naming,
    boolean announce,
    int takeoversPerSecond,
    Duration takeoverDelay,
    Duration absentAfter) {
  public static final int DEFAULT_TAKEOVERS_PER_SECOND = 20;
  public static final Duration DEFAULT_TAKEOVER_DELAY = Duration.ofMillis(100);
  public static final Duration DEFAULT_ABSENT_AFTER = Duration.ofMinutes(5);

  private static final int MOST_PER_SECOND = 1000;
  private static final Duration MOST_DELAY = Duration.ofMinutes(1);
  private static final Duration MOST_ABSENT = Duration.ofDays(1);

  /**
   * @throws InvalidValueException with a sentence for each fault, a line each
   */
  public BridgeSettings {
    List<String> faults = new ArrayList<>();
    if (takeoversPerSecond < 0 || takeoversPerSecond > MOST_PER_SECOND) {
      faults.add(
          "expected 0 to %,d takeovers a second but got %,d"
              .formatted(MOST_PER_SECOND, takeoversPerSecond));
    }
    if (takeoverDelay.isNegative() || takeoverDelay.compareTo(MOST_DELAY) > 0) {
      faults.add("expected a takeover delay of 0 to 1 minute but got " + takeoverDelay);
    }
    if (absentAfter.compareTo(Duration.ofSeconds(1)) < 0
        || absentAfter.compareTo(MOST_ABSENT) > 0) {
      faults.add("expected 1 second to 1 day until absent but got " + absentAfter);
    }
    if (!faults.isEmpty()) {
      throw new InvalidValueException(String.join(System.lineSeparator(), faults));
    }
  }

  /** With the defaults for whatever is not named. */
  public static BridgeSettings of(ServerId server) {
    return new BridgeSettings(
        server,
        TunnelNaming.CONNECTION,
        false,
        DEFAULT_TAKEOVERS_PER_SECOND,
        DEFAULT_TAKEOVER_DELAY,
        DEFAULT_ABSENT_AFTER);
  }

  public BridgeSettings withAnnounce(boolean announce) {
    return new BridgeSettings(
        server, naming, announce, takeoversPerSecond, takeoverDelay, absentAfter);
  }

  public BridgeSettings withTakeoversPerSecond(int takeoversPerSecond) {
    return new BridgeSettings(
        server, naming, announce, takeoversPerSecond, takeoverDelay, absentAfter);
  }

  public BridgeSettings withNaming(TunnelNaming naming) {
    return new BridgeSettings(
        server, naming, announce, takeoversPerSecond, takeoverDelay, absentAfter);
  }
}
