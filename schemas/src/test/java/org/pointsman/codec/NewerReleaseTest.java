package org.pointsman.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pointsman.codec.OtherReleases.asNewer;
import static org.pointsman.codec.OtherReleases.encode;

import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.pointsman.model.LogRecord;

/** Today's code as the older release: it reads what a newer one writes, as far as it can. */
class NewerReleaseTest {
  private static final Map<String, LogRecord> GOLDEN = GoldenRecords.byName();

  private static LogRecord golden(String name) {
    return java.util.Objects.requireNonNull(GOLDEN.get(name), name);
  }

  @Test
  void aFieldMoreIsReadOver() {
    Schema newer = OtherReleases.withOneFieldMore("Assignment");
    for (String name : new String[] {"assignment UP", "assignment of the least"}) {
      GenericRecord record = asNewer(newer, golden(name));
      assertThat(record.get(OtherReleases.FIELD)).isNull();
      record.put(OtherReleases.FIELD, "something new");
      assertThat(SchemaEvolutionTest.read(newer, encode(record))).isEqualTo(golden(name));
    }
  }

  /** By its fields alone it could be a withdraw, and Avro's library would take it for one. */
  @Test
  void anEventOfAKindMoreIsRefusedByNameAndTheOthersAreRead() {
    Schema newer = OtherReleases.withOneEventMore();
    GOLDEN.forEach(
        (name, value) -> {
          if (name.startsWith("event ")) {
            assertThat(SchemaEvolutionTest.read(newer, encode(asNewer(newer, value))))
                .isEqualTo(value);
          }
        });
    GenericRecord unknown = OtherReleases.eventOfTheNewKind(asNewer(newer, golden("event up")));
    assertThatThrownBy(() -> SchemaEvolutionTest.read(newer, encode(unknown)))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageContaining(OtherReleases.EVENT)
        .hasMessageContaining("upgrade this program, then send the event again");
  }

  @Test
  void aNameMoreIsRefusedAndTheOthersAreRead() {
    Schema newer = OtherReleases.withOneReasonMore();
    LogRecord known = golden("decision of UPDATED");
    GenericRecord record = asNewer(newer, known);
    assertThat(SchemaEvolutionTest.read(newer, encode(record))).isEqualTo(known);
    record.put("reason", OtherReleases.newReason(newer));
    assertThatThrownBy(() -> SchemaEvolutionTest.read(newer, encode(record)))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageContaining("upgrade this program");
  }
}
