package org.pointsman.quickstart.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the demo found; its {@code --json} file has the same fields.
 *
 * @param tunnels how many were announced
 * @param announcesPerSecond from the first announce sent to the last one decided
 * @param steerableP50Millis from sending an announce, at {@code pacedPerSecond}, to the assignment
 *     standing in both directors: the median
 * @param steerableP99Millis 99 of 100 are no slower
 * @param pacedAnnounces how many announces these are from
 * @param pacedPerSecond how many were sent in a second
 * @param tunnelsPerServer after the import
 * @param tunnelsPerServerAfterStop after one server was stopped
 * @param stoppedServer which one
 * @param moved how many tunnels it had, which are all that moved
 * @param movedMillis from sending the event to the last of them standing in both directors
 * @param strayed tunnels of other servers that moved all the same: none should
 * @param packets frames handed to the directors
 * @param packetsPerSecond by one thread, building the frames included
 * @param steered sent to the tunnel's server
 * @param passed left to the kernel, as they should be
 * @param missed of no tunnel, as they should be
 * @param lost packets of a known tunnel that were not sent: none should
 * @param misdirected packets sent elsewhere than they should: none should
 * @param outerPacketsPerServer frames from the peers
 * @param innerPacketsPerServer frames from the target subnets
 * @param agreed tunnels for which both directors named the server that the log names, each time
 * @param rejected events refused, other than for changing nothing
 * @param faults the first of everything that was not as it should be, a sentence each
 * @param seconds how long it took, starting included
 */
public record DemoReport(
    int tunnels,
    double announcesPerSecond,
    double steerableP50Millis,
    double steerableP99Millis,
    int pacedAnnounces,
    int pacedPerSecond,
    Map<String, Long> tunnelsPerServer,
    Map<String, Long> tunnelsPerServerAfterStop,
    String stoppedServer,
    int moved,
    double movedMillis,
    int strayed,
    long packets,
    double packetsPerSecond,
    long steered,
    long passed,
    long missed,
    long lost,
    long misdirected,
    Map<String, Long> outerPacketsPerServer,
    Map<String, Long> innerPacketsPerServer,
    int agreed,
    int rejected,
    List<String> faults,
    double seconds) {

  /** True if every tunnel was where it should be, and every packet too. */
  public boolean isGood() {
    return agreed == tunnels
        && lost == 0
        && misdirected == 0
        && strayed == 0
        && rejected == 0
        && faults.isEmpty();
  }

  /** The summary, a line each. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "agreement      %,d of %,d tunnels: both directors name the same server"
            .formatted(agreed, tunnels));
    lines.add(
        "packets        %,d steered, %,d lost, %,d misdirected"
            .formatted(steered, lost, misdirected));
    lines.add(
        "steerable in   p50 %.1f ms, p99 %.1f ms after the announce"
            .formatted(steerableP50Millis, steerableP99Millis));
    lines.add("took           %.1f s".formatted(seconds));
    faults.forEach(fault -> lines.add("fault          " + fault));
    return lines;
  }

  /**
   * Writes it as JSON.
   *
   * @throws IOException if the file cannot be written
   */
  void write(Path file) throws IOException {
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
  }
}
