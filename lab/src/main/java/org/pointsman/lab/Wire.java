package org.pointsman.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pointsman.cli.CliException;

/**
 * What reaches the gateways from the peers, seen on the wire by tcpdump: not what a program says it
 * has sent or received.
 */
final class Wire implements AutoCloseable {
  private static final Pattern PACKET =
      Pattern.compile("IP (192\\.0\\.2\\.\\d+)\\.4500 > " + LabPlan.VIRTUAL_ADDRESS + "\\.4500:");
  private static final int START_TRIES = 3000;

  private final Map<Integer, Process> processes = new LinkedHashMap<>();
  private final Map<Integer, Path> files = new LinkedHashMap<>();

  private Wire() {}

  /** Begins to look; {@link #close} ends it. */
  static Wire tap(LabPlan plan, Path folder) throws IOException, InterruptedException {
    Wire wire = new Wire();
    for (int gateway : plan.gateways()) {
      Path file = Files.createTempFile(folder, "wire-" + gateway + "-", ".txt");
      wire.files.put(gateway, file);
      wire.processes.put(
          gateway,
          new ProcessBuilder(
                  "ip",
                  "netns",
                  "exec",
                  plan.namespace(LabPlan.gateway(gateway)),
                  "tcpdump",
                  "-i",
                  "eth0",
                  "-n",
                  "-l",
                  "--immediate-mode",
                  "udp port 4500")
              .redirectErrorStream(true)
              .redirectOutput(file.toFile())
              .start());
    }
    for (Path file : wire.files.values()) {
      for (int tries = 0; !Files.readString(file).contains("listening on"); tries++) {
        if (tries == START_TRIES) {
          wire.close();
          throw new CliException(
              "expected tcpdump to listen but: " + Files.readString(file).strip());
        }
        Thread.sleep(20);
      }
    }
    return wire;
  }

  /** How many packets came from each peer's address to each gateway until now. */
  Map<Integer, Map<String, Integer>> counts() throws IOException {
    Map<Integer, Map<String, Integer>> counts = new TreeMap<>();
    for (Map.Entry<Integer, Path> entry : files.entrySet()) {
      Map<String, Integer> peers = new TreeMap<>();
      Matcher matcher = PACKET.matcher(Files.readString(entry.getValue()));
      while (matcher.find()) {
        peers.merge(matcher.group(1), 1, Integer::sum);
      }
      counts.put(entry.getKey(), peers);
    }
    return counts;
  }

  @Override
  public void close() {
    processes.values().forEach(Process::destroy);
  }
}
