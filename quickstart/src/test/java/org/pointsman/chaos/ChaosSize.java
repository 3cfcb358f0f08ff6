package org.pointsman.chaos;

import java.time.Duration;

/**
 * How much of everything: the short form by default, the long one with the Maven profile {@code
 * chaos}.
 *
 * @param kills how often the assigner is killed
 * @param loadUnderKills how many events are sent meanwhile
 * @param load how many events are sent under every other fault
 * @param away for how long a server is away
 */
record ChaosSize(int kills, int loadUnderKills, int load, Duration away) {
  static ChaosSize ofThisRun() {
    return new ChaosSize(
        Integer.getInteger("chaos.kills", 2),
        Integer.getInteger("chaos.load.kills", 3_000),
        Integer.getInteger("chaos.load", 1_000),
        Duration.ofSeconds(Integer.getInteger("chaos.away.seconds", 5)));
  }
}
