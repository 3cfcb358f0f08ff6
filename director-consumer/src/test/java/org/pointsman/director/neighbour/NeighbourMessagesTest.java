package org.pointsman.director.neighbour;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.pointsman.director.neighbour.NeighbourMessages.Message;
import org.pointsman.director.neighbour.NeighbourMessages.Message.Neighbour;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;

final class NeighbourMessagesTest {
  static final int NEW = 28;
  static final int GONE = 29;
  static final int REACHABLE = 0x02;
  static final int FAILED = 0x20;
  static final int PERMANENT = 0x80;
  private static final int INCOMPLETE = 0x01;

  private static final IpAddress V4 = IpAddress.parse("10.0.0.11");
  private static final IpAddress V6 = IpAddress.parse("fd00::11");
  private static final byte[] MAC = {2, 0, 0, 0, 1, (byte) 0xfe};

  /** A message as the kernel writes it, with an attribute that nobody asked for in between. */
  static byte[] fromKernel(int type, int index, int state, IpAddress address, byte[] mac) {
    byte[] destination = address.toBytes();
    ByteBuffer bytes = ByteBuffer.allocate(128).order(ByteOrder.nativeOrder());
    bytes.putInt(0).putShort((short) type).putShort((short) 0).putInt(0).putInt(0);
    bytes.put((byte) (address.isV4() ? 2 : 10)).put((byte) 0).putShort((short) 0);
    bytes.putInt(index).putShort((short) state).put((byte) 0).put((byte) 1);
    bytes.putShort((short) (4 + destination.length)).putShort((short) 1).put(destination);
    bytes.putShort((short) 5).putShort((short) 12).putInt(7); // one byte, padded to four
    if (mac.length > 0) {
      bytes.putShort((short) (4 + mac.length)).putShort((short) 2).put(mac).putShort((short) 0);
    }
    bytes.putInt(0, bytes.position()).flip();
    byte[] message = new byte[bytes.remaining()];
    bytes.get(message);
    return message;
  }

  private static List<Message> read(byte[]... parts) {
    ByteBuffer datagram = ByteBuffer.allocate(1024);
    for (byte[] part : parts) {
      datagram.put(part);
    }
    List<Message> messages = new ArrayList<>();
    NeighbourMessages.read(datagram.flip(), messages::add);
    return messages;
  }

  @Test
  void neighboursOfBothFamiliesAreRead() {
    assertThat(
            read(
                fromKernel(NEW, 3, REACHABLE, V4, MAC),
                fromKernel(GONE, 4, FAILED, V6, new byte[0])))
        .containsExactly(
            new Neighbour(false, 3, REACHABLE, V4, MacAddress.parse("02:00:00:00:01:fe")),
            new Neighbour(true, 4, FAILED, V6, null));
  }

  @Test
  void onlyWhatTheKernelWouldSendToIsUsable() {
    Neighbour reachable = neighbour(NEW, REACHABLE, MAC);
    assertThat(reachable.isUsable()).isTrue();
    assertThat(reachable.isFixed()).isFalse();
    assertThat(neighbour(NEW, PERMANENT, MAC).isUsable()).isTrue();
    assertThat(neighbour(NEW, PERMANENT, MAC).isFixed()).isTrue();
    assertThat(neighbour(NEW, FAILED, MAC).isUsable()).isFalse();
    assertThat(neighbour(NEW, FAILED, MAC).isFailed()).isTrue();
    assertThat(neighbour(NEW, INCOMPLETE, new byte[0]).isUsable()).isFalse();
    assertThat(neighbour(NEW, INCOMPLETE, new byte[0]).isFailed()).isFalse();
    assertThat(neighbour(GONE, REACHABLE, MAC).isUsable()).isFalse();
  }

  private static Neighbour neighbour(int type, int state, byte[] mac) {
    return (Neighbour) read(fromKernel(type, 3, state, V4, mac)).getFirst();
  }

  @Test
  void anAddressThatIsNoHostsIsNone() {
    assertThat(neighbour(NEW, REACHABLE, new byte[6]).mac()).isNull();
    assertThat(neighbour(NEW, REACHABLE, new byte[] {1, 0, 0x5e, 0, 0, 1}).mac()).isNull();
    assertThat(neighbour(NEW, REACHABLE, new byte[8]).mac()).isNull();
  }

  @Test
  void theRequestsAreWhatTheKernelReads() {
    // The kernel's own notifications have the same form, so what reads them reads requests.
    for (IpAddress address : List.of(V4, V6)) {
      Neighbour use = (Neighbour) read(NeighbourMessages.use(7, address)).getFirst();
      assertThat(use).isEqualTo(new Neighbour(false, 7, 0, address, null));
      Neighbour probe = (Neighbour) read(NeighbourMessages.probe(7, address)).getFirst();
      assertThat(probe).isEqualTo(new Neighbour(false, 7, 0x10, address, null));
    }
    ByteBuffer use = ByteBuffer.wrap(NeighbourMessages.use(7, V4)).order(ByteOrder.nativeOrder());
    assertThat(use.getInt(0)).isEqualTo(36);
    assertThat(use.get(26)).as("NTF_USE").isEqualTo((byte) 1);
    assertThat(NeighbourMessages.list()).hasSize(28);
  }

  @Test
  void answersAreRead() {
    ByteBuffer error = ByteBuffer.allocate(36).order(ByteOrder.nativeOrder());
    error.putInt(36).putShort((short) 2).putShort((short) 0).putInt(0).putInt(0).putInt(-1);
    assertThat(read(error.array())).containsExactly(new Message.Answer(NeighbourMessages.EPERM));
  }

  @Property(tries = 2000)
  void damagedMessagesAreNeverAnError(
      @ForAll @Size(max = 100) byte[] noise, @ForAll byte at, @ForAll byte value) {
    List<Message> messages = new ArrayList<>();
    NeighbourMessages.read(ByteBuffer.wrap(noise), messages::add);
    byte[] message = fromKernel(NEW, 3, REACHABLE, V6, MAC);
    message[Byte.toUnsignedInt(at) % message.length] = value;
    NeighbourMessages.read(ByteBuffer.wrap(message), messages::add);
    assertThat(messages).hasSizeLessThan(10);
  }
}
