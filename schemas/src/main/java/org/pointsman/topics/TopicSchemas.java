package org.pointsman.topics;

import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.pointsman.codec.RecordSchemas;
import org.pointsman.registry.SchemaRegistry;

/** The schemas of the topics' records in a registry. */
public final class TopicSchemas {
  private TopicSchemas() {}

  /**
   * Registers them all, under the subjects that the serializer uses by default.
   *
   * @return each subject's schema id
   * @throws org.pointsman.registry.RegistryUnavailableException if no registry answers
   * @throws org.pointsman.registry.RegistryRefusalException if one is not compatible
   */
  public static Map<String, Integer> register(SchemaRegistry registry, Topics topics) {
    Map<String, Integer> ids = new TreeMap<>();
    for (TopicSpec topic : topics.specs()) {
      for (String record : topic.values()) {
        Schema schema = RecordSchemas.named(record);
        String subject =
            topic.name() + (topic.values().size() == 1 ? "-value" : "-" + schema.getFullName());
        ids.put(subject, registry.register(subject, schema));
      }
    }
    return ids;
  }
}
