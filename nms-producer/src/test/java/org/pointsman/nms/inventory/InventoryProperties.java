package org.pointsman.nms.inventory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;

class InventoryProperties {
  private static final ClusterId CLUSTER = new ClusterId("c0");

  @Property(tries = 200)
  void writtenInventoriesAreReadAsTheyWere(
      @ForAll @IntRange(max = 700) int count, @ForAll long seed) throws IOException {
    List<InventoryLine> lines = new InventoryGenerator(CLUSTER, seed).generate(count).toList();

    Inventory read = read(written(lines).getBytes(UTF_8));

    assertThat(read.lines()).isEqualTo(lines);
    assertThat(read.isGood()).isEqualTo(count > 0);
  }

  @Property(tries = 2000)
  void garbageIsReported(@ForAll("bytes") byte[] garbage) throws IOException {
    Inventory read = read(garbage);

    assertThat(read.lines().isEmpty() && read.faults().isEmpty()).isFalse();
  }

  /** Damages a good file in one place: what is still read is good, and nothing else is thrown. */
  @Property(tries = 2000)
  void damageCostsNoOtherLine(
      @ForAll long seed,
      @ForAll @IntRange(max = 4000) int at,
      @ForAll @Size(max = 3) byte[] instead,
      @ForAll @IntRange(max = 3) int cut)
      throws IOException {
    List<InventoryLine> lines = new InventoryGenerator(CLUSTER, seed).generate(20).toList();
    byte[] good = written(lines).getBytes(UTF_8);
    int headerEnd = new String(good, UTF_8).indexOf('\n') + 1;
    int from = headerEnd + at % (good.length - headerEnd);
    int to = Math.min(from + cut, good.length);
    byte[] damaged = concat(good, from, instead, to);

    Inventory read = read(damaged);

    // The damage may touch a line and its neighbour, split one, or copy another's name or subnet.
    Set<Object> announced = new HashSet<>();
    read.lines().forEach(line -> announced.add(line.announce()));
    assertThat(lines.stream().filter(line -> !announced.contains(line.announce())).count())
        .isLessThanOrEqualTo(cut + 3);
  }

  @Property(tries = 500)
  void anyChunkingReadsTheSame(
      @ForAll("bytes") byte[] file, @ForAll @IntRange(min = 1, max = 9) int chunk)
      throws IOException {
    InputStream slow =
        new ByteArrayInputStream(file) {
          @Override
          public int read(byte[] buffer, int offset, int length) {
            return super.read(buffer, offset, Math.min(length, chunk));
          }
        };

    assertThat(new InventoryReader(CLUSTER).read(slow)).isEqualTo(read(file));
  }

  @Property(tries = 100)
  void generatedTunnelsHaveTheirOwnNamesAndSubnets(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5000) int count) {
    Set<Object> names = new HashSet<>();
    Map<IpPrefix, Integer> subnets = new HashMap<>();
    new InventoryGenerator(CLUSTER, seed)
        .generate(count)
        .forEach(
            line -> {
              assertThat(names.add(line.announce().tunnel())).isTrue();
              line.announce()
                  .innerSubnets()
                  .forEach(s -> assertThat(subnets.put(s, line.line())).isNull());
            });
  }

  @Property(tries = 50)
  void aShorterInventoryBeginsALongerOne(
      @ForAll long seed, @ForAll @IntRange(max = 300) int count) {
    InventoryGenerator generator = new InventoryGenerator(CLUSTER, seed);

    assertThat(generator.generate(300).limit(count)).isEqualTo(generator.generate(count).toList());
  }

  @Property(tries = 20)
  void generatedInventoriesHaveEveryKindOfTunnel(@ForAll long seed) {
    List<InventoryLine> lines = new InventoryGenerator(CLUSTER, seed).generate(2000).toList();

    Map<List<IpAddress>, Long> sharing = new HashMap<>();
    lines.forEach(line -> sharing.merge(line.announce().outerAddresses(), 1L, Long::sum));
    assertThat(sharing.values().stream().max(Comparator.naturalOrder())).contains(2L);
    assertThat(lines)
        .anyMatch(line -> line.announce().outerAddresses().getFirst().isV4())
        .anyMatch(line -> !line.announce().outerAddresses().getFirst().isV4())
        .anyMatch(line -> line.announce().outerAddresses().size() == 2)
        .anyMatch(line -> line.announce().innerSubnets().size() == 2)
        .anyMatch(line -> line.announce().innerSubnets().getFirst().length() == 20);
  }

  @Provide
  Arbitrary<byte[]> bytes() {
    Arbitrary<String> csvLike =
        Arbitraries.of(
                "id",
                "cluster",
                "outer_addresses",
                "inner_subnets",
                "expected_bps",
                ",",
                ";",
                "\"",
                "\n",
                "\r",
                "\r\n",
                "#",
                " ",
                "192.0.2.1",
                "10.0.0.0/8",
                "2001:db8::/32",
                "oslo",
                "7",
                "\u0000",
                "\ufeff",
                "ø",
                "\ud83d\ude86")
            .list()
            .ofMaxSize(60)
            .map(parts -> String.join("", parts));
    Arbitrary<String> afterAHeader =
        csvLike.map(text -> "id,outer_addresses,inner_subnets\n" + text);
    return Arbitraries.oneOf(
        Arbitraries.bytes().array(byte[].class).ofMaxSize(200),
        csvLike.map(text -> text.getBytes(UTF_8)),
        afterAHeader.map(text -> text.getBytes(UTF_8)));
  }

  private static String written(List<InventoryLine> lines) throws IOException {
    StringWriter text = new StringWriter();
    try (InventoryWriter writer = new InventoryWriter(text)) {
      lines.forEach(line -> writer.write(line.cluster(), line.announce()));
    }
    return text.toString();
  }

  private static Inventory read(byte[] file) throws IOException {
    return new InventoryReader(new ClusterId("other")).read(new ByteArrayInputStream(file));
  }

  private static byte[] concat(byte[] file, int from, byte[] middle, int to) {
    byte[] joined = Arrays.copyOf(file, from + middle.length + file.length - to);
    System.arraycopy(middle, 0, joined, from, middle.length);
    System.arraycopy(file, to, joined, from + middle.length, file.length - to);
    return joined;
  }
}
