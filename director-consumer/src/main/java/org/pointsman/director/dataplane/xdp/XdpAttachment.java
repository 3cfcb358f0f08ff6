package org.pointsman.director.dataplane.xdp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program on an interface, held there by a pinned link.
 *
 * <pre>
 *   /sys/fs/bpf/pointsman/NAME/link       what keeps the program on the interface
 *                              program    for whoever wants to look
 *                              maps/…     the same
 * </pre>
 *
 * <p>The kernel goes on with whatever the link holds, whether this process lives or not. A new
 * program, with a table of its own that is already complete, takes the place of the old one by one
 * system call (BPF_LINK_UPDATE): each packet meets the one or the other, and none is lost. So a
 * director that was killed at any moment finds either the old link or the new one, and a larger
 * table takes over in the same way.
 */
final class XdpAttachment implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(XdpAttachment.class);

  private static final String LINK = "link";
  private static final String NEW_LINK = "link-new";
  private static final String PROGRAM = "program";
  private static final String MAPS = "maps";

  private final Libbpf libbpf;
  private final Path pinned;
  private final int link;

  private XdpAttachment(Libbpf libbpf, Path pinned, int link) {
    this.libbpf = libbpf;
    this.pinned = pinned;
    this.link = link;
  }

  /**
   * Puts a program on an interface, in the place of the one that this folder's link holds, if there
   * is one.
   *
   * @throws XdpPlaneException if the interface does not take it
   */
  static XdpAttachment establish(
      Path folder, XdpProgram program, String name, int index, XdpMode mode) {
    Libbpf libbpf = Libbpf.require();
    Path pinned = folder.resolve(LINK);
    int link = replace(libbpf, pinned, program, name, index, mode);
    if (link < 0) {
      remove(folder.resolve(NEW_LINK)); // of a director that was killed just here
      link = create(libbpf, program, name, index, mode);
      pin(libbpf, link, folder.resolve(NEW_LINK));
      move(folder.resolve(NEW_LINK), pinned); // whatever was pinned there is detached with this
    }
    pinForOnlookers(libbpf, folder, program);
    return new XdpAttachment(libbpf, pinned, link);
  }

  /** The link that was there and now holds the program, or -1. */
  private static int replace(
      Libbpf libbpf, Path pinned, XdpProgram program, String name, int index, XdpMode mode) {
    int link = libbpf.get(pinned.toString());
    if (link < 0) {
      if (-link != Libc.ENOENT) {
        throw new XdpPlaneException(
            "expected to open %s but got '%s'; run as the user that made it, or remove it with 'pointsman director detach'"
                .formatted(pinned, Libc.error(-link)));
      }
      return -1;
    }
    boolean sameMode = mode == XdpMode.AUTO || libbpf.attachedMode(index) == mode.attached;
    if (libbpf.linkInfo(link).index() == index && sameMode) {
      int result = libbpf.updateLink(link, program.fd());
      if (result == 0) {
        log.info("the program on interface {} is replaced; no packet was lost", name);
        return link;
      }
      log.warn("the link on interface {} takes no program: {}", name, Libc.error(-result));
    }
    if (libbpf.linkInfo(link).index() == index) {
      log.warn("interface {} is steered anew; for a moment it was not", name);
      int _ = libbpf.detachLink(link);
    }
    Libc.close(link);
    return -1;
  }

  private static int create(
      Libbpf libbpf, XdpProgram program, String name, int index, XdpMode mode) {
    int link =
        switch (mode) {
          case NATIVE, GENERIC -> libbpf.createXdpLink(program.fd(), index, mode.flags);
          case AUTO -> {
            int first = libbpf.createXdpLink(program.fd(), index, XdpMode.NATIVE.flags);
            if (first >= 0 || -first == Libc.EBUSY || -first == Libc.EPERM) {
              yield first;
            }
            log.warn(
                "interface {} does not take the program natively ({}), so generically; with frames of up to 3,498 bytes and a driver that can, it would be faster",
                name,
                Libc.error(-first));
            yield libbpf.createXdpLink(program.fd(), index, XdpMode.GENERIC.flags);
          }
        };
    if (link < 0) {
      throw refused(-link, name, mode);
    }
    return link;
  }

  private static XdpPlaneException refused(int errno, String name, XdpMode mode) {
    String advice =
        switch (errno) {
          case Libc.EBUSY ->
              "another XDP program is on it: remove it ('pointsman director detach' if it is a director's, else 'ip link set dev %s xdp off')"
                  .formatted(name);
          case Libc.EPERM -> "run it as root or with the capabilities BPF and NET_ADMIN";
          default ->
              mode == XdpMode.NATIVE
                  ? "its driver or its MTU does not allow it: try --xdp-mode generic"
                  : "see 'pointsman director --help' for --xdp-mode";
        };
    return new XdpPlaneException(
        "expected interface %s to take the XDP program but got '%s'; %s"
            .formatted(name, Libc.error(errno), advice));
  }

  private static void pinForOnlookers(Libbpf libbpf, Path folder, XdpProgram program) {
    remove(folder.resolve(PROGRAM));
    pin(libbpf, program.fd(), folder.resolve(PROGRAM));
    Path maps = folder.resolve(MAPS);
    removeAll(maps);
    try {
      Files.createDirectories(maps);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    program.maps().forEach((name, fd) -> pin(libbpf, fd, maps.resolve(name)));
  }

  private static void pin(Libbpf libbpf, int fd, Path path) {
    remove(path);
    int result = libbpf.pin(fd, path.toString());
    if (result < 0) {
      throw new XdpPlaneException(
          "expected to pin %s but got '%s'; check the rights in its folder"
              .formatted(path, Libc.error(-result)));
    }
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** True as long as the interface is there. */
  boolean isAttached() {
    return libbpf.linkInfo(link).index() != 0;
  }

  /** True unless somebody has detached it on purpose. */
  boolean isPinned() {
    return Files.exists(pinned);
  }

  /** Lets go of the link; the program stays where it is. */
  @Override
  public void close() {
    Libc.close(link);
  }

  /**
   * Takes a program off its interface, and everything out of the folder.
   *
   * @return what was removed, empty if there was nothing
   */
  static List<Path> detach(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    Libbpf libbpf = Libbpf.require();
    for (String name : List.of(LINK, NEW_LINK)) {
      int link = libbpf.get(folder.resolve(name).toString());
      if (link >= 0) {
        int _ = libbpf.detachLink(link); // also if a director still has it open
        Libc.close(link);
      }
    }
    return removeAll(folder);
  }

  private static List<Path> removeAll(Path folder) {
    List<Path> removed = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> paths = Files.walk(folder)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          remove(path);
          removed.add(path);
        }
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
    return removed;
  }

  private static void remove(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException failed) {
      throw new XdpPlaneException(
          "expected to remove %s but got '%s'; check the rights in its folder"
              .formatted(path, failed),
          failed);
    }
  }
}
