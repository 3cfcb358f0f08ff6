package org.pointsman.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IpAddressTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7",
    "0.0.0.0, 0.0.0.0",
    "255.255.255.255, 255.255.255.255",
    "::, ::",
    "::1, ::1",
    "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0db8:0000:0000:0000:0000:0000:0007, 2001:db8::7",
    "fe80::, fe80::",
    "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
    "0:0:3:4:5:6:7:8, ::3:4:5:6:7:8",
    "::ffff:192.0.2.1, 192.0.2.1",
    "64:ff9b::192.0.2.33, 64:ff9b::c000:221"
  })
  void writesTheCanonicalTextOfRfc5952(String text, String canonical) {
    assertThat(IpAddress.parse(text)).hasToString(canonical);
    assertThat(IpAddress.parse(canonical)).isEqualTo(IpAddress.parse(text));
    assertThat(IpAddress.of(IpAddress.parse(text).toBytes())).isEqualTo(IpAddress.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1.2.3",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.04",
        "1.2.3.4.5",
        "host",
        "1:2",
        "fe80::1%eth0",
        ":::",
        "1.2.3.4/32",
        "[::1]",
        "0x7f000001"
      })
  void refusesWhatIsNoAddress(String text) {
    assertThatThrownBy(() -> IpAddress.parse(text))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("expected an IP address");
  }

  @ParameterizedTest
  @CsvSource({
    "1.2.3.4, 1.2.3.5",
    "9.9.9.9, 10.0.0.0",
    "127.0.0.1, 128.0.0.0",
    "255.0.0.0, ::",
    "::1, 8000::"
  })
  void ordersIpv4FirstThenNumerically(String smaller, String larger) {
    assertThat(IpAddress.parse(smaller)).isLessThan(IpAddress.parse(larger));
  }
}
