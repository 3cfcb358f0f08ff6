package org.pointsman.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.CliException;
import org.pointsman.nms.strongswan.vici.ViciAddress;
import org.pointsman.nms.strongswan.vici.ViciConnection;
import org.pointsman.nms.strongswan.vici.ViciException;
import org.pointsman.nms.strongswan.vici.ViciValue.Section;

/**
 * A strongSwan in a namespace. ESP is done by its kernel-libipsec plugin in user space, so that
 * kernels without ESP do.
 */
final class Charon implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String SECRET = "of the lab alone";

  /** kdf is needed by all that is new; kernel-libipsec has to come before kernel-netlink. */
  private static final String PLUGINS =
      "random nonce aes sha1 sha2 hmac kdf gcm drbg curve25519 openssl pem pkcs1 x509 revocation"
          + " constraints pubkey pgp kernel-libipsec kernel-netlink socket-default updown vici counters";

  private final String namespace;
  private final Path folder;
  private final String connections;
  private @Nullable Process process;

  private Charon(String namespace, Path folder, String connections) {
    this.namespace = namespace;
    this.folder = folder;
    this.connections = connections;
  }

  /** A gateway's: a connection for each peer, so that it can call one. */
  static Charon gateway(LabPlan plan, int gateway, Path home) {
    String all =
        plan.peerNumbers().stream()
            .map(
                peer ->
                    connection(
                        LabPlan.peer(peer),
                        LabPlan.VIRTUAL_ADDRESS.toString(),
                        LabPlan.peerAddress(peer),
                        "gateway.lab",
                        LabPlan.peer(peer) + ".lab",
                        LabPlan.TARGET_NET,
                        LabPlan.peerSubnet(peer),
                        ""))
            .collect(Collectors.joining());
    String name = LabPlan.gateway(gateway);
    return new Charon(plan.namespace(name), home.resolve(name), all);
  }

  /**
   * A peer's: it calls the virtual address, and again when that has gone silent. It never gives up:
   * by default it would after its first call that nobody answers, and then for ever.
   */
  static Charon peer(LabPlan plan, int peer, Path home) {
    String name = LabPlan.peer(peer);
    return new Charon(
        plan.namespace(name),
        home.resolve(name),
        connection(
            name,
            LabPlan.peerAddress(peer),
            LabPlan.VIRTUAL_ADDRESS.toString(),
            name + ".lab",
            "gateway.lab",
            LabPlan.peerSubnet(peer),
            LabPlan.TARGET_NET,
            "dpd_delay = 2s\n    keyingtries = 0"));
  }

  private static String connection(
      String name,
      String local,
      String remote,
      String localId,
      String remoteId,
      String localNet,
      String remoteNet,
      String more) {
    return """
      %s {
        version = 2
        mobike = no
        unique = replace
        local_addrs = %s
        remote_addrs = %s
        %s
        local {
          auth = psk
          id = %s
        }
        remote {
          auth = psk
          id = %s
        }
        children {
          net {
            local_ts = %s
            remote_ts = %s
            dpd_action = restart
          }
        }
      }
    """
        .formatted(name, local, remote, more, localId, remoteId, localNet, remoteNet);
  }

  /**
   * Starts it and loads its connections.
   *
   * @throws CliException if it does not start
   */
  Charon start() throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Files.deleteIfExists(socket());
    Path settings = folder.resolve("strongswan.conf");
    Files.writeString(
        settings,
        """
        charon-systemd {
          load = %s
          retransmit_timeout = 1.0
          retransmit_base = 1.5
          retransmit_tries = 3
          journal {
            default = -1
          }
          filelog {
            log {
              path = %s
              default = 1
              flush_line = yes
            }
          }
          plugins {
            vici {
              socket = unix://%s
            }
          }
        }
        """
            .formatted(PLUGINS, folder.resolve("charon.log"), socket()));
    Path swanctl = folder.resolve("swanctl.conf");
    Files.writeString(
        swanctl,
        "connections {\n%s}\nsecrets {\n  ike-lab {\n    secret = \"%s\"\n  }\n}\n"
            .formatted(connections, SECRET));
    ProcessBuilder builder =
        new ProcessBuilder("ip", "netns", "exec", namespace, "charon-systemd")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("charon.out").toFile());
    builder.environment().put("STRONGSWAN_CONF", settings.toString());
    process = builder.start();
    awaitSocket();
    Commands.run("swanctl", "--load-all", "--file", swanctl.toString(), "--uri", address().text());
    return this;
  }

  private void awaitSocket() throws InterruptedException, IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (ViciConnection _ = ViciConnection.open(address(), PATIENCE)) {
        return;
      } catch (ViciException notYet) {
        Process charon = process;
        if (charon == null || !charon.isAlive() || System.nanoTime() - deadline > 0) {
          throw new CliException(
              "expected charon to start in namespace %s but it did not; see %s and charon.out beside it"
                  .formatted(namespace, folder.resolve("charon.log")));
        }
        Thread.sleep(20);
      }
    }
  }

  private Path socket() {
    return folder.resolve("charon.vici");
  }

  ViciAddress address() {
    return ViciAddress.parse("unix://" + socket());
  }

  String namespace() {
    return namespace;
  }

  /** Has a peer call; returns when its tunnel stands. */
  void call(String connection) throws ViciException {
    try (ViciConnection vici = ViciConnection.open(address(), PATIENCE)) {
      Section answer =
          vici.request(
              "initiate", Section.of("ike", connection, "child", "net", "timeout", "30000"));
      if (!answer.text("success").filter("yes"::equals).isPresent()) {
        throw new CliException(
            "expected %s to bring its tunnel up but %s; see %s"
                .formatted(
                    namespace,
                    answer.text("errmsg").orElse("it does not say why"),
                    folder.resolve("charon.log")));
      }
    }
  }

  /** The names of the connections that have a tunnel here. */
  List<String> established() throws ViciException {
    try (ViciConnection vici = ViciConnection.open(address(), PATIENCE)) {
      return vici.stream("list-sas", "list-sa", Section.EMPTY).stream()
          .flatMap(event -> event.sections().entrySet().stream())
          .filter(ike -> !ike.getValue().section("child-sas").values().isEmpty())
          .map(java.util.Map.Entry::getKey)
          .distinct()
          .toList();
    }
  }

  boolean isAlive() {
    Process charon = process;
    return charon != null && charon.isAlive();
  }

  /** Kills it: it says goodbye to nobody. */
  void kill() throws InterruptedException {
    Process charon = process;
    if (charon != null) {
      charon.destroyForcibly().waitFor();
      process = null;
    }
  }

  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
