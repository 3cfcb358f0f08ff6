package org.pointsman.codec;

import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** The settings of the serializer, under the names that Confluent's gives them. */
public final class CodecConfig extends AbstractConfig {
  public static final String AUTO_REGISTER = "auto.register.schemas";
  public static final String SUBJECT_NAMING = "value.subject.name.strategy";

  private static final ConfigDef DEFINITION =
      new ConfigDef()
          .define(AUTO_REGISTER, ConfigDef.Type.BOOLEAN, true, ConfigDef.Importance.MEDIUM, "")
          .define(SUBJECT_NAMING, ConfigDef.Type.STRING, "", ConfigDef.Importance.MEDIUM, "");

  /**
   * @throws ConfigException if a value is not allowed
   */
  public CodecConfig(Map<String, ?> properties) {
    super(DEFINITION, properties, false);
    SubjectNaming _ = subjectNaming();
  }

  boolean autoRegister() {
    return getBoolean(AUTO_REGISTER);
  }

  /** Null for {@link SubjectNaming#usual}. */
  @Nullable SubjectNaming subjectNaming() {
    String name = getString(SUBJECT_NAMING);
    if (name.isEmpty()) {
      return null;
    }
    SubjectNaming naming = SubjectNaming.named(name);
    if (naming == null) {
      throw new ConfigException(
          SUBJECT_NAMING,
          name,
          "expected TopicNameStrategy, RecordNameStrategy or TopicRecordNameStrategy");
    }
    return naming;
  }
}
