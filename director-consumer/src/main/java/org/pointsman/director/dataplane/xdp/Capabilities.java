package org.pointsman.director.dataplane.xdp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What this process may do, as Linux counts it. */
final class Capabilities {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String EFFECTIVE = "CapEff:";
  private static final int SYS_ADMIN = 21;

  /** By name, the bit of each that the XDP plane needs. */
  private static final Map<String, Integer> NEEDED = new LinkedHashMap<>();

  static {
    NEEDED.put("BPF", 39);
    NEEDED.put("NET_ADMIN", 12);
    NEEDED.put("PERFMON", 38); // or the verifier lets no program reckon with its packet's addresses
  }

  private Capabilities() {}

  /** Those of the needed ones that this process does not have. */
  static List<String> missing() {
    long has = effective();
    List<String> missing = new ArrayList<>();
    NEEDED.forEach(
        (name, bit) -> {
          boolean byAdmin = bit > SYS_ADMIN && (has >>> SYS_ADMIN & 1) != 0;
          if ((has >>> bit & 1) == 0 && !byAdmin) {
            missing.add(name);
          }
        });
    return missing;
  }

  private static long effective() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(EFFECTIVE)) {
          return Long.parseUnsignedLong(line.substring(EFFECTIVE.length()).strip(), 16);
        }
      }
    } catch (IOException untold) {
      return -1;
    }
    return -1;
  }
}
