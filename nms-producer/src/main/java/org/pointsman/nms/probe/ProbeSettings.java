package org.pointsman.nms.probe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.pointsman.model.InvalidValueException;

/**
 * How servers are asked and when they count as down or up.
 *
 * @param check how
 * @param port the port of an IKE or TCP check
 * @param interval from one question to the next, 10 ms to 1 hour
 * @param timeout how long an answer may take, 1 ms to 1 minute; the next question waits for it
 * @param fall how many questions in a row without an answer make a server down, 1 to 100
 * @param rise how many answers in a row make it up, 1 to 100
 * @param jitter by how much an interval may be longer or shorter, a share of 0 to 0.5, so that many
 *     probes do not ask in step
 * @param allowEmpty publish down also for the last server that is up
 * @param quorum how many probes have to agree that a server is down, itself among them
 */
public record ProbeSettings(
    Check check,
    int port,
    Duration interval,
    Duration timeout,
    int fall,
    int rise,
    double jitter,
    boolean allowEmpty,
    int quorum) {

  /** How a server is asked. */
  public enum Check {
    /** An IKE_SA_INIT. */
    IKE,
    /** An ICMP echo; without root's rights the JDK asks TCP port 7 instead. */
    ICMP,
    /** A TCP connection. */
    TCP
  }

  public ProbeSettings {
    List<String> faults = new ArrayList<>();
    check(faults, port >= 1 && port <= 65_535, "a port of 1 to 65535", port);
    check(
        faults,
        interval.toMillis() >= 10 && interval.compareTo(Duration.ofHours(1)) <= 0,
        "an interval of 10 ms to 1 hour",
        interval);
    check(
        faults,
        timeout.toMillis() >= 1 && timeout.compareTo(Duration.ofMinutes(1)) <= 0,
        "a timeout of 1 ms to 1 minute",
        timeout);
    check(faults, fall >= 1 && fall <= 100, "a fall of 1 to 100", fall);
    check(faults, rise >= 1 && rise <= 100, "a rise of 1 to 100", rise);
    check(faults, jitter >= 0 && jitter <= 0.5, "a jitter of 0 to 0.5", jitter);
    check(faults, quorum >= 1 && quorum <= 100, "a quorum of 1 to 100", quorum);
    if (!faults.isEmpty()) {
      throw new InvalidValueException(String.join(System.lineSeparator(), faults));
    }
  }

  /** IKE every second, down after three misses and up after two answers, by one probe. */
  public static ProbeSettings defaults() {
    return new ProbeSettings(
        Check.IKE, 500, Duration.ofSeconds(1), Duration.ofMillis(800), 3, 2, 0.1, false, 1);
  }

  /** With another interval, and four fifths of it to answer. */
  public ProbeSettings withInterval(Duration interval) {
    return new ProbeSettings(
        check,
        port,
        interval,
        interval.multipliedBy(4).dividedBy(5),
        fall,
        rise,
        jitter,
        allowEmpty,
        quorum);
  }

  /** With another time to answer. */
  public ProbeSettings withTimeout(Duration timeout) {
    return new ProbeSettings(
        check, port, interval, timeout, fall, rise, jitter, allowEmpty, quorum);
  }

  private static void check(List<String> faults, boolean isGood, String expected, Object got) {
    if (!isGood) {
      faults.add("expected %s but got %s".formatted(expected, got));
    }
  }

  /** The time to the next question. */
  Duration next(double random) {
    return Duration.ofNanos((long) (interval.toNanos() * (1 + jitter * (2 * random - 1))));
  }
}
