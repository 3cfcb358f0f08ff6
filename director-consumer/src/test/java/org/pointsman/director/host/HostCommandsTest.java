package org.pointsman.director.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pointsman.cli.Cli;
import picocli.CommandLine;

final class HostCommandsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** A host made up. */
  private record Host(
      String system,
      String kernel,
      long capabilities,
      Set<String> missing,
      Set<String> mounted,
      boolean hasKernelProgram)
      implements HostFacts {
    @Override
    public Optional<String> missingLibrary(String name) {
      return missing.contains(name) ? Optional.of("no " + name) : Optional.empty();
    }

    @Override
    public Optional<String> missingLibpcap() {
      return missing.contains("libpcap") ? Optional.of("install libpcap") : Optional.empty();
    }

    @Override
    public boolean isMounted(String type) {
      return mounted.contains(type);
    }
  }

  private static Host root(String kernel, Set<String> missing) {
    return new Host("Linux", kernel, -1, missing, Set.of("bpf"), true);
  }

  private static long set(Capability... capabilities) {
    long set = 0;
    for (Capability capability : capabilities) {
      for (int bit = 0; bit < 64; bit++) {
        set |= capability.isIn(1L << bit) ? 1L << bit : 0;
      }
    }
    return set;
  }

  private static String withCapabilities(Capability... capabilities) {
    Host host = new Host("Linux", "6.1.0", set(capabilities), Set.of(), Set.of("bpf"), true);
    return working(host);
  }

  private static String working(Host host) {
    List<String> working = new ArrayList<>();
    for (HostCheck.Finding finding : new HostCheck(host).findings()) {
      assertThat(finding.remedies().isEmpty()).isEqualTo(finding.works());
      if (finding.works()) {
        working.add(finding.what());
      }
    }
    return String.join(" ", working);
  }

  private int run(Object command, String... arguments) {
    CommandLine line = Cli.commandLine(command);
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void eachPlaneNeedsExactlyItsCapabilities() {
    assertThat(withCapabilities()).isEqualTo("memory servers without --mac");
    assertThat(withCapabilities(Capability.NET_RAW)).isEqualTo("memory pcap servers without --mac");
    assertThat(withCapabilities(Capability.NET_ADMIN))
        .isEqualTo("memory nftables servers without --mac");
    assertThat(withCapabilities(Capability.NET_ADMIN, Capability.BPF, Capability.PERFMON))
        .isEqualTo("memory nftables xdp servers without --mac");
    assertThat(withCapabilities(Capability.NET_ADMIN, Capability.SYS_ADMIN))
        .isEqualTo("memory nftables xdp servers without --mac");
  }

  @Test
  void theKernelThePackagesAndTheFileSystemCount() {
    assertThat(working(root("6.1.0-9-amd64", Set.of()))).contains("pcap", "nftables", "xdp");
    assertThat(working(root("5.15.0", Set.of()))).contains("xdp");
    assertThat(working(root("5.14.21", Set.of()))).doesNotContain("xdp", "nftables");
    assertThat(working(root("6.1.0", Set.of("libbpf.so.1")))).doesNotContain("xdp");
    assertThat(working(root("6.1.0", Set.of("libnftnl.so.11")))).doesNotContain("nftables");
    assertThat(working(root("6.1.0", Set.of("libpcap")))).doesNotContain("pcap");
    assertThat(working(new Host("Linux", "6.1.0", -1, Set.of(), Set.of(), true)))
        .doesNotContain("xdp");
    assertThat(working(new Host("Linux", "6.1.0", -1, Set.of(), Set.of("bpf"), false)))
        .doesNotContain("xdp");
    assertThat(working(new Host("Mac OS X", "25.0", -1, Set.of(), Set.of(), true)))
        .isEqualTo("memory pcap");
  }

  @Test
  void theTableSaysWhatToDo() {
    Host host = new Host("Linux", "6.1.0", 0, Set.of("libbpf.so.1"), Set.of(), true);
    assertThat(run(new CheckCommand(host))).isEqualTo(Cli.OK);
    assertThat(out.toString())
        .contains(
            "Linux 6.1.0",
            "memory                 yes",
            "xdp                    no ",
            "- install libbpf.so.1 (Debian, Ubuntu: libbpf1)",
            "- mount the BPF file system: mount -t bpf bpf /sys/fs/bpf",
            "- run as root, or with CAP_BPF (systemd: AmbientCapabilities=CAP_BPF)");
  }

  @Test
  void theExitCodeIsThatOfThePlanesAskedFor() {
    Host host = new Host("Linux", "6.1.0", set(Capability.NET_RAW), Set.of(), Set.of(), true);
    assertThat(run(new CheckCommand(host), "pcap")).isEqualTo(Cli.OK);
    assertThat(run(new CheckCommand(host), "pcap", "xdp")).isEqualTo(Cli.FAILED);
    assertThat(run(new CheckCommand(host), "dpdk")).isEqualTo(Cli.USAGE);
    assertThat(err.toString()).contains("'dpdk'");
  }

  @Test
  void thisHostIsCheckedWithoutAnError() {
    assertThat(run(new CheckCommand())).isEqualTo(Cli.OK);
    assertThat(out.toString().lines().count()).isGreaterThan(5);
  }

  private record State(String plane, List<String> left) implements KernelState {
    @Override
    public List<String> remove(String director) {
      if (!director.equals("outer@here")) {
        throw new IllegalStateException("expected the right to remove it but have none");
      }
      List<String> removed = List.copyOf(left);
      left.clear();
      return removed;
    }
  }

  @Test
  void detachingRemovesWhatThereIsAndSaysSo() {
    List<KernelState> states =
        List.of(
            new State("xdp", new ArrayList<>(List.of("/pin/link", "/pin/map"))),
            new State("nftables", new ArrayList<>(List.of("table pointsman"))));
    assertThat(run(new DetachCommand(states), "--name", "outer@here")).isEqualTo(Cli.OK);
    assertThat(run(new DetachCommand(states), "--name", "outer@here")).isEqualTo(Cli.OK);
    assertThat(out.toString().lines())
        .containsExactly(
            "xdp: removed /pin/link",
            "xdp: removed /pin/map",
            "nftables: removed table pointsman",
            "director outer@here has left nothing in the kernel");
  }

  @Test
  void whatCannotBeRemovedIsToldForEachPlane() {
    List<KernelState> states =
        List.of(new State("xdp", new ArrayList<>()), new State("nftables", new ArrayList<>()));
    assertThat(run(new DetachCommand(states), "--name", "other")).isEqualTo(Cli.FAILED);
    assertThat(err.toString().lines())
        .containsExactly(
            "xdp: expected the right to remove it but have none",
            "nftables: expected the right to remove it but have none");
  }
}
