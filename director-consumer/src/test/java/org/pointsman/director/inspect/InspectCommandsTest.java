package org.pointsman.director.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.director.table.Entities.config;
import static org.pointsman.director.table.Entities.server;
import static org.pointsman.director.table.Entities.tunnel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pointsman.cli.Cli;
import org.pointsman.director.table.EntityChange;
import picocli.CommandLine;

final class InspectCommandsTest {
  private static final List<EntityChange> RECORDS =
      Stream.of(
              config("203.0.113.1", 1),
              server("rs-1", "02:00:00:00:01:01", 2),
              server("rs-2", null, 3),
              tunnel("oslo", "rs-1", "192.0.2.7,2001:db8::7", "10.1.0.0/16", 4),
              tunnel("bergen", "rs-2", "192.0.2.9", "10.1.2.16/28,2001:db8:a::/48", 5),
              tunnel("molde", null, "192.0.2.10", "10.9.0.0/24", 6))
          .map(EntityChange::put)
          .toList();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object command, String... arguments) {
    CommandLine line = Cli.commandLine(command);
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private int lookup(String... arguments) {
    return run(new LookupCommand((_, _, _) -> RECORDS), arguments);
  }

  private int dump(String... arguments) {
    return run(new DumpCommand((_, _, _) -> RECORDS), arguments);
  }

  private List<String> lines() {
    return out.toString().lines().toList();
  }

  @Test
  void anOuterAddressIsFoundAndIsNoDestination() {
    assertThat(lookup("192.0.2.7")).isEqualTo(Cli.OK);
    assertThat(lines())
        .containsExactly(
            "outer  192.0.2.7  rs-1  tunnel oslo (UP, epoch 4)",
            "inner  192.0.2.7  miss: no tunnel has a subnet that holds it");
  }

  @Test
  void theLongestPrefixCounts() {
    assertThat(lookup("10.1.2.17", "--side", "inner")).isEqualTo(Cli.OK);
    assertThat(lookup("10.1.2.32", "--side", "inner")).isEqualTo(Cli.OK);
    assertThat(lookup("2001:db8:a:1::1", "--side", "inner")).isEqualTo(Cli.OK);
    assertThat(lines())
        .containsExactly(
            "inner  10.1.2.17  rs-2  tunnel bergen (UP, epoch 5)",
            "inner  10.1.2.32  rs-1  tunnel oslo (UP, epoch 4)",
            "inner  2001:db8:a:1::1  rs-2  tunnel bergen (UP, epoch 5)");
  }

  @Test
  void aMissSaysWhy() {
    assertThat(lookup("192.0.2.99", "--side", "outer")).isEqualTo(Cli.FAILED);
    assertThat(lookup("192.0.2.10", "--side", "outer")).isEqualTo(Cli.FAILED);
    assertThat(lookup("203.0.113.1", "--side", "outer")).isEqualTo(Cli.FAILED);
    assertThat(lines())
        .containsExactly(
            "outer  192.0.2.99  miss: no tunnel has this outer address",
            "outer  192.0.2.10  miss: tunnel molde (UP, epoch 6) waits for a server",
            "outer  203.0.113.1  miss: it is a virtual address of the cluster, which peers send to");
  }

  @Test
  void aLookupIsJsonIfAskedTo() throws Exception {
    assertThat(lookup("192.0.2.9", "--side=outer", "--json")).isEqualTo(Cli.OK);
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.get("server").textValue()).isEqualTo("rs-2");
    assertThat(json.get("miss").booleanValue()).isFalse();
    assertThat(json.at("/tunnels/0/tunnel").textValue()).isEqualTo("bergen");
  }

  @Test
  void theDumpShowsAllInOrder() {
    assertThat(dump()).isEqualTo(Cli.OK);
    assertThat(lines().getFirst())
        .startsWith("cluster  default  3 tunnels, 1 of them pending, epoch 6, digest ");
    assertThat(lines().subList(1, lines().size()))
        .containsExactly(
            "server   rs-1                 ACTIVE  198.51.100.1  02:00:00:00:01:01",
            "server   rs-2                 ACTIVE  198.51.100.1  MAC resolved",
            "virtual  203.0.113.1",
            "outer    192.0.2.7            rs-1  oslo",
            "outer    192.0.2.9            rs-2  bergen",
            "outer    2001:db8::7          rs-1  oslo",
            "inner    10.1.0.0/16          rs-1  oslo",
            "inner    10.1.2.16/28         rs-2  bergen",
            "inner    2001:db8:a::/48      rs-2  bergen");
  }

  @Test
  void theDumpIsJsonIfAskedTo() throws Exception {
    assertThat(dump("--json", "--side", "inner")).isEqualTo(Cli.OK);
    ObjectMapper mapper = new ObjectMapper();
    assertThat(lines()).hasSize(7);
    for (String line : lines()) {
      assertThat(mapper.readTree(line).get("kind").textValue())
          .isIn("cluster", "server", "virtual", "inner");
    }
    JsonNode last = mapper.readTree(lines().getLast());
    assertThat(last.get("prefix").textValue()).isEqualTo("2001:db8:a::/48");
    assertThat(last.at("/tunnels/0").textValue()).isEqualTo("bergen");
  }

  @Test
  void recordsThatCannotBeReadAreTold() {
    int code =
        run(
            new DumpCommand(
                (_, _, bad) -> {
                  for (int i = 0; i < 12; i++) {
                    bad.accept("record " + i);
                  }
                  return List.of();
                }));
    assertThat(code).isEqualTo(Cli.OK);
    assertThat(err.toString().lines())
        .hasSize(11)
        .contains("skipped record 0", "skipped 12 records in all that cannot be read");
  }

  @Test
  void whatIsNoAddressIsRefused() {
    assertThat(lookup("192.0.2.300")).isEqualTo(Cli.USAGE);
    assertThat(lookup()).isEqualTo(Cli.USAGE);
  }
}
