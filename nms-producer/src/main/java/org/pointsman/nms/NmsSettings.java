package org.pointsman.nms;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.pointsman.model.InvalidValueException;
import org.pointsman.nms.barrier.BarrierSettings;

/**
 * How an {@link NmsClient} sends.
 *
 * @param source who says so, for the audit: 1 to 256 characters, such as {@code nms@noc-1}
 * @param deliveryTimeout how long an event may take to be acknowledged, {@link
 *     #MIN_DELIVERY_TIMEOUT} to {@link #MAX_DELIVERY_TIMEOUT}
 * @param noticeAfter how long to wait for a broker in silence; then {@code notices} hears what is
 *     being waited for
 * @param clock gives events the time at which they occurred
 * @param eventIds gives each event its id, a different one each time
 * @param notices hears sentences for the person in front while something takes long
 * @param barrier how long an announce may take to be steerable, and which directors are waited for
 */
public record NmsSettings(
    String source,
    Duration deliveryTimeout,
    Duration noticeAfter,
    Clock clock,
    Supplier<String> eventIds,
    Consumer<String> notices,
    BarrierSettings barrier) {
  public static final Duration DEFAULT_DELIVERY_TIMEOUT = Duration.ofSeconds(30);
  public static final Duration MIN_DELIVERY_TIMEOUT = Duration.ofSeconds(1);
  public static final Duration MAX_DELIVERY_TIMEOUT = Duration.ofHours(1);

  private static final Duration DEFAULT_NOTICE_AFTER = Duration.ofSeconds(3);
  private static final int MAX_SOURCE_LENGTH = 256;

  public NmsSettings {
    List<String> faults = new ArrayList<>();
    if (source.isBlank() || source.length() > MAX_SOURCE_LENGTH) {
      faults.add(
          "expected a source of 1 to %d characters but got '%s'"
              .formatted(MAX_SOURCE_LENGTH, source));
    }
    if (deliveryTimeout.compareTo(MIN_DELIVERY_TIMEOUT) < 0
        || deliveryTimeout.compareTo(MAX_DELIVERY_TIMEOUT) > 0) {
      faults.add(
          "expected a delivery timeout of %s to %s but got %s"
              .formatted(MIN_DELIVERY_TIMEOUT, MAX_DELIVERY_TIMEOUT, deliveryTimeout));
    }
    if (noticeAfter.isNegative()) {
      faults.add("expected a notice after 0 or longer but got " + noticeAfter);
    }
    if (!faults.isEmpty()) {
      throw new InvalidValueException(String.join("; ", faults));
    }
  }

  /** The host's clock, random event ids, {@code pointsman-nms@HOST} as source, no notices. */
  public static NmsSettings defaults() {
    return new NmsSettings(
        defaultSource(),
        DEFAULT_DELIVERY_TIMEOUT,
        DEFAULT_NOTICE_AFTER,
        Clock.systemUTC(),
        () -> UUID.randomUUID().toString(),
        _ -> {},
        BarrierSettings.defaults());
  }

  public NmsSettings withSource(String source) {
    return new NmsSettings(source, deliveryTimeout, noticeAfter, clock, eventIds, notices, barrier);
  }

  public NmsSettings withDeliveryTimeout(Duration deliveryTimeout) {
    return new NmsSettings(source, deliveryTimeout, noticeAfter, clock, eventIds, notices, barrier);
  }

  public NmsSettings withNotices(Consumer<String> notices) {
    return new NmsSettings(source, deliveryTimeout, noticeAfter, clock, eventIds, notices, barrier);
  }

  public NmsSettings withClock(Clock clock) {
    return new NmsSettings(source, deliveryTimeout, noticeAfter, clock, eventIds, notices, barrier);
  }

  public NmsSettings withBarrier(BarrierSettings barrier) {
    return new NmsSettings(source, deliveryTimeout, noticeAfter, clock, eventIds, notices, barrier);
  }

  private static String defaultSource() {
    try {
      return "pointsman-nms@" + InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException hostWithoutAddress) {
      return "pointsman-nms@unknown-host";
    }
  }
}
