package org.pointsman.director.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which data planes work on a host, why, and what to do about the others. */
final class HostCheck {
  /**
   * A row.
   *
   * @param works it can be used now, by this user
   * @param why what was found, in a few words
   * @param remedies what to do for it to work, a sentence each; none if it does
   */
  record Finding(String what, boolean works, String why, List<String> remedies) {}

  private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");

  private final HostFacts host;

  HostCheck(HostFacts host) {
    this.host = host;
  }

  List<Finding> findings() {
    return List.of(memory(), pcap(), nftables(), xdp(), neighbours());
  }

  private static Finding memory() {
    return new Finding("memory", true, "needs nothing; steers only what it is handed", List.of());
  }

  private Finding pcap() {
    List<String> remedies = new ArrayList<>();
    host.missingLibpcap().ifPresent(remedies::add);
    lacking(Capability.NET_RAW).ifPresent(remedies::add);
    return finding("pcap", "libpcap, CAP_NET_RAW", remedies);
  }

  private Finding nftables() {
    List<String> remedies = new ArrayList<>();
    linux(5, 15).ifPresent(remedies::add);
    if (remedies.isEmpty()) {
      library("libmnl.so.0", "libmnl0").ifPresent(remedies::add);
      library("libnftnl.so.11", "libnftnl11").ifPresent(remedies::add);
      library("libnftables.so.1", "libnftables1").ifPresent(remedies::add);
      lacking(Capability.NET_ADMIN).ifPresent(remedies::add);
    }
    return finding("nftables", "libmnl, libnftnl, libnftables, CAP_NET_ADMIN", remedies);
  }

  private Finding xdp() {
    List<String> remedies = new ArrayList<>();
    linux(5, 15).ifPresent(remedies::add);
    if (remedies.isEmpty()) {
      if (!host.hasKernelProgram()) {
        remedies.add(
            "this build has no program for the kernel; install clang and libbpf-dev and build again");
      }
      library("libbpf.so.1", "libbpf1").ifPresent(remedies::add);
      if (!host.isMounted("bpf")) {
        remedies.add("mount the BPF file system: mount -t bpf bpf /sys/fs/bpf");
      }
      lacking(Capability.NET_ADMIN).ifPresent(remedies::add);
      // The kernel takes SYS_ADMIN for both.
      if (!Capability.SYS_ADMIN.isIn(host.capabilities())) {
        lacking(Capability.BPF).ifPresent(remedies::add);
        lacking(Capability.PERFMON).ifPresent(remedies::add);
      }
    }
    return finding(
        "xdp", "libbpf, the kernel program, bpffs, CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON", remedies);
  }

  private Finding neighbours() {
    String what = "servers without --mac";
    Optional<String> noLinux = linux(4, 0);
    if (noLinux.isPresent()) {
      return new Finding(
          what, false, "the kernel resolves them on Linux only", List.of("register with --mac"));
    }
    return Capability.NET_ADMIN.isIn(host.capabilities())
        ? new Finding(what, true, "asked for over netlink (CAP_NET_ADMIN)", List.of())
        : new Finding(
            what,
            true,
            "asked for by datagrams, for which this host needs an address on their segment (without CAP_NET_ADMIN)",
            List.of());
  }

  private static Finding finding(String what, String needs, List<String> remedies) {
    return remedies.isEmpty()
        ? new Finding(what, true, "there is all it needs: " + needs, List.of())
        : new Finding(what, false, "needs " + needs, List.copyOf(remedies));
  }

  private Optional<String> linux(int major, int minor) {
    if (!host.system().equals("Linux")) {
      return Optional.of("it is Linux's, and this is %s".formatted(host.system()));
    }
    Matcher release = RELEASE.matcher(host.kernel());
    boolean isOld =
        !release.matches()
            || number(release, 1) < major
            || (number(release, 1) == major && number(release, 2) < minor);
    return isOld
        ? Optional.of(
            "expected Linux %d.%d or newer but this is %s".formatted(major, minor, host.kernel()))
        : Optional.empty();
  }

  private static int number(Matcher release, int group) {
    return Integer.parseInt(release.group(group));
  }

  private Optional<String> library(String name, String debianPackage) {
    return host.missingLibrary(name)
        .map(_ -> "install %s (Debian, Ubuntu: %s)".formatted(name, debianPackage));
  }

  private Optional<String> lacking(Capability capability) {
    boolean isThere = !host.system().equals("Linux") || capability.isIn(host.capabilities());
    return isThere
        ? Optional.empty()
        : Optional.of(
            "run as root, or with %s (systemd: AmbientCapabilities=%s)"
                .formatted(capability, capability));
  }

  /** A line for each row, and one for each thing to do. */
  static Stream<String> text(List<Finding> findings) {
    int width = findings.stream().mapToInt(f -> f.what().length()).max().orElse(0);
    return findings.stream()
        .flatMap(
            finding -> {
              String row =
                  "%s  %-3s  %s"
                      .formatted(
                          finding.what() + " ".repeat(width - finding.what().length()),
                          finding.works() ? "yes" : "no",
                          finding.why());
              return Stream.concat(
                  Stream.of(row),
                  finding.remedies().stream().map(todo -> " ".repeat(width + 7) + "- " + todo));
            });
  }
}
