package org.pointsman.quickstart.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.quickstart.embedded.Records.record;
import static org.pointsman.quickstart.embedded.RegistryCalls.body;
import static org.pointsman.quickstart.embedded.RegistryCalls.encode;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pointsman.quickstart.embedded.RegistryCalls.Answer;

/** Every route and every error code. Each test has subjects of its own. */
class EmbeddedRegistryIT {
  private static final String A = record("A", "x");
  private static final String A_AND_DEFAULT = record("A", "x", "y?");
  private static final String A_AND_REQUIRED = record("A", "x", "y");

  @TempDir static Path directory;

  @SuppressWarnings("NullAway.Init")
  private static EmbeddedBroker broker;

  @SuppressWarnings("NullAway.Init")
  private static EmbeddedRegistry registry;

  @SuppressWarnings("NullAway.Init")
  private static RegistryCalls calls;

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(directory, 0);
    registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
    calls = new RegistryCalls(registry.url());
  }

  @AfterAll
  static void stop() {
    calls.close();
    registry.close();
    broker.close();
  }

  @Test
  void whatNeedsNoSchema() {
    assertThat(calls.get("/").text()).isEqualTo("{}");
    assertThat(calls.get("/schemas/types").text()).isEqualTo("[\"AVRO\"]");
    assertThat(calls.get("/contexts").text()).isEqualTo("[\".\"]");
    assertThat(calls.get("/mode").text()).isEqualTo("{\"mode\":\"READWRITE\"}");
    assertThat(calls.get("/mode/any").brief()).isEqualTo("404 40409");
    assertThat(calls.get("/mode/any?defaultToGlobal=true").text())
        .isEqualTo("{\"mode\":\"READWRITE\"}");
    assertThat(calls.get("/subjects").contentType())
        .isEqualTo("application/vnd.schemaregistry.v1+json");
    assertThat(calls.get("/nowhere").brief()).isEqualTo("404 404");
    assertThat(calls.delete("/contexts").brief()).isEqualTo("405 405");
  }

  @Test
  void aSchemaIsRegisteredOnceAndFoundEveryWay() {
    int id = calls.register("found", A);
    String spaced = A.replace(",", " , \n");
    assertThat(calls.register("found", spaced)).isEqualTo(id);
    assertThat(calls.register("found-too", A)).isEqualTo(id);
    assertThat(calls.get("/subjects/found/versions").text()).isEqualTo("[1]");

    String version =
        "{\"subject\":\"found\",\"version\":1,\"id\":%d,\"schema\":%s}".formatted(id, quoted(A));
    assertThat(calls.get("/subjects/found/versions/1").text()).isEqualTo(version);
    assertThat(calls.get("/subjects/found/versions/latest").text()).isEqualTo(version);
    assertThat(calls.get("/subjects/found/versions/-1").text()).isEqualTo(version);
    assertThat(calls.post("/subjects/found", body(spaced)).text()).isEqualTo(version);
    assertThat(calls.get("/subjects/found/versions/1/schema").text()).isEqualTo(A);

    String byId = "/schemas/ids/" + id;
    assertThat(calls.get(byId).text()).isEqualTo("{\"schema\":%s}".formatted(quoted(A)));
    assertThat(calls.get(byId + "?fetchMaxId=true").json().get("maxId").asInt())
        .isGreaterThanOrEqualTo(id);
    assertThat(calls.get(byId + "/schema").text()).isEqualTo(A);
    assertThat(calls.get(byId + "/subjects").json())
        .map(s -> s.asText())
        .contains("found", "found-too");
    assertThat(calls.get(byId + "/versions").text())
        .contains("{\"subject\":\"found\",\"version\":1}");
    assertThat(calls.get("/subjects").json()).map(s -> s.asText()).contains("found", "found-too");
    assertThat(calls.get("/subjects?subjectPrefix=found-").text()).isEqualTo("[\"found-too\"]");
  }

  @Test
  void whatIsNotThereHasItsOwnCode() {
    calls.register("some", A);
    assertThat(calls.get("/schemas/ids/2000000000").text())
        .isEqualTo("{\"error_code\":40403,\"message\":\"Schema 2000000000 not found\"}");
    assertThat(calls.get("/schemas/ids/2000000000/schema").brief()).isEqualTo("404 40403");
    assertThat(calls.get("/schemas/ids/2000000000/subjects").brief()).isEqualTo("404 40403");
    assertThat(calls.get("/schemas/ids/2000000000/versions").brief()).isEqualTo("404 40403");
    assertThat(calls.get("/schemas/ids/one").brief()).isEqualTo("404 404");
    assertThat(calls.get("/subjects/none/versions").text())
        .isEqualTo("{\"error_code\":40401,\"message\":\"Subject 'none' not found.\"}");
    assertThat(calls.get("/subjects/none/versions/1").brief()).isEqualTo("404 40401");
    assertThat(calls.get("/subjects/some/versions/7").text())
        .isEqualTo("{\"error_code\":40402,\"message\":\"Version 7 not found.\"}");
    assertThat(calls.get("/subjects/some/versions/7/schema").brief()).isEqualTo("404 40402");
    assertThat(calls.post("/subjects/none", body(A)).brief()).isEqualTo("404 40401");
    assertThat(calls.post("/subjects/some", body(A_AND_DEFAULT)).text())
        .isEqualTo("{\"error_code\":40403,\"message\":\"Schema not found\"}");
    assertThat(calls.delete("/subjects/none").brief()).isEqualTo("404 40401");
    assertThat(calls.delete("/subjects/none/versions/1").brief()).isEqualTo("404 40401");
    assertThat(calls.delete("/subjects/some/versions/7").brief()).isEqualTo("404 40402");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-2", "first", "2147483648", "1.0"})
  void aVersionIsANumberFromOneOrLatest(String version) {
    Answer answer = calls.get("/subjects/any/versions/" + version);
    assertThat(answer.brief()).isEqualTo("422 42202");
    assertThat(answer.json().get("message").asText())
        .startsWith("The specified version '" + version + "' is not a valid version id.");
    assertThat(calls.delete("/subjects/any/versions/" + version).brief()).isEqualTo("422 42202");
    assertThat(calls.post("/compatibility/subjects/any/versions/" + version, body(A)).brief())
        .isEqualTo("422 42202");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                                                          | 422 42201",
        "{\"schema\":\"\"}                                           | 422 42201",
        "{\"schema\":\"{\"}                                          | 422 42201",
        "{\"schema\":\"\\\"nosuch\\\"\"}                             | 422 42201",
        "{\"schema\":\"\\\"int\\\" x\"}                              | 422 42201",
        "{\"schema\":\"\\\"int\\\"\",\"schemaType\":\"JSON\"}        | 422 42201",
        "{\"schema\":\"\\\"int\\\"\",\"schemaType\":\"PROTOBUF\"}    | 422 42201",
        "{\"schema\":\"\\\"int\\\"\",\"metadata\":{}}                | 422 42201",
        "{\"schema\":\"\\\"int\\\"\",\"ruleSet\":{}}                 | 422 42201",
        "{\"schema\":\"\\\"int\\\"\",\"version\":9}                  | 422 42201",
        "{\"schema\":\"\\\"int\\\"\",\"references\":[{}]}            | 422 42201",
        "{\"schema\":\"\\\"int\\\"\",\"references\":[{\"name\":\"n\",\"subject\":\"none\",\"version\":1}]} | 422 42201",
        "{\"schema\":\"\\\"int\\\"\",\"id\":5}                       | 422 42205",
        "{\"schema\":                                                | 400 400",
        "nonsense                                                    | 400 400",
        "null                                                        | 400 400",
        "[]                                                          | 400 400",
      })
  void aBadRegistrationIsRefused(String body, String expected) {
    assertThat(calls.post("/subjects/refused/versions", body).brief()).isEqualTo(expected);
    assertThat(calls.get("/subjects/refused/versions").brief()).isEqualTo("404 40401");
  }

  @Test
  void aDefaultThatDoesNotFitIsAnInvalidSchema() {
    String bad = A_AND_DEFAULT.replace("\"default\":0", "\"default\":\"zero\"");
    assertThat(calls.post("/subjects/refused/versions", body(bad)).brief()).isEqualTo("422 42201");
    assertThat(calls.post("/compatibility/subjects/refused/versions/latest", body(bad)).brief())
        .isEqualTo("422 42201");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%20", ":.context:s", "__GLOBAL", "__EMPTY", "a%0Ab"})
  void someNamesAreNoSubjects(String subject) {
    assertThat(calls.post("/subjects/" + subject + "/versions", body(A)).brief())
        .isEqualTo("422 42208");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a/b", "/", "a:b", "a b", "a+b", "100%", "a%2Fb", "ünï-☃", "..", "a;b=c", "a?b#c", "\\"
      })
  void aSubjectMayHoldAnyCharacter(String subject) {
    int id =
        calls.register(subject, record("Named", "f" + Integer.toHexString(subject.hashCode())));
    String path = "/subjects/" + encode(subject);
    assertThat(calls.get(path + "/versions/1").json().get("subject").asText()).isEqualTo(subject);
    assertThat(calls.get("/schemas/ids/" + id + "/subjects").json())
        .map(s -> s.asText())
        .containsExactly(subject);
    assertThat(calls.put("/config/" + encode(subject), "{\"compatibility\":\"NONE\"}").status())
        .isEqualTo(200);
    assertThat(calls.delete(path).text()).isEqualTo("[1]");
  }

  @Test
  void bodiesAreBounded() {
    String schema = A.replace("\"fields\"", "\"doc\":\"" + "d".repeat(1 << 20) + "\",\"fields\"");
    assertThat(calls.post("/subjects/large/versions", body(schema)).brief()).isEqualTo("413 413");
    var chunked = BodyPublishers.fromPublisher(BodyPublishers.ofString(body(schema)));
    assertThat(
            calls.send("POST", "/subjects/large/versions", chunked, RegistryApi.MEDIA_TYPE).brief())
        .isEqualTo("413 413");
    String fits = A.replace("\"fields\"", "\"doc\":\"" + "d".repeat(1_000_000) + "\",\"fields\"");
    calls.register("large", fits);
    assertThat(calls.get("/subjects/large/versions/1/schema").text()).isEqualTo(fits);
  }

  @ParameterizedTest
  @CsvSource({
    "application/vnd.schemaregistry.v1+json, 200",
    "application/vnd.schemaregistry+json, 200",
    "application/json, 200",
    "application/json; charset=utf-8, 200",
    "application/octet-stream, 200",
    ", 200",
    "text/plain, 415",
    "application/x-www-form-urlencoded, 415",
  })
  void bodiesAreJson(String contentType, int status) {
    Answer answer =
        calls.send(
            "POST", "/subjects/typed/versions", BodyPublishers.ofString(body(A)), contentType);
    assertThat(answer.status()).isEqualTo(status);
  }

  @Test
  void anIncompatibleSchemaIsRefusedAndTheReasonGiven() {
    calls.register("strict", A);
    Answer refused = calls.post("/subjects/strict/versions", body(A_AND_REQUIRED));
    assertThat(refused.brief()).isEqualTo("409 409");
    assertThat(refused.json().get("message").asText())
        .startsWith(
            "Schema being registered is incompatible with an earlier schema for subject \"strict\"")
        .contains("READER_FIELD_MISSING_DEFAULT_VALUE");
    assertThat(calls.get("/subjects/strict/versions").text()).isEqualTo("[1]");

    String check = "/compatibility/subjects/strict/versions/";
    for (String version : List.of("latest", "-1", "1")) {
      assertThat(calls.post(check + version, body(A_AND_REQUIRED)).text())
          .isEqualTo("{\"is_compatible\":false}");
      assertThat(calls.post(check + version, body(A_AND_DEFAULT)).text())
          .isEqualTo("{\"is_compatible\":true}");
    }
    assertThat(
            calls.post(check + "latest?verbose=true", body(A_AND_REQUIRED)).json().get("messages"))
        .isNotEmpty();
    assertThat(calls.post(check + "latest?verbose=true", body(A_AND_DEFAULT)).text())
        .isEqualTo("{\"is_compatible\":true,\"messages\":[]}");
    assertThat(calls.post(check + "9", body(A)).brief()).isEqualTo("404 40402");
    assertThat(calls.post("/compatibility/subjects/none/versions/latest", body(A)).text())
        .isEqualTo("{\"is_compatible\":true}");
    assertThat(calls.post("/compatibility/subjects/none/versions", body(A)).text())
        .isEqualTo("{\"is_compatible\":true}");
  }

  /**
   * The subject has versions {x}, {x, y?}, {y?}: removing x is backward compatible with any, adding
   * x again without a default is so with none but the first.
   */
  @ParameterizedTest
  @CsvSource({
    "NONE,                x y,   true",
    "BACKWARD,            y? z?, true",
    "BACKWARD,            y? z,  false",
    "BACKWARD,            x z?,  false",
    "BACKWARD_TRANSITIVE, z?,    true",
    "BACKWARD_TRANSITIVE, y,     false",
    "FORWARD,             y? z,  true",
    "FORWARD,             z,     true",
    "FORWARD_TRANSITIVE,  z,     false",
    "FORWARD_TRANSITIVE,  x z,   true",
    "FULL,                z?,    true",
    "FULL,                x z?,  false",
    "FULL_TRANSITIVE,     x? z?, true",
    "FULL_TRANSITIVE,     z?,    false",
  })
  void everyLevelIsKept(String level, String fields, boolean compatible) {
    String subject = "level-" + level + fields.replace(' ', '-').replace('?', '!');
    assertThat(calls.put("/config/" + subject, "{\"compatibility\":\"NONE\"}").text())
        .isEqualTo("{\"compatibility\":\"NONE\"}");
    calls.register(subject, record("L", "x"));
    calls.register(subject, record("L", "x", "y?"));
    calls.register(subject, record("L", "y?"));
    calls.put("/config/" + subject, "{\"compatibility\":\"%s\"}".formatted(level));

    String candidate = record("L", fields.split(" "));
    assertThat(
            calls.post("/compatibility/subjects/" + subject + "/versions", body(candidate)).text())
        .isEqualTo("{\"is_compatible\":%s}".formatted(compatible));
    assertThat(calls.post("/subjects/" + subject + "/versions", body(candidate)).status())
        .isEqualTo(compatible ? 200 : 409);
  }

  @Test
  void levelsAreSetAndTakenBack() {
    assertThat(calls.get("/config").text()).isEqualTo("{\"compatibilityLevel\":\"BACKWARD\"}");
    assertThat(calls.get("/config/own").text())
        .isEqualTo(
            "{\"error_code\":40408,\"message\":\"Subject 'own' does not have subject-level compatibility configured\"}");
    assertThat(calls.delete("/config/own").brief()).isEqualTo("404 40401");
    assertThat(calls.get("/config/own?defaultToGlobal=true").text())
        .isEqualTo("{\"compatibilityLevel\":\"BACKWARD\"}");
    assertThat(calls.put("/config/own", "{\"compatibility\":\"full_transitive\"}").text())
        .isEqualTo("{\"compatibility\":\"FULL_TRANSITIVE\"}");
    assertThat(calls.get("/config/own").text())
        .isEqualTo("{\"compatibilityLevel\":\"FULL_TRANSITIVE\"}");
    assertThat(calls.delete("/config/own").text())
        .isEqualTo("{\"compatibilityLevel\":\"FULL_TRANSITIVE\"}");
    assertThat(calls.get("/config/own").brief()).isEqualTo("404 40408");

    for (String bad : List.of("{\"compatibility\":\"SOME\"}", "{}", "{\"compatibility\":null}")) {
      assertThat(calls.put("/config/own", bad).brief()).isEqualTo("422 42203");
    }
    assertThat(calls.put("/config/own", "{\"compatibility\":\"NONE\",\"alias\":\"a\"}").brief())
        .isEqualTo("422 42205");
  }

  @Test
  void theLevelOfAllIsSetAndTakenBack() throws Exception {
    Path other = Files.createTempDirectory(directory.getParent(), "level");
    try (EmbeddedBroker own = EmbeddedBroker.start(other, 0);
        EmbeddedRegistry fresh = EmbeddedRegistry.start(own.bootstrapServers(), 0);
        RegistryCalls its = new RegistryCalls(fresh.url())) {
      its.register("s", A);
      assertThat(its.put("/config", "{\"compatibility\":\"NONE\"}").status()).isEqualTo(200);
      its.register("s", A_AND_REQUIRED);
      assertThat(its.delete("/config").text()).isEqualTo("{\"compatibilityLevel\":\"NONE\"}");
      assertThat(its.get("/config").text()).isEqualTo("{\"compatibilityLevel\":\"BACKWARD\"}");
    }
  }

  @Test
  void aVersionIsDeletedSoftlyThenForGood() {
    int id = calls.register("del-v", A);
    int second = calls.register("del-v", A_AND_DEFAULT);
    String one = "/subjects/del-v/versions/1";
    assertThat(calls.delete(one + "?permanent=true").brief()).isEqualTo("404 40407");
    assertThat(calls.delete(one).text()).isEqualTo("1");
    assertThat(calls.delete(one).brief()).isEqualTo("404 40406");
    assertThat(calls.get(one).brief()).isEqualTo("404 40402");
    assertThat(calls.get(one + "?deleted=true").json().get("id").asInt()).isEqualTo(id);
    assertThat(calls.get("/subjects/del-v/versions").text()).isEqualTo("[2]");
    assertThat(calls.get("/subjects/del-v/versions?deleted=true").text()).isEqualTo("[1,2]");
    assertThat(calls.get("/subjects/del-v/versions?deletedOnly=true").text()).isEqualTo("[1]");
    assertThat(calls.post("/subjects/del-v", body(A)).brief()).isEqualTo("404 40403");
    assertThat(calls.post("/subjects/del-v?deleted=true", body(A)).json().get("version").asInt())
        .isEqualTo(1);
    assertThat(calls.get("/schemas/ids/" + id).status()).isEqualTo(200);
    assertThat(calls.delete(one + "?permanent=true").text()).isEqualTo("1");
    assertThat(calls.get(one + "?deleted=true").brief()).isEqualTo("404 40402");
    assertThat(calls.delete("/subjects/del-v/versions/latest").text()).isEqualTo("2");
    assertThat(calls.register("del-v", A_AND_DEFAULT)).isEqualTo(second);
    assertThat(calls.get("/subjects/del-v/versions").text()).isEqualTo("[3]");
  }

  @Test
  void aSubjectIsDeletedSoftlyThenForGoodAndItsIdIsNeverGivenAgain() {
    String only = record("OnlyHere", "x");
    int id = calls.register("del-s", only);
    calls.put("/config/del-s", "{\"compatibility\":\"FULL\"}");
    assertThat(calls.delete("/subjects/del-s?permanent=true").brief()).isEqualTo("404 40405");
    assertThat(calls.delete("/subjects/del-s").text()).isEqualTo("[1]");
    assertThat(calls.delete("/subjects/del-s").brief()).isEqualTo("404 40404");
    assertThat(calls.get("/config/del-s").brief()).isEqualTo("404 40408");
    assertThat(calls.get("/subjects").json()).map(s -> s.asText()).doesNotContain("del-s");
    assertThat(calls.get("/subjects?deleted=true").json()).map(s -> s.asText()).contains("del-s");
    assertThat(calls.get("/schemas/ids/" + id).status()).isEqualTo(200);
    assertThat(calls.delete("/subjects/del-s?permanent=true").text()).isEqualTo("[1]");
    assertThat(calls.get("/schemas/ids/" + id).brief()).isEqualTo("404 40403");
    assertThat(calls.delete("/subjects/del-s").brief()).isEqualTo("404 40401");
    assertThat(calls.register("del-s", only)).isGreaterThan(id);
    assertThat(calls.get("/subjects/del-s/versions").text()).isEqualTo("[1]");
  }

  @Test
  void referencesAreResolvedServedAndProtected() {
    String point =
        "{\"type\":\"record\",\"name\":\"Point\",\"namespace\":\"geo\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"}]}";
    String line =
        "{\"type\":\"record\",\"name\":\"Line\",\"namespace\":\"geo\",\"fields\":[{\"name\":\"from\",\"type\":\"geo.Point\"},{\"name\":\"to\",\"type\":\"geo.Point\"}]}";
    String shape =
        "{\"type\":\"record\",\"name\":\"Shape\",\"namespace\":\"geo\",\"fields\":[{\"name\":\"line\",\"type\":\"geo.Line\"}]}";
    calls.register("point", point);
    assertThat(calls.post("/subjects/line/versions", body(line)).brief()).isEqualTo("422 42201");
    var toPoint = List.of(new SchemaReference("geo.Point", "point", 1));
    var toLine = List.of(new SchemaReference("geo.Line", "line", 1));
    int lineId =
        calls.post("/subjects/line/versions", body(line, toPoint)).json().get("id").asInt();
    int shapeId =
        calls.post("/subjects/shape/versions", body(shape, toLine)).json().get("id").asInt();
    assertThat(calls.post("/subjects/line/versions", body(line, toPoint)).json().get("id").asInt())
        .isEqualTo(lineId);

    Answer served = calls.get("/schemas/ids/" + shapeId);
    assertThat(served.json().get("references").toString())
        .isEqualTo("[{\"name\":\"geo.Line\",\"subject\":\"line\",\"version\":1}]");
    assertThat(served.json().get("schema").asText())
        .contains("\"type\":\"Line\"")
        .doesNotContain("from");
    assertThat(calls.get("/subjects/point/versions/1/referencedby").text())
        .isEqualTo("[" + lineId + "]");
    assertThat(calls.delete("/subjects/point").brief()).isEqualTo("422 42206");
    assertThat(calls.delete("/subjects/point/versions/1").brief()).isEqualTo("422 42206");
    assertThat(
            calls.post("/compatibility/subjects/line/versions/latest", body(line, toPoint)).text())
        .isEqualTo("{\"is_compatible\":true}");
    assertThat(calls.delete("/subjects/shape").text()).isEqualTo("[1]");
    assertThat(calls.delete("/subjects/line").text()).isEqualTo("[1]");
    assertThat(calls.delete("/subjects/point").text()).isEqualTo("[1]");
  }

  @Test
  void normalizingMakesOrderNoDifference() {
    String one =
        "{\"type\":\"fixed\",\"name\":\"N\",\"size\":1,\"p\":1,\"q\":2,\"aliases\":[\"c\",\"b\"]}";
    String other =
        "{\"type\":\"fixed\",\"name\":\"N\",\"size\":1,\"q\":2,\"p\":1,\"aliases\":[\"b\",\"c\"]}";
    String versions = "/subjects/normal/versions?normalize=true";
    int id = calls.post(versions, body(one)).json().get("id").asInt();
    assertThat(calls.post(versions, body(other)).json().get("id").asInt()).isEqualTo(id);
    assertThat(calls.post("/subjects/normal?normalize=true", body(other)).json().get("id").asInt())
        .isEqualTo(id);
    assertThat(calls.register("not-normal", other)).isNotEqualTo(calls.register("not-normal", one));
  }

  private static String quoted(String schema) {
    return RegistryCalls.JSON.valueToTree(schema).toString();
  }
}
