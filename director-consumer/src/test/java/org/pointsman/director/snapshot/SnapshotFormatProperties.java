package org.pointsman.director.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.pointsman.model.Entity;
import org.pointsman.model.ModelArbitraries;

class SnapshotFormatProperties {

  @Provide
  static Arbitrary<Snapshot> snapshots() {
    Arbitrary<List<Entity>> entities = ModelArbitraries.entities().list().ofMaxSize(5);
    return Combinators.combine(ModelArbitraries.clusters(), ModelArbitraries.instants(), entities)
        .as(
            (cluster, time, all) ->
                new Snapshot(cluster, "topic", "id", 3, 4_000_000_000L, time, 5_000_000_000L, all));
  }

  private static byte[] write(Snapshot snapshot) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SnapshotFormat.write(snapshot, bytes);
    return bytes.toByteArray();
  }

  @Property(tries = 100)
  void whatIsWrittenIsRead(@ForAll("snapshots") Snapshot snapshot) throws Exception {
    assertThat(SnapshotFormat.read(ByteBuffer.wrap(write(snapshot)))).isEqualTo(snapshot);
  }

  @Property(tries = 200)
  void aChangedByteIsNoticed(
      @ForAll("snapshots") Snapshot snapshot,
      @ForAll @IntRange(max = 1_000_000) int where,
      @ForAll @IntRange(min = 1, max = 255) int change)
      throws IOException {
    byte[] bytes = write(snapshot);
    bytes[where % bytes.length] ^= (byte) change;
    assertRefused(bytes);
  }

  @Property(tries = 200)
  void aCutIsNoticed(
      @ForAll("snapshots") Snapshot snapshot, @ForAll @IntRange(max = 1_000_000) int where)
      throws IOException {
    byte[] bytes = write(snapshot);
    assertRefused(Arrays.copyOf(bytes, where % bytes.length));
  }

  private static void assertRefused(byte[] bytes) {
    try {
      Snapshot read = SnapshotFormat.read(ByteBuffer.wrap(bytes));
      assertThat(read).as("read in spite of its damage").isNull();
    } catch (SnapshotException expected) {
      assertThat(expected).hasMessageStartingWith("expected ");
    }
  }
}
