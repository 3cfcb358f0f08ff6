package org.pointsman.nms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.pointsman.model.InvalidValueException;
import org.pointsman.nms.barrier.BarrierSettings;

class NmsSettingsTest {

  @Test
  void theDefaultsNameThisHost() {
    NmsSettings settings = NmsSettings.defaults();

    assertThat(settings.source()).startsWith("pointsman-nms@").hasSizeGreaterThan(14);
    assertThat(settings.deliveryTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.eventIds().get())
        .matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
        .isNotEqualTo(settings.eventIds().get());
  }

  @Test
  void everyFaultIsNamed() {
    assertThatThrownBy(
            () ->
                new NmsSettings(
                    " ",
                    Duration.ofMillis(1),
                    Duration.ofSeconds(-1),
                    Clock.systemUTC(),
                    () -> "id",
                    _ -> {},
                    BarrierSettings.defaults()))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage(
            "expected a source of 1 to 256 characters but got ' '; expected a delivery timeout of"
                + " PT1S to PT1H but got PT0.001S; expected a notice after 0 or longer but got"
                + " PT-1S");
  }
}
