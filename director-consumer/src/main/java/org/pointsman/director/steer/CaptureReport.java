package org.pointsman.director.steer;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.pointsman.director.packet.Reason;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

/**
 * What was in a capture and where it went.
 *
 * @param side which side's rules were used
 * @param packets how many packets were read
 * @param servers what each real server gets
 * @param passed how many packets were passed, by reason
 * @param missed the addresses that no tunnel has, most packets first
 * @param files the files written
 * @param replaced those of them that were there before
 * @param leftAlone other files in the directory, which were not touched
 * @param withoutMac servers whose frames were not rewritten because their MAC address is not known
 * @param problem why the end of the capture could not be read
 */
public record CaptureReport(
    Side side,
    long packets,
    SortedMap<ServerId, Traffic> servers,
    SortedMap<Reason, Long> passed,
    List<Missed> missed,
    List<String> files,
    List<String> replaced,
    List<String> leftAlone,
    List<ServerId> withoutMac,
    Optional<String> problem) {

  /** Packets, and their bytes on the wire. */
  public record Traffic(long packets, long bytes) {}

  /** An address without a tunnel. */
  public record Missed(IpAddress address, long packets) {}

  private static final int MISSED_SHOWN = 20;

  public long missedPackets() {
    return missed.stream().mapToLong(Missed::packets).sum();
  }

  public long passedPackets() {
    return passed.values().stream().mapToLong(Long::longValue).sum();
  }

  public long steeredPackets() {
    return servers.values().stream().mapToLong(Traffic::packets).sum();
  }

  /** The report as a table for people, ending with a line feed. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    row(text, "", "packets", "bytes");
    servers.forEach(
        (server, traffic) ->
            row(text, server.value(), number(traffic.packets()), number(traffic.bytes())));
    row(text, "steered", number(steeredPackets()), "");
    row(text, "passed", number(passedPackets()), "");
    passed.forEach((reason, count) -> row(text, "  " + reason, number(count), ""));
    row(text, "missed", number(missedPackets()), "");
    missed.stream()
        .limit(MISSED_SHOWN)
        .forEach(miss -> row(text, "  " + miss.address(), number(miss.packets()), ""));
    if (missed.size() > MISSED_SHOWN) {
      row(text, "  and %,d more addresses".formatted(missed.size() - MISSED_SHOWN), "", "");
    }
    row(text, "read", number(packets), "");
    text.append("written: ").append(String.join(", ", files)).append('\n');
    if (!replaced.isEmpty()) {
      text.append("replaced what was there before: ").append(String.join(", ", replaced));
      text.append('\n');
    }
    if (!leftAlone.isEmpty()) {
      text.append("not from this capture, left alone: ").append(String.join(", ", leftAlone));
      text.append('\n');
    }
    if (!withoutMac.isEmpty()) {
      text.append("Ethernet address not known, so frames are unchanged: ");
      text.append(withoutMac.stream().map(ServerId::value).collect(Collectors.joining(", ")));
      text.append('\n');
    }
    problem.ifPresent(
        why ->
            text.append("the capture ends early (")
                .append(why)
                .append("); steered what is there\n"));
    return text.toString();
  }

  private static void row(StringBuilder text, String name, String packets, String bytes) {
    text.append("%-46s %12s %16s".formatted(name, packets, bytes).stripTrailing()).append('\n');
  }

  private static String number(long value) {
    return "%,d".formatted(value);
  }
}
