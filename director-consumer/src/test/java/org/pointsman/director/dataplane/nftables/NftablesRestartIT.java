package org.pointsman.director.dataplane.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pointsman.director.dataplane.NetworkNamespace;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.dataplane.VethLink;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.packet.GoldenPackets.Golden;
import org.pointsman.director.packet.Reason;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.Side;

/** What outlives the director's process, and what outlives others' work on the host's rules. */
final class NftablesRestartIT {
  private static final String NAME = "outer@restart";
  private static final long BETWEEN_FRAMES_NANOS = 100_000;
  private static final int UNDER_WAY = 200;
  private static final byte[] ESP_TO_1 = GoldenPackets.esp(1).frame().toByteArray();
  private static final byte[] ESP_TO_2 = GoldenPackets.esp(2).frame().toByteArray();

  /** Exactly CAP_NET_ADMIN, without which nothing works. */
  private static final List<String> ONLY_NET_ADMIN =
      List.of(
          "setpriv",
          "--bounding-set=-all,+net_admin",
          "--inh-caps=-all,+net_admin",
          "--ambient-caps=-all,+net_admin");

  private final NetworkNamespace namespace = new NetworkNamespace();
  private final List<Process> processes = new ArrayList<>();
  private VethLink link;

  @BeforeEach
  void makeNetwork() throws Exception {
    Optional<String> impossible = namespace.enter();
    Assumptions.assumeTrue(impossible.isEmpty(), () -> impossible.orElse(""));
    namespace.run(
        () -> {
          Files.writeString(Path.of("/proc/sys/net/ipv6/conf/all/disable_ipv6"), "1");
          Files.writeString(Path.of("/proc/sys/net/ipv6/conf/default/disable_ipv6"), "1");
          return null;
        });
    addPair("peer", "in");
    addPair("server", "out");
    link = namespace.run(() -> new VethLink("peer", "server"));
  }

  private void addPair(String testEnd, String directorEnd) throws Exception {
    namespace.command(
        "ip link add %s type veth peer name %s address 02:00:00:00:00:01"
            .formatted(testEnd, directorEnd));
    namespace.command("ip link set " + testEnd + " up");
    namespace.command("ip link set " + directorEnd + " up");
  }

  @AfterEach
  void end() throws Exception {
    processes.forEach(Process::destroyForcibly);
    if (link != null) {
      link.close();
    }
    namespace.close();
  }

