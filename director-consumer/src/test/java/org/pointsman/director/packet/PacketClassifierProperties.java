package org.pointsman.director.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Test;
import org.pointsman.director.packet.GoldenPackets.Golden;
import org.pointsman.director.packet.PacketOracle.Judgement;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.director.table.TableLimits;

/** Whatever arrives gets the verdict of {@link PacketOracle}, and only its own bytes count. */
final class PacketClassifierProperties {
  private static final SteeringTable TABLE = new SteeringTable(TableLimits.forTunnels(1));
  private static final List<Golden> GOLDEN = GoldenPackets.all();
  private static final PacketOracle ORACLE = new PacketOracle();

  static {
    PacketClassifierTest.fill(TABLE);
  }

  private final PacketClassifier classifier = new PacketClassifier(TABLE);

  /** The verdict, once among zeros and once among ones: what lies around it must not count. */
  private String classify(Golden golden, byte[] frame, int captured, int wire) {
    String[] results = new String[2];
    for (int i = 0; i < 2; i++) {
      byte[] within = new byte[captured + 128];
      Arrays.fill(within, (byte) (i == 0 ? 0 : 0xff));
      System.arraycopy(frame, 0, within, 64, captured);
      Classification out = new Classification();
      classifier.classifyFrame(
          within, 64, captured, wire, PacketClassifierTest.context(golden.side()), out);
      results[i] = out.reason().name() + out.server();
      assertThat(out.server() != 0).isEqualTo(out.verdict() == Verdict.STEER);
    }
    assertThat(results[0]).isEqualTo(results[1]);
    if (captured == wire) {
      Judgement expected = ORACLE.judge(golden.side(), Arrays.copyOf(frame, wire));
      assertThat(results[0]).isEqualTo(expected.reason().name() + expected.server());
    }
    return results[0];
  }

  @Test
  void everyPacketCutAtEveryLength() {
    for (Golden golden : GOLDEN) {
      byte[] frame = golden.frame().toByteArray();
      String whole = golden.reason().name() + golden.server();
      for (int length = 0; length < frame.length; length++) {
        // On the wire the rest is missing; in a capture it was only not kept.
        String onTheWire = classify(golden, frame, length, length);
        assertThat(onTheWire).isNotEqualTo(Reason.CUT_SHORT.name() + 0);
        assertThat(classify(golden, frame, length, frame.length))
            .as("%s, %d bytes kept", golden, length)
            .isIn(whole, Reason.CUT_SHORT.name() + 0);
      }
    }
  }

  @Property(tries = 5000)
  void anyBytesChanged(
      @ForAll("golden") Golden golden,
      @ForAll @Size(min = 1, max = 8) List<@IntRange(max = 120) Integer> places,
      @ForAll byte value) {
    byte[] frame = golden.frame().toByteArray();
    for (int place : places) {
      frame[place % frame.length] ^= value;
    }
    classify(golden, frame, frame.length, frame.length);
  }

  @Property(tries = 5000)
  void anyBytesAtAll(@ForAll("golden") Golden golden, @ForAll @Size(max = 200) byte[] noise) {
    classify(golden, noise, noise.length, noise.length);
    byte[] frame = golden.frame().toByteArray();
    System.arraycopy(
        noise,
        0,
        frame,
        Math.min(14, frame.length),
        Math.min(noise.length, Math.max(0, frame.length - 14)));
    classify(golden, frame, frame.length, frame.length);
  }

  @Provide
  Arbitrary<Golden> golden() {
    return Arbitraries.of(GOLDEN);
  }

  @AfterContainer
  static void close() {
    TABLE.close();
  }
}
