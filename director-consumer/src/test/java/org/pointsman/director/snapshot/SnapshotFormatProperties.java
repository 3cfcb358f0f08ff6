package org.pointsman.director.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterId;
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

  @Provide
  static Arbitrary<Snapshot> tunnelsOfOneCluster() {
    return ModelArbitraries.assignments()
        .list()
        .ofMaxSize(20)
        .map(
            all -> {
              ClusterId cluster = new ClusterId("one");
              List<Entity> tunnels = new ArrayList<>();
              for (Assignment a : all) {
                tunnels.add(
                    new Assignment(
                        cluster,
                        a.tunnel(),
                        a.state(),
                        a.server(),
                        a.outerAddresses(),
                        a.innerSubnets(),
                        a.expectedBitsPerSecond(),
                        a.pinned(),
                        a.stateSince(),
                        a.deadline(),
                        a.order(),
                        a.epoch()));
              }
              return new Snapshot(cluster, "topic", "id", 3, 4, Instant.EPOCH, 5, tunnels);
            });
  }

  private static byte[] write(Snapshot snapshot) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SnapshotFormat.write(snapshot, bytes);
    return bytes.toByteArray();
  }

  @Property(tries = 100)
  void whatIsWrittenIsRead(@ForAll("snapshots") Snapshot snapshot) throws Exception {
    Snapshot read = SnapshotFormat.read(ByteBuffer.wrap(write(snapshot)));
    assertThat(read).usingRecursiveComparison().ignoringFields("entities").isEqualTo(snapshot);
    assertThat(read.entities()).containsExactlyInAnyOrderElementsOf(snapshot.entities());
  }

  /**
   * Most of the tunnels that a director meets are of its own cluster, and they take another way.
   */
  @Property(tries = 100)
  void tunnelsOfTheClusterAreRead(@ForAll("tunnelsOfOneCluster") Snapshot snapshot)
      throws Exception {
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
