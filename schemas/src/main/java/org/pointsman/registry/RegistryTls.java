package org.pointsman.registry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Whom the client trusts, and how it shows who it is. */
final class RegistryTls {
  private RegistryTls() {}

  /**
   * @throws ConfigException if a store cannot be read
   */
  static SSLContext context(RegistryConfig config) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(config), trust(config), null);
      return context;
    } catch (GeneralSecurityException unusable) {
      throw new ConfigException(
          "expected usable TLS settings for the schema registry but: " + unusable.getMessage());
    }
  }

  /** Null stands for the JVM's own. */
  private static TrustManager @Nullable [] trust(RegistryConfig config)
      throws GeneralSecurityException {
    KeyStore store =
        store(
            config,
            RegistryConfig.TRUSTSTORE_LOCATION,
            RegistryConfig.TRUSTSTORE_TYPE,
            RegistryConfig.TRUSTSTORE_PASSWORD);
    if (store == null) {
      return null;
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyManager @Nullable [] keys(RegistryConfig config)
      throws GeneralSecurityException {
    KeyStore store =
        store(
            config,
            RegistryConfig.KEYSTORE_LOCATION,
            RegistryConfig.KEYSTORE_TYPE,
            RegistryConfig.KEYSTORE_PASSWORD);
    if (store == null) {
      return null;
    }
    String key = config.secret(RegistryConfig.KEY_PASSWORD);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, chars(key != null ? key : config.secret(RegistryConfig.KEYSTORE_PASSWORD)));
    return factory.getKeyManagers();
  }

  private static @Nullable KeyStore store(
      RegistryConfig config, String locationKey, String typeKey, String passwordKey)
      throws GeneralSecurityException {
    String location = config.getString(locationKey);
    if (location == null) {
      return null;
    }
    KeyStore store = KeyStore.getInstance(config.getString(typeKey));
    try (InputStream file = Files.newInputStream(Path.of(location))) {
      store.load(file, chars(config.secret(passwordKey)));
      return store;
    } catch (IOException unreadable) {
      throw new ConfigException(
          locationKey,
          location,
          "expected a %s file and its password in %s but: %s"
              .formatted(config.getString(typeKey), passwordKey, unreadable));
    }
  }

  private static char @Nullable [] chars(@Nullable String password) {
    return password == null ? null : password.toCharArray();
  }
}
