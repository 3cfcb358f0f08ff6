package org.pointsman.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What ping prints, and what is made of it. */
final class TrafficTest {
  private static String answers(int... numbers) {
    return IntStream.of(numbers)
        .mapToObj("64 bytes from 10.200.0.100: icmp_seq=%d ttl=63 time=1.17 ms"::formatted)
        .collect(Collectors.joining("\n", "PING 10.200.0.100 56(84) bytes of data.\n", "\n"));
  }

  @Test
  void everyAnswerCountsOnceAndInAnyOrder() {
    assertThat(Traffic.read(answers(1, 2, 4, 3, 5, 6, 7, 8))).isEqualTo(new Traffic.Pings(8, 0));
    assertThat(Traffic.read(answers(1, 2, 2, 3, 4, 5))).isEqualTo(new Traffic.Pings(5, 0));
  }

  @Test
  void whatIsMissingInTheMiddleIsLost() {
    assertThat(Traffic.read(answers(1, 2, 3, 6, 7, 8, 9))).isEqualTo(new Traffic.Pings(7, 2));
  }

  @Test
  void theFirstTwoAndThoseUnderWayAreNot() {
    assertThat(Traffic.read(answers(3, 4, 5, 6, 8))).isEqualTo(new Traffic.Pings(5, 0));
    assertThat(Traffic.read(answers(4, 5, 6, 7, 8))).isEqualTo(new Traffic.Pings(5, 1));
  }

  @Test
  void nothingAtAllIsNoAnswer() {
    assertThat(Traffic.read("connect: Network is unreachable\n"))
        .isEqualTo(new Traffic.Pings(0, 0));
    assertThat(Traffic.read("From 192.0.2.1 icmp_seq=1 Destination Net Unreachable\n"))
        .isEqualTo(new Traffic.Pings(0, 0));
  }
}
