package org.pointsman.director;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pointsman.cli.Cli;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.dataplane.pcap.Libpcap;
import org.pointsman.director.dataplane.pcap.PcapPlaneException;
import org.pointsman.director.dataplane.xdp.XdpMode;
import org.pointsman.model.IpAddress;
import org.pointsman.model.Side;
import picocli.CommandLine;

final class DirectorCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine line = DirectorMain.commandLine();
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  private static DirectorSettings settings(String... arguments) {
    DirectorCommand command = new DirectorCommand();
    Cli.commandLine(command).parseArgs(arguments);
    return command.settings();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --cluster x                               | expected --side outer or --side inner but got neither; give one of them
          --side sideways                           | Invalid value for option '--side'
          --side outer --cluster a/b                | expected a cluster name
          --side outer --data-plane ipvs            | Invalid value for option '--data-plane'
          --side outer --data-plane xdp             | expected an --interface for --data-plane xdp but got none
          --side outer --xdp-mode fast              | Invalid value for option '--xdp-mode'
          --side outer --data-plane pcap            | expected an --interface for --data-plane pcap but got none
          --side outer --data-plane nftables        | expected an --interface for --data-plane nftables but got none
          --side outer --director-mac 02:00         | expected a MAC address such as
          --side outer --local-address 10.0.0.256   | expected an IP address such as
          --side outer --max-tunnels many           | Invalid value for option '--max-tunnels'
          --side outer --max-tunnels 9000000        | expected 1 to 8,388,608 --max-tunnels but got 9,000,000
          --side outer --on-miss hold               | Invalid value for option '--on-miss'
          --side outer --interfaces eth0            | Unknown option
          --side outer --property metadata.max.age.ms=soon | expected settings that Kafka takes but: Invalid value soon
          --side outer --config /no/such.properties | expected a file of KEY=VALUE lines in --config but
          """)
  void aWrongCommandLineIsExplained(String arguments, String sentence) {
    assertThat(run(arguments.split(" "))).isEqualTo(Cli.USAGE);
    assertThat(err.toString()).contains(sentence);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void anInterfaceThatIsNotThereIsNamed() {
    try {
      Libpcap.require();
    } catch (PcapPlaneException missing) {
      Assumptions.abort(missing.getMessage());
    }
    assertThat(run("--side", "outer", "--data-plane", "pcap", "--interface", "nosuch0"))
        .isEqualTo(Cli.FAILED);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "expected an interface but there is no nosuch0 here; check its name");
    assertThat(
            run(
                "--side=inner",
                "--data-plane=pcap",
                "--interface=nosuch0",
                "--director-mac=02:00:00:00:00:01"))
        .isEqualTo(Cli.FAILED);
    assertThat(err.toString()).contains("expected to open interface nosuch0 but got");
    assertThat(run("--side", "outer", "--data-plane", "nftables", "--interface", "nosuch0"))
        .isEqualTo(Cli.FAILED);
    assertThat(err.toString())
        .endsWith("expected an interface but there is no nosuch0 here; check its name\n");
  }

  @Test
  void everyOptionCounts() {
    DirectorSettings settings =
        settings(
            ("--side INNER -c west --data-plane pcap --interface eth1 --out eth2 --xdp-mode native"
                    + " --director-mac 02:00:00:00:00:01 --local-address 10.0.0.1,10.0.0.2"
                    + " --local-address 2001:db8::1 --on-miss drop --max-tunnels 1000000 --name in-1 --dry-run")
                .split(" "));
    assertThat(settings.side()).isEqualTo(Side.INNER);
    assertThat(settings.cluster().value()).isEqualTo("west");
    assertThat(settings.dataPlane()).isEqualTo(DataPlaneKind.PCAP);
    assertThat(settings.in()).isEqualTo("eth1");
    assertThat(settings.out()).isEqualTo("eth2");
    assertThat(settings.xdpMode()).isEqualTo(XdpMode.NATIVE);
    assertThat(settings.directorMac()).hasToString("02:00:00:00:00:01");
    assertThat(settings.localAddresses())
        .isEqualTo(
            List.of(
                IpAddress.parse("10.0.0.1"),
                IpAddress.parse("10.0.0.2"),
                IpAddress.parse("2001:db8::1")));
    assertThat(settings.onMiss()).isEqualTo(OnMiss.DROP);
    assertThat(settings.maxTunnels()).isEqualTo(1_000_000);
    assertThat(settings.name()).isEqualTo("in-1");
    assertThat(settings.dryRun()).isTrue();
  }

  @Test
  void theHelpTellsTheExitCodesAndIsAllThatIsDone() {
    assertThat(run("--help")).isEqualTo(Cli.OK);
    assertThat(out.toString())
        .contains("Exit codes:", "130,143", "--bootstrap-servers", "--data-plane", "steer");
    assertThat(run("steer", "--help")).isEqualTo(Cli.OK);
    assertThat(out.toString()).contains("--capture=FILE");
  }
}
