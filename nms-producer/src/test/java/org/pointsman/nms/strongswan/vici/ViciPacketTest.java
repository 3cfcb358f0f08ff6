package org.pointsman.nms.strongswan.vici;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pointsman.nms.strongswan.vici.ViciValue.Section;
import org.pointsman.nms.strongswan.vici.ViciValue.Text;
import org.pointsman.nms.strongswan.vici.ViciValue.Texts;

final class ViciPacketTest {

  /** The example of the protocol's own description, with its bytes as written there. */
  @Test
  void theExampleOfTheProtocolsDescription() throws ViciException {
    Map<String, ViciValue> sub = new LinkedHashMap<>();
    sub.put("key2", new Text("value2"));
    Map<String, ViciValue> section1 = new LinkedHashMap<>();
    section1.put("sub-section", new Section(sub));
    section1.put("list1", new Texts(List.of("item1", "item2")));
    Map<String, ViciValue> message = new LinkedHashMap<>();
    message.put("key1", new Text("value1"));
    message.put("section1", new Section(section1));

    String bytes =
        "03046b657931000676616c756531"
            + "010873656374696f6e31"
            + "010b7375622d73656374696f6e"
            + "03046b657932000676616c756532"
            + "02"
            + "04056c69737431"
            + "0500056974656d31"
            + "0500056974656d32"
            + "06"
            + "02";
    assertThat(HexFormat.of().formatHex(ViciMessages.encode(new Section(message))))
        .isEqualTo(bytes);
    assertThat(ViciMessages.decode(java.nio.ByteBuffer.wrap(HexFormat.of().parseHex(bytes))))
        .isEqualTo(new Section(message));
  }

  @Test
  void aRequestNamesItsCommand() {
    assertThat(new ViciPacket.CommandRequest("version", Section.EMPTY).encode())
        .containsExactly(0, 7, 'v', 'e', 'r', 's', 'i', 'o', 'n');
    assertThat(new ViciPacket.EventRegister("log").encode()).containsExactly(3, 3, 'l', 'o', 'g');
    assertThat(new ViciPacket.EventUnregister("log").encode()).containsExactly(4, 3, 'l', 'o', 'g');
  }

  @ParameterizedTest
  @CsvSource({
    "'', it is empty",
    "08, it has type 8",
    "07, it is cut short",
    "0705616263, it is cut short",
    "0107, element type 7 is none here",
    "010105, it is cut short",
    "01010161, a section does not end",
    "0102, a section ends that never began",
    "01040161, a list does not end",
    "010401610301620000, element type 3 is none in a list",
    "01030161, it is cut short",
    "010301610005, it is cut short",
    "0105000161, element type 5 is none here",
  })
  void whatIsNoPacketIsSaidInASentence(String hex, String why) {
    assertThatThrownBy(() -> ViciPacket.decode(HexFormat.of().parseHex(hex)))
        .isInstanceOf(ViciException.class)
        .hasMessageStartingWith("expected a VICI ")
        .hasMessageContaining(why);
  }

  @Test
  void sectionsNestedWithoutEndAreRefused() {
    byte[] packet = new byte[1 + 3 * 100_000];
    packet[0] = 1;
    for (int i = 1; i < packet.length; i += 3) {
      packet[i] = 1;
      packet[i + 1] = 1;
      packet[i + 2] = 'a';
    }
    assertThatThrownBy(() -> ViciPacket.decode(packet))
        .isInstanceOf(ViciException.class)
        .hasMessageContaining("nested deeper than 32");
  }

  @Test
  void whatDoesNotFitIsNotWritten() {
    assertThatThrownBy(() -> ViciMessages.encode(Section.of("a".repeat(256), "")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected at most 255 bytes in a VICI message but got 256");
    assertThatThrownBy(() -> ViciMessages.encode(Section.of("a", "b".repeat(65_536))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
