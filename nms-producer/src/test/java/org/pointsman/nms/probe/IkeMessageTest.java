package org.pointsman.nms.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class IkeMessageTest {
  private static final long SPI = 0xe12c_2422_6067_dd6fL;

  /** What strongSwan 5.9.8 answered to the request, byte for byte: NO_PROPOSAL_CHOSEN. */
  private static final String ANSWER =
      "e12c24226067dd6f"
          + "0000000000000000"
          + "29202220"
          + "00000000"
          + "00000024"
          + "000000080000000e";

  private static ByteBuffer answer() {
    return ByteBuffer.wrap(HexFormat.of().parseHex(ANSWER));
  }

  private static boolean isAnswer(Consumer<ByteBuffer> damage) {
    ByteBuffer bytes = answer();
    damage.accept(bytes);
    return IkeMessage.isAnswer(bytes, SPI);
  }

  @Test
  void theRequestIsWellFormed() {
    ByteBuffer request = ByteBuffer.wrap(IkeMessage.request(SPI, new byte[64]));
    assertThat(request.getLong(0)).isEqualTo(SPI);
    assertThat(request.getLong(8)).isZero();
    assertThat(request.getInt(24)).isEqualTo(request.capacity()).isEqualTo(148);
    assertThat(IkeMessage.isAnswer(request, SPI)).isFalse(); // it is a request
    request.put(19, (byte) 0x20);
    assertThat(IkeMessage.isAnswer(request, SPI)).isTrue(); // its payloads fill it
  }

  @Test
  void anyAnswerToTheRequestCounts() {
    assertThat(isAnswer(bytes -> {})).isTrue();
    assertThat(isAnswer(bytes -> bytes.put(17, (byte) 0x21))).isTrue(); // a newer minor version
    assertThat(isAnswer(bytes -> bytes.putShort(34, (short) 16390))).isTrue(); // a cookie
  }

  @Test
  void whatIsNoAnswerDoesNot() {
    assertThat(isAnswer(bytes -> bytes.putLong(0, 1))).isFalse();
    assertThat(isAnswer(bytes -> bytes.put(17, (byte) 0x10))).isFalse(); // IKEv1
    assertThat(isAnswer(bytes -> bytes.put(18, (byte) 35))).isFalse(); // IKE_AUTH
    assertThat(isAnswer(bytes -> bytes.put(19, (byte) 0))).isFalse(); // a request
    assertThat(isAnswer(bytes -> bytes.put(19, (byte) 0x28))).isFalse(); // the initiator's
    assertThat(isAnswer(bytes -> bytes.putInt(20, 1))).isFalse();
    assertThat(isAnswer(bytes -> bytes.putInt(24, 37))).isFalse();
    assertThat(isAnswer(bytes -> bytes.putShort(30, (short) 9))).isFalse(); // past the end
    assertThat(isAnswer(bytes -> bytes.putShort(30, (short) 0))).isFalse(); // would never end
    assertThat(isAnswer(bytes -> bytes.put(28, (byte) 41))).isFalse(); // promises another payload
    assertThat(isAnswer(bytes -> bytes.put(16, (byte) 0))).isFalse(); // has more than it says
    assertThat(isAnswer(bytes -> bytes.limit(27))).isFalse();
  }

  @Property
  void anyBytesEndInYesOrNo(@ForAll @Size(max = 200) byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    boolean isAnswer = IkeMessage.isAnswer(in, SPI);
    assertThat(isAnswer && bytes.length < 28).isFalse();
    assertThat(in.position()).isZero();
  }

  @Test
  void noSpiIsNotAllowed() {
    assertThatThrownBy(() -> IkeMessage.request(0, new byte[64]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
