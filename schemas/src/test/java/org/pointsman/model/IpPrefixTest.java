package org.pointsman.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IpPrefixTest {

  @ParameterizedTest
  @CsvSource({
    "10.1.2.0/28, 10.1.2.0, 10.1.2.15",
    "0.0.0.0/0, 0.0.0.0, 255.255.255.255",
    "192.0.2.7, 192.0.2.7, 192.0.2.7",
    "::/0, ::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db8::/48, 2001:db8::, 2001:db8:0:ffff:ffff:ffff:ffff:ffff",
    "2001:db8::/64, 2001:db8::, 2001:db8::ffff:ffff:ffff:ffff",
    "2001:db8::8/125, 2001:db8::8, 2001:db8::f"
  })
  void spansFromItsAddressToItsLast(String text, String first, String last) {
    IpPrefix prefix = IpPrefix.parse(text);
    assertThat(prefix.address()).hasToString(first);
    assertThat(prefix.last()).hasToString(last);
    assertThat(prefix.contains(prefix.address())).isTrue();
    assertThat(prefix.contains(prefix.last())).isTrue();
  }

  @Test
  void hostBitsAreRefusedWithTheTwoLikelyMeanings() {
    assertThatThrownBy(() -> IpPrefix.parse("10.1.2.7/28"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("did you mean 10.1.2.0/28, or 10.1.2.7/32");
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/-1",
    "10.0.0.0/+8",
    "::/129",
    "10.0.0.0/8/8",
    "/8",
    "10.0.0.0/1x"
  })
  void refusesWhatIsNoPrefix(String text) {
    assertThatThrownBy(() -> IpPrefix.parse(text)).isInstanceOf(InvalidValueException.class);
  }

  @Property
  void holdsExactlyTheAddressesWithItsLeadingBits(
      @ForAll long high,
      @ForAll long low,
      @ForAll @IntRange(max = 128) int length,
      @ForAll @IntRange(max = 127) int bit) {
    IpAddress address = IpAddress.v6(high, low);
    IpPrefix prefix = IpPrefix.containing(address, length);
    IpAddress flipped =
        bit < 64
            ? IpAddress.v6(high ^ (Long.MIN_VALUE >>> bit), low)
            : IpAddress.v6(high, low ^ (Long.MIN_VALUE >>> (bit - 64)));
    assertThat(prefix.contains(address)).isTrue();
    assertThat(prefix.contains(flipped)).isEqualTo(bit >= length);
  }

  @Property
  void holdsExactlyTheIpv4AddressesWithItsLeadingBits(
      @ForAll int bits,
      @ForAll @IntRange(max = 32) int length,
      @ForAll @IntRange(max = 31) int bit) {
    IpPrefix prefix = IpPrefix.containing(IpAddress.v4(bits), length);
    assertThat(prefix.contains(IpAddress.v4(bits ^ (Integer.MIN_VALUE >>> bit))))
        .isEqualTo(bit >= length);
    assertThat(prefix.last().low() - prefix.address().low()).isEqualTo((1L << (32 - length)) - 1);
    assertThat(IpPrefix.parse(prefix.toString())).isEqualTo(prefix);
  }
}
