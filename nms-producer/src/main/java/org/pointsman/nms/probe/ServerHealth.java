package org.pointsman.nms.probe;

import java.time.Duration;
import java.time.Instant;

/**
 * How one server looks to one probe. Pure: answers and their time go in.
 *
 * <p>A server is seen down after {@code fall} questions in a row without an answer, and up after
 * {@code rise} answers in a row; before that, it is seen as it was before, at first not at all.
 *
 * <p><b>Damping</b>, as BGP has it for routes (RFC 2439): each fall costs a point, and half of what
 * there is is forgiven every minute. From three points on, a server that answers again is still
 * seen down, until it is at one or below. Three falls within a short time thus keep it out for
 * about a minute and a half. A fall is never delayed.
 */
final class ServerHealth {
  static final Duration HALF_LIFE = Duration.ofMinutes(1);
  static final double SUPPRESS = 2.9;
  static final double REUSE = 1.0;

  /** How it is seen. */
  enum View {
    UNKNOWN,
    UP,
    DOWN
  }

  private final int fall;
  private final int rise;
  private View view = View.UNKNOWN;
  private int answered;
  private int missed;
  private double points;
  private Instant counted = Instant.EPOCH;
  private boolean suppressed;

  ServerHealth(int fall, int rise) {
    this.fall = fall;
    this.rise = rise;
  }

  /** An answer came in time, or did not. */
  View asked(boolean isAnswered, Instant now) {
    forgive(now);
    answered = isAnswered ? Math.min(answered + 1, rise) : 0;
    missed = isAnswered ? 0 : Math.min(missed + 1, fall);
    if (missed == fall && view != View.DOWN) {
      if (view == View.UP) {
        points++;
        suppressed |= points >= SUPPRESS;
      }
      view = View.DOWN;
    } else if (answered == rise && !suppressed) {
      view = View.UP;
    }
    return view;
  }

  private void forgive(Instant now) {
    double halves =
        Math.max(0, Duration.between(counted, now).toMillis()) / (double) HALF_LIFE.toMillis();
    points *= Math.pow(0.5, halves);
    counted = now;
    if (points <= REUSE) {
      suppressed = false;
    }
  }

  View view() {
    return view;
  }

  /** True while it would be seen up if it had not fallen so often. */
  boolean isDamped() {
    return suppressed && answered == rise;
  }
}
