package org.pointsman.nms.strongswan.vici;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.pointsman.nms.strongswan.vici.ViciValue.Section;
import org.pointsman.nms.strongswan.vici.ViciValue.Text;
import org.pointsman.nms.strongswan.vici.ViciValue.Texts;

final class ViciPacketProperties {

  @Property
  void decodingWhatWasEncodedGivesTheSame(@ForAll("packets") ViciPacket packet)
      throws ViciException {
    assertThat(ViciPacket.decode(packet.encode())).isEqualTo(packet);
  }

  /**
   * Cut anywhere, it is refused, or it was cut where the top level has just begun a new element.
   */
  @Property
  void aPacketCutShortIsRefusedOrIsShorter(
      @ForAll("packets") ViciPacket packet, @ForAll @IntRange(max = 100) int percent) {
    byte[] whole = packet.encode();
    byte[] cut = Arrays.copyOf(whole, whole.length * percent / 100);
    try {
      ViciPacket read = ViciPacket.decode(cut);
      assertThat(read.encode()).isEqualTo(cut);
    } catch (ViciException refused) {
      assertThat(refused).hasMessageStartingWith("expected a VICI ");
    }
  }

  @Property
  void anyBytesAreReadOrRefused(@ForAll @Size(max = 300) byte[] bytes) {
    try {
      assertThat(ViciPacket.decode(bytes)).isNotNull();
    } catch (ViciException refused) {
      assertThat(refused).hasMessageStartingWith("expected a VICI ");
    }
  }

  /** Nearer to the real thing than random bytes: a packet with some bytes changed. */
  @Property
  void aDamagedPacketIsReadOrRefused(
      @ForAll("packets") ViciPacket packet, @ForAll @Size(max = 4) Map<Integer, Byte> damage) {
    byte[] bytes = packet.encode();
    damage.forEach((at, to) -> bytes[Math.floorMod(at, bytes.length)] = to);
    try {
      assertThat(ViciPacket.decode(bytes)).isNotNull();
    } catch (ViciException refused) {
      assertThat(refused).hasMessageStartingWith("expected a VICI ");
    }
  }

  @Provide
  Arbitrary<ViciPacket> packets() {
    Arbitrary<String> names = Arbitraries.strings().ascii().ofMaxLength(20);
    Arbitrary<Section> messages = sections(3);
    return Arbitraries.oneOf(
        net.jqwik.api.Combinators.combine(names, messages).as(ViciPacket.CommandRequest::new),
        net.jqwik.api.Combinators.combine(names, messages).as(ViciPacket.Event::new),
        messages.map(ViciPacket.CommandResponse::new),
        names.map(ViciPacket.EventRegister::new),
        names.map(ViciPacket.EventUnregister::new),
        Arbitraries.of(
            new ViciPacket.CommandUnknown(),
            new ViciPacket.EventConfirm(),
            new ViciPacket.EventUnknown()));
  }

  private static Arbitrary<Section> sections(int depth) {
    Arbitrary<String> names = Arbitraries.strings().withCharRange('a', 'ÿ').ofMaxLength(10);
    Arbitrary<String> texts = Arbitraries.strings().withCharRange(' ', 'ÿ').ofMaxLength(300);
    Arbitrary<ViciValue> leaves =
        Arbitraries.oneOf(texts.map(Text::new), texts.list().ofMaxSize(4).map(Texts::new));
    Arbitrary<ViciValue> values =
        depth == 0 ? leaves : Arbitraries.oneOf(leaves, sections(depth - 1).map(s -> s));
    return Arbitraries.maps(names, values)
        .ofMaxSize(4)
        .map(map -> new Section(new LinkedHashMap<>(map)));
  }
}
