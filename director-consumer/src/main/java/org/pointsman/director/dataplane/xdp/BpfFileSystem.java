package org.pointsman.director.dataplane.xdp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file system in which programs, maps and links outlive the process that made them. */
final class BpfFileSystem {
  private static final Path USUAL = Path.of("/sys/fs/bpf");
  private static final String TYPE = "bpf";

  private BpfFileSystem() {}

  /**
   * Makes a folder in it, and mounts it at its usual place if it is not there yet.
   *
   * @throws XdpPlaneException if there is none and it cannot be mounted, or may not be written to
   */
  static void require(Path folder) {
    if (folder.startsWith(USUAL) && !isBpf(USUAL)) {
      int errno = Libc.mountBpffs(USUAL.toString());
      if (errno != 0) {
        throw new XdpPlaneException(
            "expected a BPF file system at %s but there is none, and mounting one failed (%s); mount it as root: mount -t bpf bpf %s"
                .formatted(USUAL, Libc.error(errno), USUAL));
      }
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException refused) {
      throw new XdpPlaneException(
          "expected to make the folder %s but got '%s'; give this user the folder %s"
              .formatted(folder, refused, folder.getParent()),
          refused);
    }
    if (!isBpf(folder)) {
      throw new XdpPlaneException(
          "expected a folder in a BPF file system but %s is none; choose one below %s"
              .formatted(folder, USUAL));
    }
  }

  private static boolean isBpf(Path path) {
    try {
      return Files.getFileStore(path).type().equals(TYPE);
    } catch (IOException absent) {
      return false;
    }
  }
}
