package org.pointsman.director.packet;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import org.pointsman.director.packet.GoldenPackets.Golden;
import org.pointsman.director.packet.PacketOracle.Judgement;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.Side;

/**
 * Frames that a fuzzer makes up: each gets the verdict of {@link PacketOracle}, wherever it stands
 * in an array and whatever stands around it.
 *
 * <p>The build runs the committed inputs (in {@code PacketClassifierFuzzTestInputs} among the test
 * resources). To look for new ones, with {@code JAZZER_FUZZ=1} in the environment:
 *
 * <pre>mvn -pl director-consumer -am test -Dtest=PacketClassifierFuzzTest#anyFrame \
 *   -Dsurefire.failIfNoSpecifiedTests=false</pre>
 */
final class PacketClassifierFuzzTest {
  private static final int MOST_CHANGES = 6;

  private static final SteeringTable TABLE = new SteeringTable(TableLimits.forTunnels(1));
  private static final PacketClassifier CLASSIFIER = new PacketClassifier(TABLE);
  private static final PacketOracle ORACLE = new PacketOracle();
  private static final List<Golden> GOLDEN = GoldenPackets.all();
  private static final PacketContext OUTER = PacketClassifierTest.context(Side.OUTER);
  private static final PacketContext INNER = PacketClassifierTest.context(Side.INNER);

  static {
    PacketClassifierTest.fill(TABLE);
  }

  /** The first byte chooses the side; the others are the frame. */
  @FuzzTest(maxDuration = "5m")
  void anyFrame(byte[] input) {
    if (input.length > 0) {
      Side side = (input[0] & 1) == 0 ? Side.OUTER : Side.INNER;
      check(side, Arrays.copyOfRange(input, 1, input.length));
    }
  }

  /** A packet of the contract's table, cut or padded, with some bytes changed. */
  @FuzzTest(maxDuration = "5m")
  void changedGoldenPackets(FuzzedDataProvider input) {
    Golden golden = GOLDEN.get(input.consumeInt(0, GOLDEN.size() - 1));
    byte[] whole = golden.frame().toByteArray();
    int length = input.consumeBoolean() ? whole.length : input.consumeInt(0, whole.length + 20);
    byte[] frame = Arrays.copyOf(whole, length);
    int changes = input.consumeInt(0, MOST_CHANGES);
    for (int i = 0; i < changes && length > 0; i++) {
      frame[input.consumeInt(0, Math.min(length, 120) - 1)] = input.consumeByte();
    }
    check(golden.side(), frame);
  }

  private static void check(Side side, byte[] frame) {
    Judgement expected = ORACLE.judge(side, frame);
    byte[] exact = frame.clone(); // one byte further is an exception
    assertThat(classify(side, exact, 0, exact.length)).isEqualTo(expected);
    assertThat(exact).as("classifying changes nothing").isEqualTo(frame);
    for (int around = 0; around <= 0xff; around += 0xff) {
      byte[] within = new byte[frame.length + 160];
      Arrays.fill(within, (byte) around);
      int offset = 1 + frame.length % 31;
      System.arraycopy(frame, 0, within, offset, frame.length);
      assertThat(classify(side, within, offset, frame.length)).isEqualTo(expected);
    }
    if (expected.reason().verdict() == Verdict.STEER) {
      Frames.redirect(exact, 0, 0x0200_0000_0101L, GoldenPackets.DIRECTOR.bits());
      assertThat(Arrays.copyOfRange(exact, 12, exact.length))
          .as("what is behind the Ethernet addresses")
          .isEqualTo(Arrays.copyOfRange(frame, 12, frame.length));
    }
  }

  private static Judgement classify(Side side, byte[] bytes, int offset, int length) {
    Classification out = new Classification();
    CLASSIFIER.classify(bytes, offset, length, side == Side.OUTER ? OUTER : INNER, out);
    assertThat(out.server() != 0).isEqualTo(out.verdict() == Verdict.STEER);
    return new Judgement(out.reason(), out.server());
  }
}
