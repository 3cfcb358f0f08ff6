package org.pointsman.director.neighbour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.director.neighbour.NeighbourMessagesTest.FAILED;
import static org.pointsman.director.neighbour.NeighbourMessagesTest.GONE;
import static org.pointsman.director.neighbour.NeighbourMessagesTest.NEW;
import static org.pointsman.director.neighbour.NeighbourMessagesTest.PERMANENT;
import static org.pointsman.director.neighbour.NeighbourMessagesTest.REACHABLE;
import static org.pointsman.director.neighbour.NeighbourMessagesTest.fromKernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pointsman.model.IpAddress;

/** The resolver against a kernel that does as it is told, step by step. */
final class LinuxNeighbourResolverTest {
  private static final IpAddress ONE = IpAddress.parse("10.0.0.11");
  private static final IpAddress TWO = IpAddress.parse("fd00::12");
  private static final byte[] MAC = {2, 0, 0, 0, 1, 1};
  private static final byte[] OTHER_MAC = {2, 0, 0, 0, 1, 2};
  private static final int INDEX = 5;

  private final Kernel kernel = new Kernel();
  private final List<String> told = new ArrayList<>();
  private final List<IpAddress> nudged = new ArrayList<>();
  private long now;
  private final LinuxNeighbourResolver resolver =
      new LinuxNeighbourResolver("eth0", kernel, new Nudges(), () -> now);

  private final class Nudges implements LinuxNeighbourResolver.Nudge {
    @Override
    public void nudge(IpAddress address) {
      nudged.add(address);
    }

    @Override
    public void close() {}
  }

  private static final class Kernel implements NeighbourSocket {
    private final List<byte[]> requests = new ArrayList<>();
    private final Queue<byte[]> messages = new ArrayDeque<>();
    private boolean loses;
    private int index = INDEX;

    @Override
    public int interfaceIndex(String name) {
      return name.equals("eth0") ? index : 0;
    }

    @Override
    public Optional<String> send(byte[] request) {
      requests.add(request);
      return Optional.empty();
    }

    @Override
    public @Nullable ByteBuffer receive(Duration most) throws LostMessages {
      if (loses) {
        loses = false;
        throw new LostMessages();
      }
      byte[] next = messages.poll();
      return next == null ? null : ByteBuffer.wrap(next);
    }

    @Override
    public void close() {}

    /** What was asked for since the last time. */
    List<String> asked() {
      List<String> asked = new ArrayList<>();
      for (byte[] request : requests) {
        if (Arrays.equals(request, NeighbourMessages.list())) {
          asked.add("list");
        }
        for (IpAddress address : List.of(ONE, TWO)) {
          if (Arrays.equals(request, NeighbourMessages.use(INDEX, address))) {
            asked.add("use " + address);
          }
          if (Arrays.equals(request, NeighbourMessages.probe(INDEX, address))) {
            asked.add("probe " + address);
          }
        }
      }
      assertThat(asked).hasSameSizeAs(requests);
      requests.clear();
      return asked;
    }
  }

  /** Watches without a thread: the steps are taken here. */
  private void watch(IpAddress... addresses) {
    resolver.watch(Set.of(addresses));
    resolver.step();
  }

  private void tells(int type, int state, IpAddress address, byte[] mac) {
    kernel.messages.add(fromKernel(type, INDEX, state, address, mac));
    resolver.step();
  }

  private void later(Duration time) {
    now += time.toNanos();
    resolver.step();
  }

  private LinuxNeighbourResolverTest() {
    resolver.listen((address, mac) -> told.add(address + " " + mac));
  }

  @Test
  void whoIsNotKnownIsAskedForEverySecond() {
    watch(ONE, TWO);
    assertThat(kernel.asked())
        .containsExactlyInAnyOrder("list", "list", "use " + ONE, "use " + TWO);
    later(Duration.ofMillis(999));
    assertThat(kernel.asked()).isEmpty();
    later(Duration.ofMillis(1));
    assertThat(kernel.asked()).containsExactlyInAnyOrder("use " + ONE, "use " + TWO);
    assertThat(told).isEmpty();
  }

