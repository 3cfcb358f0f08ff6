package org.pointsman.topics;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.pointsman.codec.RecordSchemas;
import org.pointsman.registry.CompatibilityLevel;
import org.pointsman.registry.RegistryRefusalException;
import org.pointsman.registry.SchemaRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schemas of the topics' records in a registry.
 *
 * <p>The log is kept for ever, so a subject's versions have to fit with all before them, and since
 * the parts of a deployment are not upgraded in one moment, also the other way round: {@code
 * FULL_TRANSITIVE}. A field with a default fits both ways. A new kind (a branch of a union, a
 * symbol of an enum) is read by newer releases only; a subject that has taken one is {@code
 * BACKWARD_TRANSITIVE} from then on.
 */
public final class TopicSchemas {
  private static final Logger log = LoggerFactory.getLogger(TopicSchemas.class);

  private static final Set<CompatibilityLevel> KEEPS_THE_LOG_READABLE =
      EnumSet.of(CompatibilityLevel.FULL_TRANSITIVE, CompatibilityLevel.BACKWARD_TRANSITIVE);

  /** What to do about a schema that older releases could not read. */
  public enum NewKinds {
    REFUSED,
    /** The subject's level is lowered for it: every reader has to be upgraded before any writer. */
    TAKEN
  }

  private TopicSchemas() {}

  /** Registers them all and takes no new kinds. */
  public static Map<String, Integer> register(SchemaRegistry registry, Topics topics) {
    return register(registry, topics, NewKinds.REFUSED);
  }

  /**
   * Registers them all, under the subjects that the serializer uses by default, and has the
   * registry keep the subjects' versions compatible, as far as it takes such a wish.
   *
   * @return each subject's schema id
   * @throws org.pointsman.registry.RegistryUnavailableException if no registry answers
   * @throws RegistryRefusalException if one is not compatible
   */
  public static Map<String, Integer> register(
      SchemaRegistry registry, Topics topics, NewKinds newKinds) {
    Map<String, Integer> ids = new TreeMap<>();
    for (TopicSpec topic : topics.specs()) {
      for (String record : topic.values()) {
        Schema schema = RecordSchemas.named(record);
        String subject =
            topic.name() + (topic.values().size() == 1 ? "-value" : "-" + schema.getFullName());
        ids.put(subject, register(registry, subject, schema, newKinds));
        keepReadable(registry, subject);
      }
    }
    return ids;
  }

  private static int register(
      SchemaRegistry registry, String subject, Schema schema, NewKinds newKinds) {
    try {
      return registry.register(subject, schema);
    } catch (RegistryRefusalException refusal) {
      if (!refusal.isIncompatible()) {
        throw refusal;
      }
      if (newKinds == NewKinds.REFUSED) {
        throw refused(subject, schema, refusal);
      }
      registry.setCompatibility(subject, CompatibilityLevel.BACKWARD_TRANSITIVE);
      return registry.register(subject, schema);
    }
  }

  private static RegistryRefusalException refused(
      String subject, Schema schema, RegistryRefusalException refusal) {
    RegistryRefusalException explained =
        new RegistryRefusalException(
            "expected subject %s to take this release's schema of %s but: %s; if the release has new kinds of events, register them with 'pointsman topics create --new-kinds' and upgrade readers before writers"
                .formatted(subject, schema.getName(), refusal.getMessage()),
            refusal.status(),
            refusal.errorCode());
    explained.initCause(refusal);
    return explained;
  }

  private static void keepReadable(SchemaRegistry registry, String subject) {
    try {
      if (!KEEPS_THE_LOG_READABLE.contains(registry.compatibility(subject))) {
        registry.setCompatibility(subject, CompatibilityLevel.FULL_TRANSITIVE);
      }
    } catch (RegistryRefusalException refusal) {
      log.warn(
          "expected to set the compatibility of subject {} to {} but {}; going on without",
          subject,
          CompatibilityLevel.FULL_TRANSITIVE,
          refusal.getMessage());
    }
  }
}
