package org.pointsman.lab;

import java.io.IOException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pointsman.cli.CliException;

/** Packets through the tunnels, from the host behind a peer and from the target host. */
final class Traffic {
  private static final Pattern RATE =
      Pattern.compile("([0-9.]+) ([KMG]bits/sec)(?:\\s+\\d+)?\\s+(?:sender|receiver)");
  private static final Pattern ANSWER = Pattern.compile("bytes from .*icmp_seq=(\\d+) ");
  private static final int FREE = 2;
  private static final int UNDER_WAY = 3;
  private static final int PING_SECONDS = 60;
  private static final int IPERF_SECONDS = 2;
  private static final int START_TRIES = 3000;

  private final LabPlan plan;

  Traffic(LabPlan plan) {
    this.plan = plan;
  }

  /**
   * Pings.
   *
   * @param answered how many were answered
   * @param lost how many of the others were not, without the first two, whose Ethernet addresses
   *     may have to be found yet, and the last ones, whose answers may still be under way
   */
  record Pings(int answered, int lost) {}

  /** Pings the target host from behind a peer until {@code count} pings are answered. */
  Pings fromPeer(int peer, int count) throws InterruptedException {
    return ping(LabPlan.peer(peer), LabPlan.peerHost(peer), LabPlan.TARGET_HOST, count);
  }

  /** Pings the host behind a peer from the target net until {@code count} pings are answered. */
  Pings fromTarget(int peer, int count) throws InterruptedException {
    return ping("target", LabPlan.TARGET_HOST, LabPlan.peerHost(peer), count);
  }

  /**
   * With {@code -w}, ping goes on until so many are answered. Without it, ping ends two round trips
   * after its last question, so on a busy host every answer that is later than those before it
   * would be missing.
   */
  private Pings ping(String name, String from, String to, int count) throws InterruptedException {
    Commands.Result result =
        Commands.tryToRun(
            List.of(
                "ip",
                "netns",
                "exec",
                plan.namespace(name),
                "ping",
                "-n",
                "-c",
                String.valueOf(count),
                "-i",
                "0.05",
                "-w",
                String.valueOf(PING_SECONDS),
                "-I",
                from,
                to));
    return read(result.output());
  }

  /** What ping printed. */
  static Pings read(String output) {
    SortedSet<Integer> answered = new TreeSet<>();
    Matcher matcher = ANSWER.matcher(output);
    while (matcher.find()) {
      answered.add(Integer.parseInt(matcher.group(1)));
    }
    int lost = 0;
    int last = answered.isEmpty() ? 0 : answered.last() - UNDER_WAY;
    for (int number = FREE + 1; number <= last; number++) {
      lost += answered.contains(number) ? 0 : 1;
    }
    return new Pings(answered.size(), lost);
  }

  /**
   * Transfers with iperf3.
   *
   * @param isDown true from the target host to the peer's, false the other way
   * @return the rate, such as {@code 42.1 Mbits/sec}
   */
  String transfer(int peer, boolean isDown) throws IOException, InterruptedException {
    Process server =
        new ProcessBuilder(
                "ip",
                "netns",
                "exec",
                plan.namespace("target"),
                "iperf3",
                "-s",
                "-1",
                "-B",
                LabPlan.TARGET_HOST)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      awaitPort(server);
      String output =
          Commands.run(
              "ip",
              "netns",
              "exec",
              plan.namespace(LabPlan.peer(peer)),
              "iperf3",
              "-c",
              LabPlan.TARGET_HOST,
              "-B",
              LabPlan.peerHost(peer),
              "-M",
              "1200",
              "-t",
              String.valueOf(IPERF_SECONDS),
              isDown ? "-R" : "-4");
      Matcher matcher = RATE.matcher(output);
      String rate = "nothing";
      while (matcher.find()) {
        rate = matcher.group(1) + " " + matcher.group(2);
      }
      return rate;
    } finally {
      server.destroy();
    }
  }

  private void awaitPort(Process server) throws InterruptedException {
    for (int tries = 0; tries < START_TRIES && server.isAlive(); tries++) {
      Commands.Result sockets =
          Commands.tryToRun(
              List.of("ip", "netns", "exec", plan.namespace("target"), "ss", "-Hltn"));
      if (sockets.output().contains(":5201")) {
        return;
      }
      Thread.sleep(20);
    }
    throw new CliException("expected iperf3 to listen but it does not; is it installed?");
  }
}
