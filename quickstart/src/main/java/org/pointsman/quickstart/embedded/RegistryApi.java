package org.pointsman.quickstart.embedded;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pointsman.quickstart.embedded.RegistryRequest.ConfigBody;
import org.pointsman.quickstart.embedded.RegistryRequest.SchemaBody;
import org.pointsman.quickstart.embedded.SchemaStore.Scope;
import org.pointsman.registry.CompatibilityLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes of Confluent's registry API, their JSON, and their errors. A route here translates
 * between HTTP and {@link RegistryService}, and decides nothing.
 */
final class RegistryApi {
  static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";

  private static final Logger LOG = LoggerFactory.getLogger(RegistryApi.class);
  private static final ObjectMapper JSON =
      new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);
  private static final String MODE = "READWRITE";

  private final RegistryService registry;
  private final SchemaStore store;

  RegistryApi(RegistryService registry) {
    this.registry = registry;
    this.store = registry.store();
  }

  private record SchemaAnswer(
      String subject,
      int version,
      int id,
      @Nullable String schemaType,
      @Nullable List<SchemaReference> references,
      String schema) {}

  private record ContentAnswer(
      @Nullable String schemaType,
      @Nullable List<SchemaReference> references,
      String schema,
      @Nullable Integer maxId) {}

  private record VersionAnswer(String subject, int version) {}

  private record CompatibilityAnswer(
      @JsonProperty("is_compatible") boolean isCompatible, @Nullable List<String> messages) {}

  private record ErrorAnswer(@JsonProperty("error_code") int errorCode, String message) {}

  void addTo(RoutesConfig routes) {
    routes.get("/", json(context -> Map.of()));
    routes.get("/contexts", json(context -> List.of(".")));
    addSchemas(routes);
    addSubjects(routes);
    addVersions(routes);
    addCompatibility(routes);
    addConfig(routes);
    addMode(routes);
    addErrors(routes);
  }

  private void addSchemas(RoutesConfig routes) {
    routes.get("/schemas/types", json(context -> List.of(SchemaContent.AVRO)));
    routes.get("/schemas/ids/{id}", json(this::contentById));
    routes.get("/schemas/ids/{id}/schema", text(context -> content(id(context)).text()));
    routes.get(
        "/schemas/ids/{id}/subjects",
        json(context -> uses(context).stream().map(StoredSchema::subject).distinct().toList()));
    routes.get(
        "/schemas/ids/{id}/versions",
        json(
            context ->
                uses(context).stream()
                    .map(each -> new VersionAnswer(each.subject(), each.version()))
                    .toList()));
  }

  private void addSubjects(RoutesConfig routes) {
    routes.get("/subjects", json(this::subjects));
    routes.post(
        "/subjects/{subject}",
        json(
            context ->
                answer(
                    registry.lookup(
                        subject(context),
                        RegistryRequest.body(context, SchemaBody.class).content(),
                        flag(context, "normalize"),
                        scope(context)))));
    routes.delete(
        "/subjects/{subject}",
        json(context -> registry.deleteSubject(subject(context), flag(context, "permanent"))));
  }

  private void addVersions(RoutesConfig routes) {
    String versions = "/subjects/{subject}/versions";
    String version = versions + "/{version}";
    routes.get(
        versions,
        json(
            context ->
                registry.versions(subject(context), scope(context)).stream()
                    .map(StoredSchema::version)
                    .toList()));
    routes.post(versions, json(this::register));
    routes.get(version, json(context -> answer(oneVersion(context))));
    routes.get(version + "/schema", text(context -> oneVersion(context).content().text()));
    routes.get(
        version + "/referencedby",
        json(
            context -> {
              StoredSchema schema = oneVersion(context);
              return store.referencesTo(schema.subject(), schema.version());
            }));
    routes.delete(
        version,
        json(
            context ->
                registry.deleteVersion(
                    subject(context), versionNumber(context), flag(context, "permanent"))));
  }

  private void addCompatibility(RoutesConfig routes) {
    String versions = "/compatibility/subjects/{subject}/versions";
    routes.post(versions, json(context -> compatibility(context, null)));
    routes.post(
        versions + "/{version}", json(context -> compatibility(context, versionNumber(context))));
  }

  private void addConfig(RoutesConfig routes) {
    routes.get("/config", json(context -> levelAnswer(store.globalLevel())));
    routes.put("/config", json(context -> setLevel(context, null)));
    routes.delete("/config", json(context -> levelAnswer(registry.deleteLevel(null))));
    routes.get(
        "/config/{subject}",
        json(
            context -> {
              String subject = subject(context);
              if (flag(context, "defaultToGlobal")) {
                return levelAnswer(store.level(subject));
              }
              return levelAnswer(
                  store.ownLevel(subject).orElseThrow(() -> RegistryException.noOwnLevel(subject)));
            }));
    routes.put("/config/{subject}", json(context -> setLevel(context, subject(context))));
    routes.delete(
        "/config/{subject}", json(context -> levelAnswer(registry.deleteLevel(subject(context)))));
  }

  private void addMode(RoutesConfig routes) {
    routes.get("/mode", json(context -> Map.of("mode", MODE)));
    routes.get(
        "/mode/{subject}",
        json(
            context -> {
              if (flag(context, "defaultToGlobal")) {
                return Map.of("mode", MODE);
              }
              throw RegistryException.noOwnMode(subject(context));
            }));
  }

  private void addErrors(RoutesConfig routes) {
    routes.exception(
        RegistryException.class,
        (e, context) -> {
          if (e.status() >= 500) {
            LOG.warn(
                "schema registry: {} {}: {}", context.method(), context.path(), e.getMessage());
          }
          error(context, e.status(), e.code(), String.valueOf(e.getMessage()));
        });
    routes.exception(
        HttpResponseException.class,
        (e, context) ->
            error(
                context,
                e.getStatus(),
                e.getStatus(),
                "HTTP %d %s".formatted(e.getStatus(), e.getMessage())));
    routes.exception(
        Exception.class,
        (e, context) -> {
          LOG.warn("schema registry: {} {}", context.method(), context.path(), e);
          error(context, 500, 500, "Internal Server Error");
        });
  }

  private Object contentById(Context context) {
    SchemaContent content = content(id(context));
    return new ContentAnswer(
        otherType(content),
        references(content),
        content.text(),
        flag(context, "fetchMaxId") ? store.highestId() : null);
  }

  private Object subjects(Context context) {
    String prefix = context.queryParam("subjectPrefix");
    // Confluent's wildcard for "in any context"; there is only the one.
    String start = prefix == null || prefix.equals(":*:") ? "" : prefix;
    return store.subjects(scope(context)).stream().filter(s -> s.startsWith(start)).toList();
  }

  private Object register(Context context) {
    SchemaBody body = RegistryRequest.body(context, SchemaBody.class);
    String subject = subject(context);
    if (body.id() != null && body.id() > 0) {
      throw RegistryException.notPermitted(
          "Subject %s is not in import mode; leave the id out".formatted(subject));
    }
    int id = registry.register(subject, body.content(), flag(context, "normalize"), body.version());
    return Map.of("id", id);
  }

  private Object compatibility(Context context, @Nullable Integer version) {
    List<String> reasons =
        registry.incompatibilities(
            subject(context),
            version,
            RegistryRequest.body(context, SchemaBody.class).content(),
            flag(context, "normalize"));
    return new CompatibilityAnswer(reasons.isEmpty(), flag(context, "verbose") ? reasons : null);
  }

  private Object setLevel(Context context, @Nullable String subject) {
    CompatibilityLevel level = RegistryRequest.body(context, ConfigBody.class).level();
    registry.setLevel(subject, level);
    return Map.of("compatibility", level.name());
  }

  private StoredSchema oneVersion(Context context) {
    return registry.version(subject(context), versionNumber(context), scope(context));
  }

  private SchemaContent content(int id) {
    return store.content(id).orElseThrow(() -> RegistryException.schemaNotFound(id));
  }

  private List<StoredSchema> uses(Context context) {
    int id = id(context);
    content(id);
    return store.uses(id, scope(context));
  }

  private static Object levelAnswer(CompatibilityLevel level) {
    return Map.of("compatibilityLevel", level.name());
  }

  private static SchemaAnswer answer(StoredSchema schema) {
    SchemaContent content = schema.content();
    return new SchemaAnswer(
        schema.subject(),
        schema.version(),
        schema.id(),
        otherType(content),
        references(content),
        content.text());
  }

  /** Confluent leaves the type out where it is Avro, for clients older than the other types. */
  private static @Nullable String otherType(SchemaContent content) {
    return content.type().equals(SchemaContent.AVRO) ? null : content.type();
  }

  private static @Nullable List<SchemaReference> references(SchemaContent content) {
    return content.references().isEmpty() ? null : content.references();
  }

  /** Other than Confluent's, this registry has no contexts, whose names start with ":.". */
  private static String subject(Context context) {
    String subject = context.pathParam("subject");
    boolean invalid =
        subject.isBlank()
            || subject.startsWith(":.")
            || subject.equals("__GLOBAL")
            || subject.equals("__EMPTY")
            || subject.chars().anyMatch(Character::isISOControl);
    if (invalid) {
      throw RegistryException.invalidSubject(subject);
    }
    return subject;
  }

  private static int id(Context context) {
    try {
      return Integer.parseInt(context.pathParam("id"));
    } catch (NumberFormatException e) {
      throw RegistryException.http(404, "HTTP 404 Not Found"); // as where a route's type differs
    }
  }

  /** -1 for the latest. */
  private static int versionNumber(Context context) {
    String version = context.pathParam("version");
    if (version.equals("latest")) {
      return -1;
    }
    try {
      int number = Integer.parseInt(version);
      if (number > 0 || number == -1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // answered below
    }
    throw RegistryException.invalidVersion(version);
  }

  private static Scope scope(Context context) {
    if (flag(context, "deletedOnly")) {
      return Scope.DELETED;
    }
    return flag(context, "deleted") ? Scope.LIVE_AND_DELETED : Scope.LIVE;
  }

  private static boolean flag(Context context, String name) {
    return Boolean.parseBoolean(context.queryParam(name));
  }

  private static void error(Context context, int status, int code, String message) {
    write(context.status(status), new ErrorAnswer(code, message));
  }

  private static Handler json(Function<Context, Object> route) {
    return context -> write(context, route.apply(context));
  }

  /** For what is JSON already. */
  private static Handler text(Function<Context, String> route) {
    return context -> context.contentType(MEDIA_TYPE).result(route.apply(context));
  }

  private static void write(Context context, Object answer) {
    try {
      context.contentType(MEDIA_TYPE).result(JSON.writeValueAsBytes(answer));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