  /** Starts a director's data plane and waits until it says that it steers. */
  private String start(List<String> with, int indexOfFirst, int indexOfSecond) throws Exception {
    List<String> command = new ArrayList<>(with);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            NftablesProcess.class.getName(),
            NAME,
            "in",
            "out",
            Integer.toString(indexOfFirst),
            Integer.toString(indexOfSecond)));
    Process process =
        namespace.run(
            () ->
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    processes.add(process);
    BufferedReader out = process.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("steers ")) {
        return line;
      }
    }
    throw new AssertionError("the data plane ended with " + process.waitFor());
  }

  private void kill() throws Exception {
    Process process = processes.removeLast();
    process.destroyForcibly();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void killedAndStartedAgainItLosesAndMisdirectsNothing() throws Exception {
    String first = start(ONLY_NET_ADMIN, 1, 2);
    assertThat(first).contains("CapEff:0000000000001000").endsWith("Optional.empty");
    Stream stream = new Stream();
    stream.start();
    stream.awaitMore(1000);
    for (int[] indexes : new int[][] {{2, 1}, {1, 2}, {7, 9}}) {
      kill();
      stream.awaitMore(1000);
      String again = start(ONLY_NET_ADMIN, indexes[0], indexes[1]);
      assertThat(again).isEqualTo(first);
      stream.awaitMore(1000);
    }
    processes.getLast().destroy(); // SIGTERM
    assertThat(processes.removeLast().waitFor(60, TimeUnit.SECONDS)).isTrue();
    stream.awaitMore(1000);
    long sent = stream.end();
    String table = first.split(" ", -1)[1];
    soon().until(() -> steered(table) >= sent);
    assertThat(steered(table)).isEqualTo(sent);
    soon().until(() -> link.received().size() >= sent);
    long toFirst = link.received().stream().filter(f -> isTo(f, GoldenPackets.esp(1))).count();
    long toSecond = link.received().stream().filter(f -> isTo(f, GoldenPackets.esp(2))).count();
    assertThat(toFirst).isEqualTo(sent / 2);
    assertThat(toSecond).isEqualTo(sent / 2);
    assertThat(link.received()).hasSize((int) sent);
  }

  /** What the kernel has counted as sent to the two servers. */
  private long steered(String table) throws Exception {
    return namespace.run(
        () -> {
          try (Netlink netlink = new Netlink(Netlink.NETFILTER)) {
            return new KernelTable(netlink, table)
                .counters().entrySet().stream()
                    .filter(counter -> counter.getKey().startsWith("sent_"))
                    .mapToLong(counter -> counter.getValue().packets())
                    .sum();
          }
        });
  }

  private static boolean isTo(byte[] frame, Golden golden) {
    return Arrays.equals(frame, golden.redirected());
  }

  /**
   * A constant stream of ESP, to both servers in turn. No more than {@link #UNDER_WAY} frames are
   * between here and there, because a busy machine drops what exceeds its queues.
   */
  private final class Stream extends Thread {
    private final AtomicLong sent = new AtomicLong();
    private volatile boolean isEnding;

    @Override
    public void run() {
      while (!isEnding) {
        if (sent.get() - link.received().size() >= UNDER_WAY) {
          LockSupport.parkNanos(BETWEEN_FRAMES_NANOS);
          continue;
        }
        link.send(ESP_TO_1.clone());
        link.send(ESP_TO_2.clone());
        sent.addAndGet(2);
        LockSupport.parkNanos(BETWEEN_FRAMES_NANOS);
      }
    }

    void awaitMore(int frames) {
      long enough = sent.get() + frames;
      soon().until(() -> sent.get() >= enough);
    }

    long end() throws InterruptedException {
      isEnding = true;
      join();
      return sent.get();
    }
  }

  @Test
  void withoutTheCapabilityItSaysWhatIsMissing() throws Exception {
    List<String> nothing = new ArrayList<>(ONLY_NET_ADMIN);
    nothing.replaceAll(word -> word.replace(",+net_admin", ""));
    nothing.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            NftablesProcess.class.getName(),
            NAME,
            "in",
            "out",
            "1",
            "2"));
    Process process =
        namespace.run(() -> new ProcessBuilder(nothing).redirectErrorStream(true).start());
    processes.add(process);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isNotZero();
    assertThat(said).contains("EPERM; run as root or with the capability CAP_NET_ADMIN");
  }

  @Test
  void detachingRemovesItsTableAndNoOther() throws Exception {
    namespace.command("nft add table netdev pointsman_of_another");
    namespace.command("nft add table inet firewall");
    String table = start(List.of(), 1, 2).split(" ", -1)[1];
    kill();
    assertThat(namespace.run(() -> NftablesDataPlane.detach("outer"))).isEmpty();
    assertThat(namespace.run(() -> NftablesDataPlane.detach(NAME))).containsExactly(table);
    assertThat(namespace.run(() -> NftablesDataPlane.detach(NAME))).isEmpty();
    namespace.command("nft list table netdev pointsman_of_another");
    namespace.command("nft list table inet firewall");
    assertThatThrownBy(() -> namespace.command("nft list table netdev " + table))
        .hasMessageContaining("No such file");
  }

  private NftablesDataPlane plane(String name, OnMiss onMiss) throws Exception {
    return namespace.run(
        () -> {
          NftablesDataPlane made =
              new NftablesDataPlane(
                  new PlaneSettings(Side.OUTER, List.of(), onMiss, TableLimits.forTunnels(1)),
                  new NftablesSettings(name, "in", "out", null));
          var _ = made.update(GoldenPackets.entries());
          made.prune(GoldenPackets.entries());
          made.start();
          return made;
        });
  }

  private void assertSteers(NftablesDataPlane plane) throws InterruptedException {
    assertThat(plane.problem()).isEmpty();
    link.send(ESP_TO_2.clone());
    assertThat(link.received().poll(60, TimeUnit.SECONDS))
        .isEqualTo(GoldenPackets.esp(2).redirected());
  }

  @Test
  void whatOthersTakeAwayComesBack() throws Exception {
    NftablesDataPlane plane = plane(NAME, OnMiss.DROP);
    try {
      assertSteers(plane);
      assertThat(plane.stats().packets(Reason.ESP)).isEqualTo(1);
      namespace.command("nft flush ruleset");
      soon().until(() -> isHooked(plane));
      assertSteers(plane);
      namespace.command("nft delete element netdev " + plane.table() + " outer4 { 0xc6336409 }");
      // The next change of this address finds something else than it left.
      plane.delete(List.of(GoldenPackets.entries().get(5).key()));
      assertThat(plane.problem().orElseThrow()).contains("ENOENT");
      var _ = plane.update(GoldenPackets.entries());
      soon().until(() -> plane.problem().isEmpty());
      assertSteers(plane);
      assertThat(plane.stats().packets(Reason.ESP)).isEqualTo(3);
      assertThat(plane.stats().server(2).packets()).isEqualTo(3);
    } finally {
      plane.close();
    }
  }

  @Test
  void anInterfaceThatGoesAwayIsToldAndSteeredAgainWhenItIsBack() throws Exception {
    NftablesDataPlane plane = plane(NAME, OnMiss.DROP);
    try {
      assertSteers(plane);
      link.close();
      namespace.command("ip link del in");
      soon().until(() -> plane.problem().isPresent());
      assertThat(plane.problem().orElseThrow()).contains("there is no in here");
      addPair("peer", "in");
      soon().until(() -> plane.problem().isEmpty());
      link = namespace.run(() -> new VethLink("peer", "server"));
      assertSteers(plane);
    } finally {
      plane.close();
    }
  }

  @Test
  void otherSettingsTakeThePlaceOfTheOldInOneMoment() throws Exception {
    plane(NAME, OnMiss.DROP).close();
    List<String> before = tables();
    Stream stream = new Stream();
    stream.start();
    stream.awaitMore(100);
    NftablesDataPlane now = plane(NAME, OnMiss.PASS);
    stream.awaitMore(100);
    long sent = stream.end();
    soon().until(() -> link.received().size() >= sent);
    assertThat(tables()).hasSize(1).doesNotContainAnyElementsOf(before);
    now.close();
  }

  @Test
  void directorsOfDifferentNamesDoNotTouchEachOther() throws Exception {
    NftablesDataPlane one = plane("a@b", OnMiss.DROP);
    NftablesDataPlane other = plane("a_b", OnMiss.DROP);
    try {
      assertThat(tables()).containsExactlyInAnyOrder(one.table(), other.table());
      assertThat(namespace.run(() -> NftablesDataPlane.detach("a@b"))).hasSize(1);
      assertThat(tables()).contains(other.table());
    } finally {
      one.close();
      other.close();
    }
  }

  private List<String> tables() throws Exception {
    return namespace.run(
        () -> {
          try (Netlink netlink = new Netlink(Netlink.NETFILTER)) {
            return KernelTable.names(netlink, "pointsman_");
          }
        });
  }

  private boolean isHooked(NftablesDataPlane plane) throws Exception {
    return namespace.run(
        () -> {
          try (Netlink netlink = new Netlink(Netlink.NETFILTER)) {
            return new KernelTable(netlink, plane.table()).isHooked();
          }
        });
  }

  private static ConditionFactory soon() {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5));
  }
}
