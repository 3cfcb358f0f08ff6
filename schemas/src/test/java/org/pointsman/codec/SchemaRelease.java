package org.pointsman.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.pointsman.model.LogRecord;
import org.pointsman.registry.InMemorySchemaRegistry;

/**
 * What a released version of Pointsman wrote: a folder with each record's schema, and the {@link
 * GoldenRecords} in Avro's encoding. Never changed once it is released.
 *
 * <p>{@code main} records one; docs/schemas.md has the command.
 *
 * @param version v1, v2, …
 * @param schemas by the record's simple name
 * @param golden the bytes by the name of the golden record; without the five of the wire format,
 *     which differ from registry to registry
 */
record SchemaRelease(String version, Map<String, Schema> schemas, Map<String, byte[]> golden) {
  static final Path RELEASED = Path.of("src", "test", "resources", "released");

  private static final String GOLDEN = "golden.txt";
  private static final String SUFFIX = ".avsc";

  /** What today's code writes. */
  static SchemaRelease current(String version) {
    Map<String, Schema> schemas = new TreeMap<>();
    RecordSchemas.published().forEach(schema -> schemas.put(schema.getName(), schema));
    Map<String, byte[]> golden = new LinkedHashMap<>();
    GoldenRecords.byName().forEach((name, value) -> golden.put(name, encode(value)));
    return new SchemaRelease(version, schemas, golden);
  }

  static byte[] encode(LogRecord value) {
    RecordSerializer<LogRecord> serializer =
        new RecordSerializer<>(new InMemorySchemaRegistry(), new CodecConfig(Map.of()));
    byte[] framed = serializer.serialize("any", value);
    return java.util.Arrays.copyOfRange(framed, WireFormat.HEADER_BYTES, framed.length);
  }

  /** All that are kept, oldest first. */
  static List<SchemaRelease> released() throws IOException {
    try (Stream<Path> folders = Files.list(RELEASED)) {
      List<SchemaRelease> releases = new java.util.ArrayList<>();
      for (Path folder : folders.toList()) {
        releases.add(read(folder));
      }
      releases.sort(Comparator.comparingInt(SchemaRelease::number));
      return releases;
    }
  }

  private int number() {
    return Integer.parseInt(version.substring(1));
  }

  static SchemaRelease read(Path folder) throws IOException {
    Map<String, Schema> schemas = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(each -> each.toString().endsWith(SUFFIX)).toList()) {
        Schema schema = new Schema.Parser().parse(Files.readString(file));
        schemas.put(schema.getName(), schema);
      }
    }
    Map<String, byte[]> golden = new LinkedHashMap<>();
    for (String line : Files.readAllLines(folder.resolve(GOLDEN))) {
      int colon = line.indexOf(": ");
      golden.put(line.substring(0, colon), HexFormat.of().parseHex(line.substring(colon + 2)));
    }
    return new SchemaRelease(folder.getFileName().toString(), schemas, golden);
  }

  /** Writes its folder below {@code parent}, which must not have one of that version. */
  Path write(Path parent) throws IOException {
    Path folder = Files.createDirectory(parent.resolve(version));
    for (Schema schema : schemas.values()) {
      Files.writeString(folder.resolve(schema.getName() + SUFFIX), pretty(schema) + "\n");
    }
    StringBuilder lines = new StringBuilder();
    golden.forEach(
        (name, bytes) ->
            lines.append(name).append(": ").append(HexFormat.of().formatHex(bytes)).append('\n'));
    Files.write(folder.resolve(GOLDEN), lines.toString().getBytes(UTF_8));
    return folder;
  }

  private static String pretty(Schema schema) throws IOException {
    ObjectMapper json = new ObjectMapper();
    return json.readTree(schema.toString()).toPrettyString();
  }

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1 || !arguments[0].matches("v[1-9][0-9]*")) {
      throw new IllegalArgumentException("expected a version such as v2");
    }
    System.out.println("recorded " + current(arguments[0]).write(RELEASED));
  }
}
