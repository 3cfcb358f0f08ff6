package org.pointsman.director.dataplane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The compiled program needs nothing that came after Linux 5.15: read from its instructions, as
 * there is no such kernel to ask. docs/director.md lists what it uses, and since when there is it.
 */
final class OldKernelTest {
  /** {@code bpf_task_pt_regs}, the last helper function that Linux 5.15 has. */
  private static final int LAST_HELPER = 175;

  private static final int CALL = 0x85;
  private static final int CALL_OF_HELPER = 0;
  private static final int CALL_WITHIN_THE_PROGRAM = 1;
  private static final int INSTRUCTION_BYTES = 8;
  private static final int EXECUTABLE = 4;

  /** What the instruction sets of Linux 6.6 and later have besides those of 5.15. */
  private static final List<Integer> NEW_OPCODES = List.of(0x06, 0x81, 0x89, 0x91, 0xd7, 0xe5);

  /**
   * An instruction.
   *
   * @param source of a call: whom it calls
   * @param offset of arithmetic: a variant that 5.15 does not have, unless it is 0
   */
  private record Instruction(int opcode, int source, int offset, int immediate) {}

  private final List<Instruction> instructions = new ArrayList<>();

  @BeforeEach
  void readProgram() throws IOException {
    Assumptions.assumeTrue(XdpProgram.isBuilt(), "built without clang, so without the program");
    try (InputStream in = XdpProgram.class.getResourceAsStream("steer.bpf.o")) {
      ByteBuffer elf =
          ByteBuffer.wrap(Objects.requireNonNull(in).readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      int headers = (int) elf.getLong(40);
      int size = elf.getShort(58);
      for (int i = 0; i < elf.getShort(60); i++) {
        int header = headers + i * size;
        if ((elf.getLong(header + 8) & EXECUTABLE) != 0) {
          read(elf, (int) elf.getLong(header + 24), (int) elf.getLong(header + 32));
        }
      }
    }
    assertThat(instructions).hasSizeGreaterThan(500);
  }

  private void read(ByteBuffer elf, int from, int length) {
    for (int at = from; at < from + length; at += INSTRUCTION_BYTES) {
      instructions.add(
          new Instruction(
              elf.get(at) & 0xff,
              (elf.get(at + 1) >> 4) & 0xf,
              elf.getShort(at + 2),
              elf.getInt(at + 4)));
    }
  }

  private List<Integer> helpers() {
    return instructions.stream()
        .filter(i -> i.opcode() == CALL && i.source() == CALL_OF_HELPER)
        .map(Instruction::immediate)
        .toList();
  }

  @Test
  void itCallsNoHelperThatIsNewer() {
    assertThat(helpers()).isNotEmpty().allMatch(helper -> helper > 0 && helper <= LAST_HELPER);
    assertThat(instructions)
        .as("calls of kernel functions by their names need BTF and go with a kernel's version")
        .filteredOn(i -> i.opcode() == CALL)
        .allMatch(i -> i.source() == CALL_OF_HELPER || i.source() == CALL_WITHIN_THE_PROGRAM);
  }

  @Test
  void itHasNoInstructionThatIsNewer() {
    assertThat(instructions)
        .extracting(Instruction::opcode)
        .doesNotContainAnyElementsOf(NEW_OPCODES);
    assertThat(instructions)
        .as("arithmetic with a sign is newer")
        .filteredOn(i -> (i.opcode() & 7) == 4 || (i.opcode() & 7) == 7)
        .allMatch(i -> i.offset() == 0);
  }

  /** The page's table has lines {@code | helper NAME (NUMBER) …}. */
  @Test
  void theDocumentNamesTheHelpersThatItCalls() throws IOException {
    Matcher lines =
        Pattern.compile("(?m)^\\| helper `\\w+` \\((\\d+)\\)")
            .matcher(Files.readString(Path.of("..", "docs", "director.md")));
    TreeSet<Integer> named = new TreeSet<>();
    while (lines.find()) {
      named.add(Integer.valueOf(lines.group(1)));
    }
    assertThat(named).isEqualTo(new TreeSet<>(helpers()));
  }
}
