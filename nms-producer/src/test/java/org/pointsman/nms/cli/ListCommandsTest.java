package org.pointsman.nms.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.nms.cli.Entities.server;
import static org.pointsman.nms.cli.Entities.tunnel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.ClusterId;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.Policy;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;

class ListCommandsTest {
  private final FakeDeployment deployment = new FakeDeployment();

  @BeforeEach
  void aCluster() {
    deployment.entities.addAll(
        List.of(
            tunnel("sunset", TunnelState.UP, "rs-2"),
            tunnel("sunrise", TunnelState.ANNOUNCED, null, 0),
            large(),
            tunnel("oslo", TunnelState.LINGERING, "rs-2", 1_500_000_000),
            server("rs-2", true, false),
            server("rs-1", true, true),
            server("rs-3", false, true)));
  }

  private static Assignment large() {
    return new Assignment(
        Entities.DEFAULT,
        new TunnelId("large-one"),
        TunnelState.ANNOUNCED,
        new ServerId("rs-1"),
        List.of(IpAddress.parse("192.0.2.9")),
        IntStream.range(0, 5).mapToObj(i -> IpPrefix.parse("10.9." + i + ".0/24")).toList(),
        999_999,
        true,
        FakeDeployment.TIME,
        FakeDeployment.TIME.plusSeconds(600),
        2,
        8);
  }

  private Run tunnels(String line) {
    return Run.of(new TunnelCommand(deployment), line);
  }

  private Run servers(String line) {
    return Run.of(new ServerCommand(deployment), line);
  }

  private Run cluster(String line) {
    return Run.of(new ClusterCommand(deployment, null), line);
  }

  @Test
  void tunnelsAreListedByName() {
    assertThat(tunnels("list"))
        .isEqualTo(
            new Run(
                0,
                """
                TUNNEL     STATE      SERVER         OUTER ADDRESSES  INNER SUBNETS                  TRAFFIC
                large-one  ANNOUNCED  rs-1 (pinned)  192.0.2.9        10.9.0.0/24;10.9.1.0/24 +3    1 Mbit/s
                oslo       LINGERING  rs-2           192.0.2.7        10.1.2.0/28                 1.5 Gbit/s
                sunrise    ANNOUNCED  pending        192.0.2.7        10.1.2.0/28                          -
                sunset     UP         rs-2           192.0.2.7        10.1.2.0/28                  10 Mbit/s
                """,
                ""));
  }

  @ParameterizedTest
  @CsvSource({
    "list --server rs-2,oslo sunset",
    "list --state announced,large-one sunrise",
    "list --pending,sunrise",
    "list --server rs-2 --state UP,sunset",
    "list --server rs-9,''",
  })
  void tunnelsCanBeChosen(String line, String names) {
    assertThat(
            tunnels(line)
                .out()
                .lines()
                .skip(1)
                .map(row -> row.substring(0, row.indexOf(' ')))
                .toList())
        .isEqualTo(names.isEmpty() ? List.of() : List.of(names.split(" ", -1)));
  }

  @Test
  void aTunnelAsJsonHasAllThereIsToKnow() throws JsonProcessingException {
    List<String> lines = tunnels("list --json").out().lines().toList();

    assertThat(lines).hasSize(4);
    assertThat(lines.getFirst())
        .isEqualTo(
            "{\"cluster\":\"default\",\"tunnel\":\"large-one\",\"state\":\"ANNOUNCED\","
                + "\"server\":\"rs-1\",\"outerAddresses\":[\"192.0.2.9\"],\"innerSubnets\":["
                + "\"10.9.0.0/24\",\"10.9.1.0/24\",\"10.9.2.0/24\",\"10.9.3.0/24\",\"10.9.4.0/24\"],"
                + "\"expectedBitsPerSecond\":999999,\"pinned\":true,"
                + "\"stateSince\":\"2026-03-01T12:00:00Z\",\"deadline\":\"2026-03-01T12:10:00Z\","
                + "\"order\":2,\"epoch\":8}");
    assertThat(new ObjectMapper().readTree(lines.get(2)).get("server").isNull()).isTrue();
  }

  @Test
  void serversAreListedWithWhatTheyHold() {
    assertThat(servers("list"))
        .isEqualTo(
            new Run(
                0,
                """
                SERVER  STATE     WEIGHT  UP  ANNOUNCED  LINGERING     TRAFFIC  ADDRESS    MAC                NOT FOUND BY
                rs-1    DRAINING       2   0          1          0    1 Mbit/s  10.0.0.11  02:00:5e:00:00:11  -
                rs-2    ACTIVE         2   1          0          1  1.5 Gbit/s  10.0.0.11  02:00:5e:00:00:11  -
                rs-3    DOWN           2   0          0          0           -  10.0.0.11  02:00:5e:00:00:11  -
                """,
                ""));
  }

