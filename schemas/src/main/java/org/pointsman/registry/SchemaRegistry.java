package org.pointsman.registry;

import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * A schema registry: gives each schema an id that is the same for ever, and keeps the versions of a
 * subject compatible.
 *
 * <p>Every method throws {@link RegistryUnavailableException} if no registry answers as it should,
 * which may pass, and {@link RegistryRefusalException} if it answers and says no, which does not
 * pass by itself. Safe for use by several threads.
 */
public interface SchemaRegistry extends AutoCloseable {

  /**
   * Makes sure that the schema is a version of the subject.
   *
   * @return its id
   * @throws RegistryRefusalException if it is not compatible with the subject's versions (status
   *     409), or not acceptable (422)
   */
  int register(String subject, Schema schema);

  /**
   * The schema of this id.
   *
   * @throws RegistryRefusalException if there is none (status 404)
   */
  Schema byId(int id);

  /** The version of the subject that is this schema, if there is one. */
  Optional<RegisteredSchema> lookup(String subject, Schema schema);

  /** The newest version of the subject, if there is the subject. */
  Optional<RegisteredSchema> latest(String subject);

  /**
   * True if the schema could be the subject's next version, as far as its newest one goes; also if
   * the subject has none.
   */
  boolean isCompatible(String subject, Schema schema);

  /** The subject's own compatibility level, or the registry's if it has none. */
  CompatibilityLevel compatibility(String subject);

  /** Gives the subject a compatibility level of its own. */
  void setCompatibility(String subject, CompatibilityLevel level);

  /** All subjects, sorted. */
  List<String> subjects();

  @Override
  void close();
}
