package org.pointsman.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pointsman.cli.CliException;

/** The namespaces of a lab, made from its plan. Removing them removes all that was in them. */
final class LabNetwork implements AutoCloseable {
  private final LabPlan plan;

  private LabNetwork(LabPlan plan) {
    this.plan = plan;
  }

  /**
   * Makes them; on failure none is left.
   *
   * @throws CliException if a command fails, or a namespace of that name is there already
   */
  static LabNetwork make(LabPlan plan) throws InterruptedException {
    refuseSecond(plan.prefix());
    LabNetwork network = new LabNetwork(plan);
    try {
      for (String ip : plan.build()) {
        List<String> words = new ArrayList<>(List.of("ip"));
        words.addAll(Arrays.asList(ip.split(" ", -1)));
        Commands.run(words);
      }
      network.tune();
      return network;
    } catch (CliException | InterruptedException failed) {
      network.close();
      throw failed;
    }
  }

  /**
   * Sees to it that none is there.
   *
   * @throws CliException if one is
   */
  static void refuseSecond(String prefix) throws InterruptedException {
    List<String> there = existing(prefix);
    if (!there.isEmpty()) {
      throw new CliException(
          "expected no lab named %s but there is one (%s); end it with 'pointsman lab down%s', or choose another --name"
              .formatted(prefix, there.getFirst(), LabPlan.nameOption(prefix)));
    }
  }

  private void tune() throws InterruptedException {
    for (String name : plan.namespaces()) {
      boolean isForwarding = name.contains("-gw-") || name.endsWith("-router");
      String settings =
          "echo 0 | tee /proc/sys/net/ipv4/conf/*/rp_filter /proc/sys/net/ipv4/conf/*/send_redirects; "
              + "echo %d > /proc/sys/net/ipv4/ip_forward; ".formatted(isForwarding ? 1 : 0)
              + (name.contains("-gw-")
                  ? "echo 1 | tee /proc/sys/net/ipv4/conf/*/arp_ignore; echo 2 | tee /proc/sys/net/ipv4/conf/*/arp_announce; "
                  : "")
              // libpcap must not see checksums that the sender left to hardware, nor joined
              // segments
              + "for d in $(ls /sys/class/net); do ethtool -K $d tx off tso off gso off gro off || true; done";
      inside(name, settings);
    }
  }

  private static void inside(String name, String script) throws InterruptedException {
    Commands.run("ip", "netns", "exec", name, "sh", "-c", script);
  }

  /** The namespaces that a lab of that prefix has left or has. */
  static List<String> existing(String prefix) throws InterruptedException {
    return Commands.run("ip", "netns", "list")
        .lines()
        .map(line -> line.split(" ", -1)[0])
        .filter(name -> LabPlan.isNamespace(prefix, name))
        .toList();
  }

  /** Removes every namespace of that prefix, and ends what still runs in one. */
  static void remove(String prefix) throws InterruptedException {
    for (String name : existing(prefix)) {
      Commands.Result pids = Commands.tryToRun(List.of("ip", "netns", "pids", name));
      pids.output()
          .lines()
          .filter(line -> line.matches("\\d+"))
          .map(Long::valueOf)
          .filter(pid -> pid != ProcessHandle.current().pid())
          .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
      Commands.Result _ = Commands.tryToRun(List.of("ip", "netns", "del", name));
    }
  }

  @Override
  public void close() {
    Uninterrupted.run(
        () -> {
          try {
            remove(plan.prefix());
          } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
          }
        });
  }
}
