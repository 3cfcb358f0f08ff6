package org.pointsman.director.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.pointsman.director.table.Entities;
import org.pointsman.director.table.EntityChange;
import org.pointsman.model.Entity;

/** What a director kept after its snapshot gives what it had, or what it had a little before. */
class JournalProperties {
  private Path directory = Path.of("made before each try");

  @BeforeTry
  void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("journal");
  }

  @AfterTry
  void removeDirectory() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  /** Changes of a few tunnels, cut into batches; epochs go on, as the assigner gives them. */
  @Provide
  static Arbitrary<List<List<EntityChange>>> batches() {
    Arbitrary<Integer> tunnel = Arbitraries.integers().between(0, 4);
    Arbitrary<Integer> server = Arbitraries.integers().between(0, 3);
    Arbitrary<List<List<int[]>>> drawn =
        Combinators.combine(tunnel, server)
            .as((t, s) -> new int[] {t, s})
            .list()
            .ofMinSize(1)
            .ofMaxSize(4)
            .list()
            .ofMinSize(1)
            .ofMaxSize(6);
    return drawn.map(
        lists -> {
          List<List<EntityChange>> batches = new ArrayList<>();
          long epoch = 10;
          for (List<int[]> list : lists) {
            List<EntityChange> batch = new ArrayList<>();
            for (int[] each : list) {
              batch.add(change(each[0], each[1], epoch++));
            }
            batches.add(batch);
          }
          return batches;
        });
  }

  private static EntityChange change(int tunnel, int server, long epoch) {
    Entity entity =
        Entities.tunnel(
            "t" + tunnel, "rs-" + server, "192.0.2." + tunnel, "10.0." + tunnel + ".0/28", epoch);
    return server == 0 ? EntityChange.gone(entity.key(), epoch) : EntityChange.put(entity);
  }

  private static Snapshot start() {
    List<Entity> entities = new ArrayList<>();
    for (int tunnel = 0; tunnel < 3; tunnel++) {
      entities.add(change(tunnel, 1, tunnel + 1).entity());
    }
    return new Snapshot(
        Entities.CLUSTER, "assignments", "id", 3, 100, Instant.ofEpochSecond(80), 3, entities);
  }

  /** The states after each batch, that before the first included. */
  private static List<Snapshot> states(List<List<EntityChange>> batches) {
    List<Snapshot> states = new ArrayList<>(List.of(start()));
    for (List<EntityChange> batch : batches) {
      Snapshot before = states.getLast();
      states.add(before.with(batch, before.nextOffset() + batch.size() + 1)); // a mark between
    }
    return states;
  }

  /** Keeps the batches, with a new file begun by a snapshot after some of them. */
  private void keep(List<List<EntityChange>> batches, int newFileAfter) {
    List<Snapshot> states = states(batches);
    try (Journal journal = journal("outer")) {
      journal.begin(states.getFirst());
      for (int i = 0; i < batches.size(); i++) {
        if (i == newFileAfter) {
          journal.begin(states.get(i));
        }
        journal.append(batches.get(i), states.get(i + 1).nextOffset());
      }
    }
  }

  private Journal journal(String writer) {
    return new Journal(directory, Entities.CLUSTER.value(), writer);
  }

  private Snapshot completed(Snapshot snapshot) {
    try (Journal journal = journal("outer")) {
      return journal.completed(snapshot);
    }
  }

  private static void assertSame(Snapshot read, Snapshot wanted) {
    assertThat(read.nextOffset()).isEqualTo(wanted.nextOffset());
    assertThat(read.epoch()).isEqualTo(wanted.epoch());
    assertThat(Set.copyOf(read.entities())).isEqualTo(Set.copyOf(wanted.entities()));
    assertThat(read.entities()).hasSameSizeAs(new HashSet<>(read.entities()));
  }

  /** The snapshot may be this director's own, or one that another put in its place. */
  @Property(tries = 200)
  void fromAnySnapshotItGivesTheLastState(
      @ForAll("batches") List<List<EntityChange>> batches,
      @ForAll @IntRange(max = 6) int newFileAfter,
      @ForAll @IntRange(max = 6) int snapshotAfter) {
    keep(batches, newFileAfter);
    List<Snapshot> states = states(batches);
    assertSame(completed(states.get(snapshotAfter % states.size())), states.getLast());
  }

  /** The other director is in the middle of what is one batch here. */
  @Property(tries = 200)
  void fromASnapshotWithinABatchItGivesTheLastState(
      @ForAll("batches") List<List<EntityChange>> batches, @ForAll @IntRange(max = 40) int where) {
    keep(batches, 99);
    List<Snapshot> states = states(batches);
    int batch = where % batches.size();
    List<EntityChange> changes = batches.get(batch);
    int some = where % changes.size();
    Snapshot within =
        states.get(batch).with(changes.subList(0, some), states.get(batch).nextOffset() + some);
    assertSame(completed(within), states.getLast());
  }

  @Property(tries = 300)
  void cutOrDamagedItGivesAStateThatWas(
      @ForAll("batches") List<List<EntityChange>> batches,
      @ForAll @IntRange(max = 1_000_000) int where,
      @ForAll boolean isCut)
      throws IOException {
    keep(batches, 99);
    Path file = directory.resolve("default.outer.100.journal");
    byte[] bytes = Files.readAllBytes(file);
    int at = where % bytes.length;
    if (isCut) {
      bytes = java.util.Arrays.copyOf(bytes, at);
    } else {
      bytes[at] ^= 0x10;
    }
    Files.write(file, bytes);
    Snapshot read = completed(start());
    assertThat(states(batches))
        .filteredOn(state -> state.nextOffset() == read.nextOffset())
        .singleElement()
        .satisfies(state -> assertSame(read, state));
    assertThat(read.nextOffset()).isLessThan(states(batches).getLast().nextOffset());
  }

  @Property(tries = 20)
  void anothersAndAnotherTopicsAreNotTaken(@ForAll("batches") List<List<EntityChange>> batches) {
    keep(batches, 99);
    try (Journal other = journal("inner")) {
      assertThat(other.completed(start())).isEqualTo(start());
      other.forget();
    }
    Snapshot start = start();
    Snapshot anew =
        new Snapshot(
            start.cluster(), start.topic(), "another id", 3, 100, start.currentAt(), 3, List.of());
    assertThat(completed(anew)).isEqualTo(anew);
    assertSame(completed(start), states(batches).getLast());
  }
}