  @Test
  void aServerAsJsonHasAllThereIsToKnow() {
    assertThat(servers("list --json").out().lines().skip(1).findFirst())
        .contains(
            "{\"cluster\":\"default\",\"server\":\"rs-2\",\"state\":\"ACTIVE\","
                + "\"address\":\"10.0.0.11\",\"mac\":\"02:00:5e:00:00:11\",\"weight\":2,"
                + "\"maxTunnels\":null,\"maxBitsPerSecond\":null,\"alive\":true,\"draining\":false,"
                + "\"drainDeadline\":null,\"epoch\":3,"
                + "\"tunnels\":{\"UP\":1,\"ANNOUNCED\":0,\"LINGERING\":1},"
                + "\"announcedBitsPerSecond\":1510000000,\"unresolvedBy\":[]}");
  }

  private static DirectorStatus director(String name, String cluster, String... unresolved) {
    return new DirectorStatus(
        name,
        Side.OUTER,
        "pcap",
        new TreeMap<>(),
        List.of(),
        Stream.of(unresolved)
            .map(server -> new EntityKey.Server(new ClusterId(cluster), new ServerId(server)))
            .toList(),
        0,
        0,
        0,
        FakeDeployment.TIME,
        null,
        FakeDeployment.TIME);
  }

  private String notFound(String server) {
    return servers("list")
        .out()
        .lines()
        .filter(line -> line.startsWith(server + " "))
        .map(line -> line.substring(line.lastIndexOf("  ") + 2))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aServerThatDirectorsDoNotFindIsShown() {
    Instant longAgo = FakeDeployment.TIME;
    Instant now = longAgo.plusSeconds(60);
    deployment.unresolved.take("dead", director("dead", "default", "rs-1"), longAgo);
    deployment.unresolved.take("ended", director("ended", "default", "rs-1"), now);
    deployment.unresolved.take("ended", null, now);
    deployment.unresolved.take("found", director("found", "default", "rs-1"), now);
    deployment.unresolved.take("found", director("found", "default"), now);
    deployment.unresolved.take("others", director("others", "another", "rs-1"), now);
    assertThat(notFound("rs-1")).isEqualTo("-");

    deployment.unresolved.take("outer", director("outer", "default", "rs-1", "rs-2"), now);
    deployment.unresolved.take("inner", director("inner", "default", "rs-1"), now);
    assertThat(notFound("rs-1")).isEqualTo("inner;outer");
    assertThat(notFound("rs-2")).isEqualTo("outer");
    assertThat(servers("list --json").out()).contains("\"unresolvedBy\":[\"inner\",\"outer\"]}");
  }

  @Test
  void serversAreListedAlsoIfNobodyTellsOfDirectors() {
    deployment.directorsUnreadable = new TopicAuthorizationException("not allowed to read it");
    Run run = servers("list");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines()).hasSize(4);
    assertThat(run.err()).contains("not allowed to read it").hasLineCount(1);
  }

  @Test
  void aClusterIsShownWithItsSettings() {
    deployment.entities.add(
        new ClusterConfig(
            Entities.DEFAULT,
            Policy.LEAST_TUNNELS,
            List.of(IpAddress.parse("192.0.2.1")),
            Duration.ofMinutes(5),
            Duration.ofMillis(1500),
            null,
            1));

    assertThat(cluster("show"))
        .isEqualTo(
            new Run(
                0,
                """
                cluster            default
                policy             LEAST_TUNNELS
                virtual addresses  192.0.2.1
                linger             5m
                announce timeout   1500ms
                drain deadline     none
                servers            3: 1 active, 1 draining, 1 down
                tunnels            4: 1 up, 2 announced, 1 lingering
                announced traffic  1.5 Gbit/s
                pending            1: sunrise
                """,
                ""));
  }

  @Test
  void ofManyPendingTunnelsTheFirstAreNamed() {
    IntStream.range(0, 1000)
        .mapToObj(i -> tunnel("t" + i, TunnelState.ANNOUNCED, null))
        .forEach(deployment.entities::add);

    assertThat(cluster("show").out())
        .contains("pending            1,001: sunrise, t0, t1, t10, ")
        .endsWith(", … (tunnel list --pending)\n");
  }

  @Test
  void aClusterAsJsonHasItsCounts() throws JsonProcessingException {
    JsonNode json = new ObjectMapper().readTree(cluster("show --json").out());

    assertThat(json.get("linger").asText()).isEqualTo("PT5M");
    assertThat(json.get("servers").toString())
        .isEqualTo("{\"ACTIVE\":1,\"DRAINING\":1,\"DOWN\":1}");
    assertThat(json.get("tunnels").toString())
        .isEqualTo("{\"UP\":1,\"ANNOUNCED\":2,\"LINGERING\":1}");
    assertThat(json.get("pending").toString()).isEqualTo("[\"sunrise\"]");
  }

  @Test
  void ofAClusterThatIsNotThereTheDefaultsAreShown() {
    Run run = cluster("show --cluster north");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("cluster            north (default settings)\n");
    assertThat(run.err()).startsWith("nothing is known of cluster north at ");
  }

  @Test
  void badRecordsAreToldAndTheOthersListed() {
    IntStream.range(0, 25).forEach(i -> deployment.badRecords.add("a-0@" + i + ": expected"));

    Run run = tunnels("list");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines()).hasSize(5);
    assertThat(run.err().lines())
        .hasSize(21)
        .startsWith("passed over: a-0@0: expected")
        .endsWith("passed over: 5 more records");
  }
}
