package org.pointsman.nms.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextsTest {

  @ParameterizedTest
  @CsvSource({
    "0,-",
    "1,1 bit/s",
    "999,999 bit/s",
    "1000,1 kbit/s",
    "1500,1.5 kbit/s",
    "9949,9.9 kbit/s",
    "9950,10 kbit/s",
    "999499,999 kbit/s",
    "999500,1 Mbit/s",
    "10000000000,10 Gbit/s",
    "9223372036854775807,9223372 Tbit/s",
  })
  void trafficIsToldInItsUnit(long bitsPerSecond, String text) {
    assertThat(Texts.traffic(bitsPerSecond)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"PT0S,0s", "PT90S,90s", "PT5M,5m", "PT1H,1h", "P1D,24h", "PT0.25S,250ms"})
  void durationsReadAsOptionsTakeThem(Duration duration, String text) {
    assertThat(Texts.duration(duration)).isEqualTo(text);
  }

  @Test
  void countsHaveThousands() {
    assertThat(Texts.count(1, "tunnel")).isEqualTo("1 tunnel");
    assertThat(Texts.count(10_000, "tunnel")).isEqualTo("10,000 tunnels");
  }
}
