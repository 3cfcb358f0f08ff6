package org.pointsman.director.host;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.pointsman.director.dataplane.pcap.Libpcap;
import org.pointsman.director.dataplane.pcap.PcapPlaneException;

/** What there is to know of a host. */
interface HostFacts {
  /** The system's name, {@code Linux} for one. */
  String system();

  /** The kernel's release, {@code 6.1.0-9-amd64} for one. */
  String kernel();

  /** The process's effective capabilities, as a set of bits; all of them where there are none. */
  long capabilities();

  /** Why a shared library cannot be loaded, or empty if it can. */
  Optional<String> missingLibrary(String name);

  /** Why libpcap cannot be used, or empty if it can. */
  Optional<String> missingLibpcap();

  /** True if a file system of this type is mounted anywhere. */
  boolean isMounted(String type);

  /** True if the program for the kernel was packed into this build. */
  boolean hasKernelProgram();

  /** The host that this process runs on. */
  final class OfThisHost implements HostFacts {
    @Override
    public String system() {
      return System.getProperty("os.name");
    }

    @Override
    public String kernel() {
      return System.getProperty("os.version");
    }

    @Override
    public long capabilities() {
      return lines(Path.of("/proc/self/status"))
          .filter(line -> line.startsWith("CapEff:"))
          .findFirst()
          .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
          .orElse(-1L);
    }

    @Override
    @SuppressWarnings("restricted")
    public Optional<String> missingLibrary(String name) {
      try {
        SymbolLookup _ = SymbolLookup.libraryLookup(name, Arena.global());
        return Optional.empty();
      } catch (IllegalArgumentException missing) {
        return Optional.of(String.valueOf(missing.getMessage()));
      }
    }

    @Override
    public Optional<String> missingLibpcap() {
      try {
        Libpcap.require();
        return Optional.empty();
      } catch (PcapPlaneException missing) {
        return Optional.of(String.valueOf(missing.getMessage()));
      }
    }

    @Override
    public boolean isMounted(String type) {
      return lines(Path.of("/proc/mounts")) // device, directory, type, …
          .map(line -> line.split(" ", -1))
          .anyMatch(fields -> fields.length > 2 && fields[2].equals(type));
    }

    @Override
    public boolean hasKernelProgram() {
      return OfThisHost.class.getResource("/org/pointsman/director/dataplane/xdp/steer.bpf.o")
          != null;
    }

    private static Stream<String> lines(Path file) {
      try {
        return Files.readAllLines(file).stream();
      } catch (IOException notLinux) {
        return Stream.empty();
      }
    }
  }
}
