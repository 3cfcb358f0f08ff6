package org.pointsman.quickstart.embedded;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is not what was asked for, with the HTTP status and the error code that
 * Confluent's registry gives, and its messages word for word, which some clients look into.
 */
final class RegistryException extends RuntimeException {
  private final int status;
  private final int code;

  private RegistryException(int status, int code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  int code() {
    return code;
  }

  static RegistryException http(int status, String message) {
    return new RegistryException(status, status, message, null);
  }

  static RegistryException subjectNotFound(String subject) {
    return notFound(40401, "Subject '%s' not found.".formatted(subject));
  }

  static RegistryException versionNotFound(int version) {
    return notFound(40402, "Version %d not found.".formatted(version));
  }

  static RegistryException schemaNotFound() {
    return notFound(40403, "Schema not found");
  }

  static RegistryException schemaNotFound(int id) {
    return notFound(40403, "Schema %d not found".formatted(id));
  }

  static RegistryException subjectSoftDeleted(String subject) {
    return notFound(
        40404,
        "Subject '%s' was soft deleted.Set permanent=true to delete permanently"
            .formatted(subject));
  }

  static RegistryException subjectNotSoftDeleted(String subject) {
    return notFound(
        40405,
        "Subject '%s' was not deleted first before being permanently deleted".formatted(subject));
  }

  static RegistryException versionSoftDeleted(String subject, int version) {
    return notFound(
        40406,
        "Subject '%s' Version %d was soft deleted.Set permanent=true to delete permanently"
            .formatted(subject, version));
  }

  static RegistryException versionNotSoftDeleted(String subject, int version) {
    return notFound(
        40407,
        "Subject '%s' Version %d was not deleted first before being permanently deleted"
            .formatted(subject, version));
  }

  static RegistryException noOwnLevel(String subject) {
    return notFound(
        40408,
        "Subject '%s' does not have subject-level compatibility configured".formatted(subject));
  }

  static RegistryException noOwnMode(String subject) {
    return notFound(
        40409, "Subject '%s' does not have subject-level mode configured".formatted(subject));
  }

  static RegistryException incompatible(String subject, List<String> reasons) {
    return http(
        409,
        "Schema being registered is incompatible with an earlier schema for subject \"%s\", details: %s"
            .formatted(subject, reasons));
  }

  static RegistryException invalidSchema(String reason) {
    return invalid(42201, "Invalid schema: " + reason);
  }

  static RegistryException invalidVersion(String version) {
    return invalid(
        42202,
        "The specified version '%s' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\""
            .formatted(version));
  }

  static RegistryException invalidLevel() {
    return invalid(
        42203,
        "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive");
  }

  static RegistryException notPermitted(String reason) {
    return invalid(42205, reason);
  }

  static RegistryException referenceExists(String subject, int version) {
    return invalid(
        42206,
        "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=%s,version=%d}."
            .formatted(subject, version));
  }

  static RegistryException invalidSubject(String subject) {
    return invalid(42208, "The specified subject '%s' is not a valid subject.".formatted(subject));
  }

  static RegistryException schemaTooLarge(Throwable cause) {
    return new RegistryException(422, 42209, "Schema too large: " + cause.getMessage(), cause);
  }

  static RegistryException store(String what, Throwable cause) {
    return new RegistryException(500, 50001, what, cause);
  }

  static RegistryException storeTimeout(String what, Throwable cause) {
    return new RegistryException(500, 50002, what, cause);
  }

  private static RegistryException notFound(int code, String message) {
    return new RegistryException(404, code, message, null);
  }

  private static RegistryException invalid(int code, String message) {
    return new RegistryException(422, code, message, null);
  }
}
