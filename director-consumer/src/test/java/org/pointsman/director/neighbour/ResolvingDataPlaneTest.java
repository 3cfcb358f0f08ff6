package org.pointsman.director.neighbour;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pointsman.director.dataplane.Handling;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.dataplane.memory.MemoryDataPlane;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

final class ResolvingDataPlaneTest {
  private static final IpAddress ADDRESS = IpAddress.parse("10.0.0.11");
  private static final MacAddress MAC = MacAddress.parse("02:00:00:00:01:77");
  private static final Entry.Server WITHOUT_MAC =
      new Entry.Server(1, new ServerId("rs-1"), null, ADDRESS);

  private final Resolver resolver = new Resolver();
  private final MemoryDataPlane memory =
      new MemoryDataPlane(
          new PlaneSettings(Side.OUTER, List.of(), OnMiss.DROP, TableLimits.forTunnels(1)),
          GoldenPackets.DIRECTOR);
  private final ResolvingDataPlane plane = new ResolvingDataPlane(memory, resolver, "eth0");

  private static final class Resolver implements NeighbourResolver {
    private final List<Set<IpAddress>> watched = new ArrayList<>();
    private @Nullable Listener listener;
    private boolean isClosed;

    @Override
    public void start(Listener hears) {
      listener = hears;
    }

    @Override
    public void watch(Set<IpAddress> addresses) {
      watched.add(addresses);
    }

    @Override
    public Optional<String> problem() {
      return Optional.empty();
    }

    @Override
    public void close() {
      isClosed = true;
    }

    void tells(IpAddress address, @Nullable MacAddress mac) {
      Objects.requireNonNull(listener).changed(address, mac);
    }
  }

  @AfterEach
  void close() {
    plane.close();
    assertThat(resolver.isClosed).isTrue();
  }

  /** Where an ESP packet of server 1's peer goes, or empty. */
  private Optional<MacAddress> sentTo() {
    byte[] frame = GoldenPackets.esp(1).frame().toByteArray();
    if (memory.handle(frame).handling() != Handling.SEND) {
      return Optional.empty();
    }
    long bits = 0;
    for (int i = 0; i < 6; i++) {
      bits = bits << 8 | Byte.toUnsignedInt(frame[i]);
    }
    return Optional.of(new MacAddress(bits));
  }

  private void beginWithServer1WithoutMac() {
    plane.update(GoldenPackets.entries());
    plane.update(List.of(WITHOUT_MAC));
  }

  @Test
  void aServerIsUnreachableUntilItIsFoundAndAgainWhenItIsLost() {
    beginWithServer1WithoutMac();
    assertThat(sentTo()).isEmpty();
    assertThat(plane.stats().server(1).unreachable()).isEqualTo(1);
    assertThat(plane.problem())
        .hasValueSatisfying(text -> assertThat(text).contains("rs-1 (10.0.0.11)", "eth0"));

    resolver.tells(ADDRESS, MAC);
    assertThat(sentTo()).contains(MAC);
    assertThat(plane.problem()).isEmpty();

    resolver.tells(ADDRESS, null);
    assertThat(sentTo()).isEmpty();
    assertThat(plane.stats().unreachable()).isEqualTo(2);
    assertThat(plane.problem()).isPresent();
  }

  @Test
  void aMacThatTheLogGivesIsNeverAskedAbout() {
    plane.update(GoldenPackets.entries());
    MacAddress given = MacAddress.parse("02:00:00:00:01:55");
    plane.update(List.of(new Entry.Server(1, new ServerId("rs-1"), given, ADDRESS)));
    resolver.tells(ADDRESS, MAC);
    assertThat(sentTo()).contains(given);
    assertThat(resolver.watched).isEmpty();
  }

  @Test
  void whatWasFoundStaysWhenTheSameIsSaidAgain() {
    beginWithServer1WithoutMac();
    resolver.tells(ADDRESS, MAC);
    plane.update(List.of(WITHOUT_MAC));
    assertThat(sentTo()).contains(MAC);
    assertThat(resolver.watched).containsExactly(Set.of(ADDRESS));
  }

  @Test
  void anotherAddressIsAskedForAnew() {
    beginWithServer1WithoutMac();
    resolver.tells(ADDRESS, MAC);
    IpAddress moved = IpAddress.parse("10.0.0.99");
    plane.update(List.of(new Entry.Server(1, new ServerId("rs-1"), null, moved)));
    assertThat(resolver.watched.getLast()).containsExactly(moved);
    assertThat(sentTo()).as("never where the old address was").isEmpty();
    resolver.tells(ADDRESS, MAC); // still on its way
    assertThat(sentTo()).isEmpty();
  }

  @Test
  void whoIsGoneIsNotAskedForAnyMore() {
    beginWithServer1WithoutMac();
    plane.delete(List.of(new Entry.Key.Server(1)));
    assertThat(resolver.watched.getLast()).isEmpty();
    beginWithServer1WithoutMac();
    plane.prune(List.of());
    assertThat(resolver.watched.getLast()).isEmpty();
    assertThat(plane.problem()).isEmpty();
  }
}
