package org.pointsman.director.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pointsman.model.Assignment;
import org.pointsman.model.RawBytes;
import org.pointsman.model.TableDigest;

/** That every way to the same set gives the same digest is in {@link EntityTableProperties}. */
final class TableDigestTest {
  private static final RawBytes EMPTY = RawBytes.of(new byte[16]);

  private static RawBytes digest(List<Assignment> assignments) {
    TableDigest digest = new TableDigest();
    assignments.forEach(digest::add);
    return digest.value();
  }

  @Test
  void anAssignmentsDigestNeverChanges() {
    // printf 'default/tunnel/t rs-1 7 192.0.2.7,2001:db8::7 10.0.0.0/28' | sha256sum | cut -c1-32
    assertThat(
            digest(
                List.of(Entities.tunnel("t", "rs-1", "192.0.2.7,2001:db8::7", "10.0.0.0/28", 7))))
        .isEqualTo(RawBytes.of(HexFormat.of().parseHex("2754b4e61737c06ba1c6b7af1ac77a4f")));
    // printf 'default/tunnel/t  8 192.0.2.7 10.0.0.0/28' | sha256sum | cut -c1-32
    assertThat(digest(List.of(Entities.tunnel("t", null, "192.0.2.7", "10.0.0.0/28", 8))))
        .isEqualTo(RawBytes.of(HexFormat.of().parseHex("b96138393464f1641f896837909e4ccf")));
  }

  @Test
  void aSetsDigestIsTheSumOfItsMembersAndTheirOrderDoesNotMatter() throws Exception {
    List<Assignment> assignments = new ArrayList<>();
    BigInteger sum = BigInteger.ZERO;
    for (int i = 0; i < 300; i++) { // enough that both halves overflow
      assignments.add(Entities.tunnel("t" + i, "rs-1", "192.0.2.7", "10.0.0.0/28", i));
      String text = "default/tunnel/t%d rs-1 %d 192.0.2.7 10.0.0.0/28".formatted(i, i);
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      sum = sum.add(new BigInteger(1, Arrays.copyOf(hash, 16)));
    }
    String expected = "%032x".formatted(sum.mod(BigInteger.TWO.pow(128)));
    RawBytes digest = digest(assignments);
    assertThat(HexFormat.of().formatHex(digest.toByteArray())).isEqualTo(expected);

    Collections.shuffle(assignments, new Random(1));
    assertThat(digest(assignments)).isEqualTo(digest);
  }

  @Test
  void takingAwayUndoesAdding() {
    TableDigest digest = new TableDigest();
    List<Assignment> assignments = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      assignments.add(Entities.tunnel("t" + i, "rs-1", "192.0.2.7", "10.0.0.0/28", i));
    }
    assertThat(digest.value()).isEqualTo(EMPTY);
    assignments.forEach(digest::add);
    assertThat(digest.value()).isNotEqualTo(EMPTY);
    Collections.shuffle(assignments, new Random(2));
    assignments.forEach(digest::remove);
    assertThat(digest.value()).isEqualTo(EMPTY);
  }

  @Test
  void whateverSteersOrTellsTheDecisionChangesIt() {
    List<Assignment> different =
        List.of(
            Entities.tunnel("t", "rs-1", "192.0.2.7", "10.0.0.0/28", 1),
            Entities.tunnel("u", "rs-1", "192.0.2.7", "10.0.0.0/28", 1),
            Entities.tunnel("t", "rs-2", "192.0.2.7", "10.0.0.0/28", 1),
            Entities.tunnel("t", null, "192.0.2.7", "10.0.0.0/28", 1),
            Entities.tunnel("t", "rs-1", "192.0.2.8", "10.0.0.0/28", 1),
            Entities.tunnel("t", "rs-1", "192.0.2.7", "10.0.0.0/29", 1),
            Entities.tunnel("t", "rs-1", "192.0.2.7", "10.0.0.0/28", 2));
    assertThat(different.stream().map(one -> digest(List.of(one)))).doesNotHaveDuplicates();
  }
}
