package org.pointsman.director.dataplane.xdp;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.MacAddress;

/**
 * Where the XDP data plane steers.
 *
 * @param name of the director: what is pinned is kept apart by it
 * @param in the interface that the frames come in on
 * @param out the interface that they leave on, or null for the same
 * @param directorMac the address of the frames to steer, or null for that of {@code in}
 * @param pins the folder for what is pinned, in a BPF file system
 */
public record XdpSettings(
    String name,
    String in,
    @Nullable String out,
    @Nullable MacAddress directorMac,
    XdpMode mode,
    Path pins) {
  public static final Path PINS = Path.of("/sys/fs/bpf/pointsman");

  public XdpSettings(
      String name,
      String in,
      @Nullable String out,
      @Nullable MacAddress directorMac,
      XdpMode mode) {
    this(name, in, out, directorMac, mode, PINS);
  }

  /** This director's own folder. */
  Path folder() {
    return folder(pins, name);
  }

  /** A BPF file system takes no dots in names. */
  static Path folder(Path pins, String name) {
    return pins.resolve(name.replace('.', '~'));
  }
}
