package org.pointsman.quickstart.embedded;

import org.jspecify.annotations.Nullable;
import org.pointsman.registry.CompatibilityLevel;

/** A record of the {@code _schemas} topic. {@link StoreRecordCodec} knows its bytes. */
sealed interface StoreRecord {

  /** A version is registered, or softly deleted. */
  record SchemaSet(StoredSchema schema) implements StoreRecord {}

  /**
   * A version is gone for good.
   *
   * @param id the id it had, so that no other schema is ever given it; 0 where another registry
   *     wrote the record, which does not say
   */
  record SchemaErased(String subject, int version, int id) implements StoreRecord {}

  /** All versions up to and with {@code upTo} are softly deleted. */
  record SubjectDeleted(String subject, int upTo) implements StoreRecord {}

  /**
   * The compatibility level of a subject, or of all that have none of their own.
   *
   * @param subject null for all
   * @param level null if there is none any more
   */
  record LevelSet(@Nullable String subject, @Nullable CompatibilityLevel level)
      implements StoreRecord {}

  /** Something that only other registries write and this one has no use for. */
  record Other(String keyType) implements StoreRecord {}
}
