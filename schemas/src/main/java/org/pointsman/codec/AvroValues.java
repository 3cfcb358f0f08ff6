package org.pointsman.codec;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.RawBytes;
import org.pointsman.model.ServerId;

/** The values that several records share, as Avro has them and back. */
final class AvroValues {
  private AvroValues() {}

  static List<String> texts(List<?> values) {
    List<String> texts = new ArrayList<>(values.size());
    for (Object value : values) {
      texts.add(value.toString());
    }
    return texts;
  }

  static List<IpAddress> addresses(List<String> texts) {
    return each(texts, IpAddress::parse);
  }

  static List<IpPrefix> prefixes(List<String> texts) {
    return each(texts, IpPrefix::parse);
  }

  /** A loop, because every record is read by it and a stream takes several times as long. */
  private static <T> List<T> each(List<String> texts, Function<String, T> parse) {
    List<T> values = new ArrayList<>(texts.size());
    for (String text : texts) {
      values.add(parse.apply(text));
    }
    return values;
  }

  static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  static @Nullable ServerId server(@Nullable String text) {
    return map(text, ServerId::new);
  }

  static @Nullable IpAddress address(@Nullable String text) {
    return map(text, IpAddress::parse);
  }

  static @Nullable MacAddress mac(@Nullable String text) {
    return map(text, MacAddress::parse);
  }

  static @Nullable Long millis(@Nullable Duration duration) {
    return map(duration, Duration::toMillis);
  }

  static @Nullable Duration duration(@Nullable Long millis) {
    return map(millis, Duration::ofMillis);
  }

  static ByteBuffer buffer(RawBytes bytes) {
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  static RawBytes bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return RawBytes.of(bytes);
  }

  /** The value of the same name in another enum. */
  static <E extends Enum<E>> E same(Class<E> type, Enum<?> value) {
    return Enum.valueOf(type, value.name());
  }

  static <A, B> @Nullable B map(@Nullable A value, Function<A, B> mapping) {
    return value == null ? null : mapping.apply(value);
  }
}
