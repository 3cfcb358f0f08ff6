package org.pointsman.director.dataplane.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.pointsman.director.dataplane.DataPlane;
import org.pointsman.director.dataplane.DataPlaneContract;
import org.pointsman.director.dataplane.Handling;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.packet.Reason;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.Side;

final class MemoryDataPlaneTest extends DataPlaneContract {
  private final Map<Side, MemoryDataPlane> planes = new EnumMap<>(Side.class);

  private static MemoryDataPlane make(Side side, OnMiss onMiss) {
    return new MemoryDataPlane(
        new PlaneSettings(side, GoldenPackets.LOCAL, onMiss, TableLimits.forTunnels(1)),
        GoldenPackets.DIRECTOR);
  }

  private MemoryDataPlane memory(Side side) {
    return planes.computeIfAbsent(side, s -> make(s, OnMiss.defaultFor(s)));
  }

  @Override
  protected DataPlane plane(Side side) {
    return memory(side);
  }

  @Override
  protected Optional<byte[]> through(Side side, byte[] frame) {
    byte[] before = frame.clone();
    Handling handling = memory(side).handle(frame).handling();
    if (handling != Handling.SEND) {
      assertThat(frame).as("only what is sent is rewritten").isEqualTo(before);
    }
    return handling == Handling.SEND ? Optional.of(frame) : Optional.empty();
  }

  @AfterAll
  void close() {
    planes.values().forEach(MemoryDataPlane::close);
  }

  @Test
  void missesAreDroppedOrPassedAsConfigured() {
    byte[] missed =
        GoldenPackets.all().stream()
            .filter(golden -> golden.reason() == Reason.UNKNOWN_PEER)
            .findFirst()
            .orElseThrow()
            .frame()
            .toByteArray();
    for (OnMiss onMiss : OnMiss.values()) {
      try (MemoryDataPlane plane = make(Side.OUTER, onMiss)) {
        plane.update(GoldenPackets.entries());
        assertThat(plane.handle(missed).handling())
            .isEqualTo(onMiss == OnMiss.DROP ? Handling.DROP : Handling.PASS);
      }
    }
    assertThat(OnMiss.defaultFor(Side.OUTER)).isEqualTo(OnMiss.DROP);
    assertThat(OnMiss.defaultFor(Side.INNER)).isEqualTo(OnMiss.PASS);
  }
}