  @Test
  void whoIsKnownIsToldOnceAndProbedEveryTenSeconds() {
    watch(ONE);
    tells(NEW, REACHABLE, ONE, MAC);
    tells(NEW, REACHABLE, ONE, MAC);
    assertThat(told).containsExactly(ONE + " 02:00:00:00:01:01");
    kernel.asked();
    later(Duration.ofSeconds(1));
    assertThat(kernel.asked()).containsExactly("probe " + ONE);
    later(Duration.ofSeconds(9));
    assertThat(kernel.asked()).isEmpty();
    later(Duration.ofSeconds(1));
    assertThat(kernel.asked()).containsExactly("probe " + ONE);
  }

  @Test
  void anotherMacIsToldAndSoIsNone() {
    watch(ONE);
    tells(NEW, REACHABLE, ONE, MAC);
    tells(NEW, REACHABLE, ONE, OTHER_MAC);
    tells(NEW, FAILED, ONE, OTHER_MAC);
    tells(NEW, REACHABLE, ONE, MAC);
    assertThat(told)
        .containsExactly(
            ONE + " 02:00:00:00:01:01",
            ONE + " 02:00:00:00:01:02",
            ONE + " null",
            ONE + " 02:00:00:00:01:01");
  }

  @Test
  void whatTheKernelTidiedAwayIsAskedForAgainAndNotGivenUp() {
    watch(ONE);
    tells(NEW, REACHABLE, ONE, MAC);
    later(Duration.ofSeconds(1));
    kernel.asked();
    tells(GONE, REACHABLE, ONE, MAC);
    assertThat(told).containsExactly(ONE + " 02:00:00:00:01:01");
    assertThat(kernel.asked()).as("it has none to probe").containsExactly("use " + ONE);
  }

  @Test
  void whatAnOperatorHasSetIsNotAskedAbout() {
    watch(ONE);
    tells(NEW, PERMANENT, ONE, MAC);
    kernel.asked();
    later(Duration.ofMinutes(1));
    assertThat(kernel.asked()).isEmpty();
  }

  @Test
  void othersAndOtherInterfacesDoNotCount() {
    watch(ONE);
    tells(NEW, REACHABLE, TWO, MAC);
    kernel.messages.add(fromKernel(NEW, INDEX + 1, REACHABLE, ONE, MAC));
    resolver.step();
    assertThat(told).isEmpty();
    watch();
    tells(NEW, REACHABLE, ONE, MAC);
    assertThat(told).isEmpty();
  }

  @Test
  void whoIsWatchedAgainIsToldAgain() {
    watch(ONE);
    tells(NEW, REACHABLE, ONE, MAC);
    watch(TWO);
    watch(ONE);
    tells(NEW, REACHABLE, ONE, MAC);
    assertThat(told).hasSize(2);
  }

  @Test
  void lostMessagesAreMadeUpForByAList() {
    watch(ONE);
    kernel.asked();
    kernel.loses = true;
    resolver.step();
    assertThat(kernel.asked()).containsExactly("list");
  }

  @Test
  void withoutThePrivilegeADatagramAsks() {
    watch(ONE);
    ByteBuffer refused = ByteBuffer.allocate(36).order(ByteOrder.nativeOrder());
    refused.putInt(36).putShort((short) 2).putShort((short) 0).putInt(0).putInt(0).putInt(-1);
    kernel.messages.add(refused.array());
    resolver.step();
    kernel.asked();
    later(Duration.ofSeconds(1));
    assertThat(kernel.asked()).isEmpty();
    assertThat(nudged).containsExactly(ONE);
  }

  @Test
  void anInterfaceThatIsNotThereIsAProblemUntilItIs() {
    kernel.index = 0;
    watch(ONE);
    assertThat(resolver.problem()).hasValueSatisfying(text -> assertThat(text).contains("eth0"));
    kernel.asked();
    kernel.index = INDEX;
    resolver.step();
    assertThat(resolver.problem()).isEmpty();
    assertThat(kernel.asked()).containsExactly("use " + ONE);
  }
}
