package org.pointsman.nms.inventory;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;

class InventoryReaderTest {
  private static final String HEADER = "id,cluster,outer_addresses,inner_subnets,expected_bps\n";

  static Stream<Arguments> goodFiles() {
    return Stream.of(
        good("as written", HEADER + "oslo,north,192.0.2.7,10.1.2.0/28,5\n", oslo(2, "north", 5)),
        good("no cluster, no traffic", HEADER + "oslo,,192.0.2.7,10.1.2.0/28,\n", oslo(2, "c0", 0)),
        good(
            "optional columns absent",
            "id,outer_addresses,inner_subnets\noslo,192.0.2.7,10.1.2.0/28",
            oslo(2, "c0", 0)),
        good(
            "columns in another order, titles in upper case",
            """
            EXPECTED_BPS,INNER_SUBNETS,ID,CLUSTER,OUTER_ADDRESSES
            5,10.1.2.0/28,oslo,north,192.0.2.7""",
            oslo(2, "north", 5)),
        good(
            "blanks around values",
            """
            id , cluster , outer_addresses , inner_subnets , expected_bps\s
             oslo , north , 192.0.2.7 , 10.1.2.0/28 , 5\s
            """,
            oslo(2, "north", 5)),
        good(
            "quoted",
            """
            "id","cluster",outer_addresses,inner_subnets,expected_bps
            "oslo",north,"192.0.2.7","10.1.2.0/28","5"
            """,
            oslo(2, "north", 5)),
        good(
            "CR LF",
            "id,outer_addresses,inner_subnets\r\noslo,192.0.2.7,10.1.2.0/28\r\n",
            oslo(2, "c0", 0)),
        good(
            "CR",
            "id,outer_addresses,inner_subnets\roslo,192.0.2.7,10.1.2.0/28\r",
            oslo(2, "c0", 0)),
        good(
            "byte order mark",
            "\ufeffid,outer_addresses,inner_subnets\noslo,192.0.2.7,10.1.2.0/28\n",
            oslo(2, "c0", 0)),
        good(
            "comments and empty lines count as lines",
            "# north, exported \"today\n\n"
                + HEADER
                + "  \n#,,\noslo,north,192.0.2.7,10.1.2.0/28,5",
            oslo(6, "north", 5)),
        good(
            "several addresses and subnets, IPv4 and IPv6, sorted",
            HEADER + "bergen,,2001:db8::3; 198.51.100.3,2001:db8:4::/48;10.4.0.0/27;10.5.0.1,0\n",
            new InventoryLine(
                2,
                new ClusterId("c0"),
                new TunnelAnnounce(
                    new TunnelId("bergen"),
                    List.of(IpAddress.parse("198.51.100.3"), IpAddress.parse("2001:db8::3")),
                    List.of(
                        IpPrefix.parse("10.4.0.0/27"),
                        IpPrefix.parse("10.5.0.1/32"),
                        IpPrefix.parse("2001:db8:4::/48")),
                    0))),
        good(
            "the largest number",
            HEADER + "oslo,north,192.0.2.7,10.1.2.0/28,9223372036854775807\n",
            oslo(2, "north", Long.MAX_VALUE)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goodFiles")
  void readsGoodFiles(String name, String file, InventoryLine expected) throws IOException {
    Inventory inventory = read(file);

    assertThat(inventory.faults()).isEmpty();
    assertThat(inventory.lines()).containsExactly(expected);
    assertThat(inventory.isGood()).isTrue();
  }

  @Test
  void sameTunnelAndSubnetInOtherClustersAreOthers() throws IOException {
    Inventory inventory =
        read(
            HEADER
                + "oslo,north,192.0.2.7,10.1.2.0/28,\n"
                + "oslo,south,192.0.2.7,10.1.2.0/28,\n"
                + "bergen,north,192.0.2.7,10.1.2.0/29,\n");

    assertThat(inventory.faults()).isEmpty();
    assertThat(inventory.lines()).hasSize(3);
    assertThat(inventory.clusters())
        .containsExactly(new ClusterId("north"), new ClusterId("south"));
  }

  static Stream<Arguments> badFiles() {
    return Stream.of(
        bad(
            "empty",
            "",
            "line 1: expected the header id,cluster,outer_addresses,inner_subnets,expected_bps but"
                + " the file is empty"),
        bad(
            "only comments",
            "# a\n\n",
            "line 2: expected the header id,cluster,outer_addresses,inner_subnets,expected_bps but"
                + " the file is empty"),
        bad(
            "only a header",
            HEADER + "\n",
            "line 2: expected a line for each tunnel but there is only a header"),
        bad(
            "no header",
            "oslo,north,192.0.2.7,10.1.2.0/28,5\n",
            "line 1: expected the header id,cluster,outer_addresses,inner_subnets,expected_bps but"
                + " got 'oslo,north,192.0.2.7,10.1.2.0/28,5'; add it as the first line"),
        bad(
            "semicolons between columns",
            "id;outer_addresses;inner_subnets\na;192.0.2.7;10.1.2.0/28\n",
            "line 1: expected columns separated by commas but got"
                + " 'id;outer_addresses;inner_subnets'; write"
                + " id,cluster,outer_addresses,inner_subnets,expected_bps"),
        bad(
            "unknown, untitled, repeated and missing columns, all of them",
            "id,Outer_Addresses,colour,,outer_addresses\n",
            "line 1: expected only the columns id, cluster, outer_addresses, inner_subnets,"
                + " expected_bps but column 3 is 'colour'; take it out",
            "line 1: expected only the columns id, cluster, outer_addresses, inner_subnets,"
                + " expected_bps but column 4 is without a title; take it out",
            "line 1, outer_addresses: expected the column once but it stands there twice",
            "line 1, inner_subnets: expected this column but the header lacks it"),
        bad(
            "host bits",
            HEADER + "oslo,north,192.0.2.7,10.1.2.1/28,5\n",
            "line 2, inner_subnets: expected a prefix but 10.1.2.1/28 has host bits set; did you"
                + " mean 10.1.2.0/28, or 10.1.2.1/32 for the one address?"),
        bad(
            "every column of a line",
            HEADER + "o/slo,no rth,192.0.2.256,10.1.2.0/33,10M\n",
            "line 2, cluster: expected a cluster name of 1 to 128 letters, digits or ._:@+- starting"
                + " with a letter or digit but got 'no rth'",
            "line 2, id: expected a tunnel name of 1 to 128 letters, digits or ._:@+- starting with"
                + " a letter or digit but got 'o/slo'",
            "line 2, outer_addresses: expected an IP address such as 192.0.2.7 or 2001:db8::7 but"
                + " got '192.0.2.256'",
            "line 2, inner_subnets: expected a prefix length of 0 to 32 for 10.1.2.0 but got 33",
            "line 2, expected_bps: expected a number of bits per second in digits such as 10000000"
                + " but got '10M'"),
        bad(
            "empty fields",
            HEADER + ",,,,\n",
            "line 2, id: expected a tunnel name of 1 to 128 letters, digits or ._:@+- starting with a"
                + " letter or digit but got ''",
            "line 2, outer_addresses: expected 1 to 64 values but the field is empty",
            "line 2, inner_subnets: expected 1 to 1024 values but the field is empty"),
        bad(
            "an empty place and a repeat in a list",
            HEADER + "oslo,,192.0.2.7;,10.1.2.0/28;10.1.2.0/28,\n",
            "line 2, outer_addresses: expected an IP address such as 192.0.2.7 or 2001:db8::7 but"
                + " got ''",
            "line 2, inner_subnets: expected each subnet once but 10.1.2.0/28 stands there twice"),
        bad(
            "too many addresses",
            HEADER + "oslo,," + addresses(65) + ",10.1.2.0/28,\n",
            "line 2, outer_addresses: expected 1 to 64 values but got 65"),
        bad(
            "negative, and one too large",
            HEADER
                + "oslo,,192.0.2.7,10.1.2.0/28,-1\n"
                + "bergen,,192.0.2.7,10.1.3.0/28,9223372036854775808\n",
            "line 2, expected_bps: expected a number of bits per second in digits such as 10000000"
                + " but got '-1'",
            "line 3, expected_bps: expected at most 9223372036854775807 bits per second but got"
                + " 9223372036854775808"),
        bad(
            "too few and too many fields",
            HEADER + "oslo,north,192.0.2.7\na,b,c,d,e,f\n",
            "line 2: expected 5 fields as in the header but got 3",
            "line 3: expected 5 fields as in the header but got 6"),
        bad(
            "a quote without its end",
            HEADER + "\"oslo,north,192.0.2.7,10.1.2.0/28,5\n",
            "line 2: expected each quoted field to end with a quote before the next comma or the"
                + " line's end but one does not; double the quotes inside it"),
        bad(
            "text after a quoted field",
            HEADER + "\"oslo\"x,north,192.0.2.7,10.1.2.0/28,5\n",
            "line 2: expected each quoted field to end with a quote before the next comma or the"
                + " line's end but one does not; double the quotes inside it"),
        bad(
            "control characters do not reach the terminal",
            HEADER + "\u001b[2Joslo,,192.0.2.7,10.1.2.0/28,\n",
            "line 2, id: expected a tunnel name of 1 to 128 letters, digits or ._:@+- starting with a"
                + " letter or digit but got '\ufffd[2Joslo'"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badFiles")
  void reportsBadFiles(String name, String file, List<String> expected) throws IOException {
    Inventory inventory = read(file);

    assertThat(inventory.faults()).extracting(Fault::toString).isEqualTo(expected);
    assertThat(inventory.lines()).isEmpty();
    assertThat(inventory.isGood()).isFalse();
  }

  @Test
  void namesTheLineThatADuplicateRepeats() throws IOException {
    Inventory inventory =
        read(
            HEADER
                + "oslo,north,192.0.2.7,10.1.2.0/28;10.1.3.0/28,\n"
                + "oslo,north,192.0.2.8,10.1.4.0/28,\n"
                + "bergen,north,192.0.2.9,10.1.3.0/28;10.1.4.0/28,\n"
                + "voss,north,192.0.2.9,10.1.5.0/28,\n");

    assertThat(inventory.faults())
        .extracting(Fault::toString)
        .containsExactly(
            "line 3, id: expected each tunnel once in cluster north but 'oslo' stands in line 2"
                + " already",
            "line 4, inner_subnets: expected subnets of this tunnel only but 10.1.3.0/28 is one of"
                + " the tunnel in line 2 too",
            "line 4, inner_subnets: expected subnets of this tunnel only but 10.1.4.0/28 is one of"
                + " the tunnel in line 3 too");
    assertThat(inventory.badLines()).isEqualTo(2);
    assertThat(inventory.lines()).extracting(InventoryLine::line).containsExactly(2, 5);
  }

  @Test
  void aBadLineStillHoldsItsNameAndSubnets() throws IOException {
    Inventory inventory =
        read(HEADER + "oslo,,192.0.2.7,10.1.2.0/28,x\noslo,,192.0.2.7,10.1.2.0/28,\n");

    assertThat(inventory.faults()).hasSize(3);
    assertThat(inventory.lines()).isEmpty();
  }

  @Test
  void aBadLineCostsThatLineOnly() throws IOException {
    Inventory inventory =
        read(
            HEADER
                + "oslo,north,192.0.2.7,10.1.2.0/28,5\n"
                + "\"never closed,north,192.0.2.8,10.1.3.0/28,5\n"
                + "voss,north,192.0.2.9,10.1.4.0/28,5\n");

    assertThat(inventory.faults()).extracting(Fault::line).containsExactly(3);
    assertThat(inventory.lines()).extracting(InventoryLine::line).containsExactly(2, 4);
  }

  @Test
  void reportsWhatIsNotUtf8() throws IOException {
    Inventory latin1 =
        read((HEADER + "tromsø,,192.0.2.7,10.1.2.0/28,\n" + good(3)).getBytes(ISO_8859_1));
    Inventory utf16 = read(("\ufeff" + HEADER).getBytes(UTF_16LE));

    assertThat(latin1.faults())
        .extracting(Fault::toString)
        .containsExactly("line 2: expected UTF-8 but byte 6 is 0xF8; save the file as UTF-8");
    assertThat(latin1.lines()).extracting(InventoryLine::line).containsExactly(3);
    assertThat(utf16.faults())
        .extracting(Fault::toString)
        .containsExactly("line 1: expected UTF-8 but byte 1 is 0xFF; save the file as UTF-8");
  }

  @Test
  void passesOverALineThatIsTooLong() throws IOException {
    Inventory inventory = read(HEADER + "x".repeat(3_000_000) + "\n" + good(3));

    assertThat(inventory.faults())
        .extracting(Fault::toString)
        .containsExactly(
            "line 2: expected a line of at most 1048576 bytes but it has 3000000; is this a CSV"
                + " file?");
    assertThat(inventory.lines()).hasSize(1);
  }

  @Test
  void reportsManyFieldsInOneSentence() throws IOException {
    assertThat(read(HEADER + ",".repeat(500_000)).faults())
        .extracting(Fault::reason)
        .containsExactly("expected 5 fields as in the header but got 500001");
    assertThat(read(HEADER + "a,," + ";".repeat(500_000) + ",10.0.0.0/8,").faults())
        .extracting(Fault::reason)
        .containsExactly("expected 1 to 64 values but got 500001");
  }

  @Test
  void failsOnAFileThatCannotBeRead(@TempDir Path directory) {
    InventoryReader reader = new InventoryReader(new ClusterId("c0"));
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the disk is gone");
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            throw new IOException("the disk is gone");
          }
        };

    assertThatThrownBy(() -> reader.read(directory.resolve("absent.csv")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> reader.read(broken))
        .isInstanceOf(IOException.class)
        .hasMessage("the disk is gone");
  }

  private static Arguments good(String name, String file, InventoryLine expected) {
    return Arguments.of(name, file, expected);
  }

  private static Arguments bad(String name, String file, String... expected) {
    return Arguments.of(name, file, List.of(expected));
  }

  private static String good(int line) {
    return "voss,,192.0.2.%d,10.9.%d.0/28,\n".formatted(line, line);
  }

  private static String addresses(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> "192.0.2." + i)
        .collect(Collectors.joining(";"));
  }

  private static InventoryLine oslo(int line, String cluster, long bitsPerSecond) {
    return new InventoryLine(
        line,
        new ClusterId(cluster),
        new TunnelAnnounce(
            new TunnelId("oslo"),
            List.of(IpAddress.parse("192.0.2.7")),
            List.of(IpPrefix.parse("10.1.2.0/28")),
            bitsPerSecond));
  }

  private static Inventory read(String file) throws IOException {
    return read(file.getBytes(UTF_8));
  }

  private static Inventory read(byte[] file) throws IOException {
    return new InventoryReader(new ClusterId("c0")).read(new ByteArrayInputStream(file));
  }
}
