package org.pointsman.director;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;

final class DirectorSettingsTest {
  @Test
  void whatIsNotSetHasItsDefault() {
    DirectorSettings outer = DirectorSettings.builder(Side.OUTER).build();
    assertThat(outer.name()).isEqualTo("outer@" + ThisHost.name());
    assertThat(outer.cluster().value()).isEqualTo("default");
    assertThat(outer.dataPlane()).isEqualTo(DataPlaneKind.MEMORY);
    assertThat(outer.onMiss()).isEqualTo(OnMiss.DROP);
    assertThat(outer.maxTunnels()).isEqualTo(65_536);
    assertThat(outer.localAddresses()).contains(IpAddress.parse("127.0.0.1"));

    DirectorSettings inner = DirectorSettings.builder(Side.INNER).build();
    assertThat(inner.name()).startsWith("inner@");
    assertThat(inner.onMiss()).isEqualTo(OnMiss.PASS);
  }

  @Test
  void whatIsSetIsTakenAsItIs() {
    DirectorSettings settings =
        DirectorSettings.builder(Side.INNER)
            .name("inner-7")
            .localAddresses(List.of())
            .onMiss(OnMiss.DROP)
            .maxTunnels(TableLimits.MOST_TUNNELS)
            .build();
    assertThat(settings.name()).isEqualTo("inner-7");
    assertThat(settings.localAddresses()).isEmpty();
    assertThat(settings.onMiss()).isEqualTo(OnMiss.DROP);
  }

  @Test
  void allFaultsAreToldAtOnceALineEach() {
    DirectorSettings.Builder builder =
        DirectorSettings.builder(Side.OUTER)
            .name("no spaces, please")
            .dataPlane(DataPlaneKind.PCAP)
            .out(" ")
            .directorMac(MacAddress.parse("01:00:5e:00:00:01"))
            .maxTunnels(0);
    assertThatThrownBy(builder::build)
        .isInstanceOf(InvalidValueException.class)
        .extracting(fault -> String.valueOf(fault.getMessage()).lines().toList())
        .isEqualTo(
            List.of(
                "expected a --name of 1 to 128 letters, digits or ._:@+- starting with a letter or digit but got 'no spaces, please'",
                "expected an --interface for --data-plane pcap but got none; name the one that the packets come in on",
                "expected the name of an interface for --out but got nothing; leave --out away",
                "expected the Ethernet address of one host for --director-mac but 01:00:5e:00:00:01 is a group's",
                "expected 1 to 8,388,608 --max-tunnels but got 0"));
  }

  @Test
  void aMemoryDataPlaneNeedsNoInterfaceAndDoesNotMindOne() {
    assertThat(DirectorSettings.builder(Side.OUTER).in("eth0").build().in()).isEqualTo("eth0");
  }
}
