package org.pointsman.registry;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/** The settings of the registry client, under the names that Confluent's client gives them. */
public final class RegistryConfig extends AbstractConfig {
  public static final String URL = "schema.registry.url";
  public static final String BASIC_AUTH_SOURCE = "basic.auth.credentials.source";
  public static final String BASIC_AUTH_USER_INFO = "basic.auth.user.info";
  public static final String BEARER_AUTH_SOURCE = "bearer.auth.credentials.source";
  public static final String BEARER_AUTH_TOKEN = "bearer.auth.token";
  public static final String CONNECT_TIMEOUT_MS = "http.connect.timeout.ms";
  public static final String READ_TIMEOUT_MS = "http.read.timeout.ms";
  public static final String MAX_RETRIES = "max.retries";
  public static final String RETRIES_WAIT_MS = "retries.wait.ms";
  public static final String RETRIES_MAX_WAIT_MS = "retries.max.wait.ms";
  public static final String SSL_PREFIX = "schema.registry.ssl.";
  public static final String TRUSTSTORE_LOCATION = SSL_PREFIX + "truststore.location";
  public static final String TRUSTSTORE_PASSWORD = SSL_PREFIX + "truststore.password";
  public static final String TRUSTSTORE_TYPE = SSL_PREFIX + "truststore.type";
  public static final String KEYSTORE_LOCATION = SSL_PREFIX + "keystore.location";
  public static final String KEYSTORE_PASSWORD = SSL_PREFIX + "keystore.password";
  public static final String KEYSTORE_TYPE = SSL_PREFIX + "keystore.type";
  public static final String KEY_PASSWORD = SSL_PREFIX + "key.password";

  private static final ConfigDef.Validator SOURCES = ConfigDef.ValidString.in("URL", "USER_INFO");
  private static final ConfigDef.Validator STORE_TYPES = ConfigDef.ValidString.in("JKS", "PKCS12");

  private static final ConfigDef DEFINITION =
      new ConfigDef()
          .define(
              URL,
              ConfigDef.Type.LIST,
              ConfigDef.Importance.HIGH,
              "Where the registry is; several by commas.")
          .define(
              BASIC_AUTH_SOURCE,
              ConfigDef.Type.STRING,
              "URL",
              SOURCES,
              ConfigDef.Importance.MEDIUM,
              "")
          .define(
              BASIC_AUTH_USER_INFO,
              ConfigDef.Type.PASSWORD,
              null,
              ConfigDef.Importance.MEDIUM,
              "USER:PASSWORD")
          .define(
              BEARER_AUTH_SOURCE,
              ConfigDef.Type.STRING,
              "STATIC_TOKEN",
              ConfigDef.ValidString.in("STATIC_TOKEN"),
              ConfigDef.Importance.LOW,
              "")
          .define(BEARER_AUTH_TOKEN, ConfigDef.Type.PASSWORD, null, ConfigDef.Importance.MEDIUM, "")
          .define(
              CONNECT_TIMEOUT_MS,
              ConfigDef.Type.INT,
              5_000,
              atLeast(1),
              ConfigDef.Importance.LOW,
              "")
          .define(
              READ_TIMEOUT_MS, ConfigDef.Type.INT, 10_000, atLeast(1), ConfigDef.Importance.LOW, "")
          .define(MAX_RETRIES, ConfigDef.Type.INT, 3, atLeast(0), ConfigDef.Importance.LOW, "")
          .define(
              RETRIES_WAIT_MS, ConfigDef.Type.INT, 200, atLeast(0), ConfigDef.Importance.LOW, "")
          .define(
              RETRIES_MAX_WAIT_MS,
              ConfigDef.Type.INT,
              5_000,
              atLeast(0),
              ConfigDef.Importance.LOW,
              "")
          .define(TRUSTSTORE_LOCATION, ConfigDef.Type.STRING, null, ConfigDef.Importance.MEDIUM, "")
          .define(
              TRUSTSTORE_PASSWORD, ConfigDef.Type.PASSWORD, null, ConfigDef.Importance.MEDIUM, "")
          .define(
              TRUSTSTORE_TYPE,
              ConfigDef.Type.STRING,
              "PKCS12",
              STORE_TYPES,
              ConfigDef.Importance.LOW,
              "")
          .define(KEYSTORE_LOCATION, ConfigDef.Type.STRING, null, ConfigDef.Importance.MEDIUM, "")
          .define(KEYSTORE_PASSWORD, ConfigDef.Type.PASSWORD, null, ConfigDef.Importance.MEDIUM, "")
          .define(
              KEYSTORE_TYPE,
              ConfigDef.Type.STRING,
              "PKCS12",
              STORE_TYPES,
              ConfigDef.Importance.LOW,
              "")
          .define(KEY_PASSWORD, ConfigDef.Type.PASSWORD, null, ConfigDef.Importance.MEDIUM, "");

  /**
   * @throws ConfigException if a value is not allowed, or the registry's URL is missing
   */
  public RegistryConfig(Map<String, ?> properties) {
    super(DEFINITION, properties, false);
    urls();
    userInfo();
  }

  private static ConfigDef.Validator atLeast(int least) {
    return ConfigDef.Range.atLeast(least);
  }

  /**
   * The registries, which are one and the same: each is asked if the one before does not answer.
   */
  public List<URI> urls() {
    List<String> texts = getList(URL);
    if (texts.isEmpty()) {
      throw new ConfigException(URL, texts, "expected the URL of a schema registry but got none");
    }
    return texts.stream().map(RegistryConfig::url).toList();
  }

  private static URI url(String text) {
    try {
      URI url = new URI(text.strip().replaceAll("/+$", ""));
      String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
      if (url.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
        return url;
      }
    } catch (URISyntaxException notEvenThat) {
      throw badUrl(text, notEvenThat);
    }
    throw badUrl(text, null);
  }

  private static ConfigException badUrl(String text, @Nullable Exception cause) {
    ConfigException bad =
        new ConfigException(
            URL, text, "expected a URL such as http://127.0.0.1:8081 or https://registry:8081");
    bad.initCause(cause);
    return bad;
  }

  /** {@code USER:PASSWORD} for all registries, or null; a URL may also bring its own. */
  @Nullable String userInfo() {
    String userInfo = secret(BASIC_AUTH_USER_INFO);
    if (getString(BASIC_AUTH_SOURCE).equals("URL")) {
      return null;
    }
    if (userInfo == null || userInfo.indexOf(':') < 1) {
      throw new ConfigException(
          "expected USER:PASSWORD in %s because %s is USER_INFO but got none"
              .formatted(BASIC_AUTH_USER_INFO, BASIC_AUTH_SOURCE));
    }
    return userInfo;
  }

  @Nullable String bearerToken() {
    return secret(BEARER_AUTH_TOKEN);
  }

  @Nullable String secret(String key) {
    Password password = getPassword(key);
    return password == null ? null : password.value();
  }

  Duration connectTimeout() {
    return Duration.ofMillis(getInt(CONNECT_TIMEOUT_MS));
  }

  Duration readTimeout() {
    return Duration.ofMillis(getInt(READ_TIMEOUT_MS));
  }

  int maxRetries() {
    return getInt(MAX_RETRIES);
  }

  /** How long to wait before attempt {@code retry}, from 1: doubles each time. */
  Duration wait(int retry) {
    long millis = (long) getInt(RETRIES_WAIT_MS) << Math.min(retry - 1, 20);
    return Duration.ofMillis(Math.min(millis, getInt(RETRIES_MAX_WAIT_MS)));
  }
}
