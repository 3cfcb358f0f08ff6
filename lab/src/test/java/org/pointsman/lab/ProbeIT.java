package org.pointsman.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.model.IpAddress;
import org.pointsman.nms.follow.ClusterNews;
import org.pointsman.nms.probe.Asker;
import org.pointsman.nms.probe.Probe;
import org.pointsman.nms.probe.ProbeSettings;
import org.pointsman.nms.strongswan.vici.ViciConnection;
import org.pointsman.nms.strongswan.vici.ViciValue.Section;

/** The probe against real charons. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
final class ProbeIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final ProbeSettings SETTINGS =
      ProbeSettings.defaults()
          .withInterval(Duration.ofMillis(50))
          .withTimeout(Duration.ofSeconds(3));
  private static final int QUESTIONS = 50;

  @TempDir private static Path home;
  private static Ground ground;

  @BeforeAll
  static void start() throws Exception {
    ground = Ground.make("pr", 1, home);
  }

  @AfterAll
  static void stop() {
    if (ground != null) {
      ground.close();
    }
  }

  /** Asks from the router's namespace. */
  private static Asker.Opener from(ProbeSettings settings) {
    Asker.Opener opener = Asker.opener(settings);
    return address ->
        NamespaceThread.in(ground.plan.namespace("router"), () -> opener.open(address));
  }

  private static IpAddress address(int gateway) {
    return IpAddress.parse(LabPlan.gatewayAddress(gateway));
  }

  private static ProbeSettings by(ProbeSettings.Check check, int port) {
    return new ProbeSettings(
        check,
        port,
        SETTINGS.interval(),
        SETTINGS.timeout(),
        SETTINGS.fall(),
        SETTINGS.rise(),
        SETTINGS.jitter(),
        false,
        1);
  }

  @Test
  void aCharonAnswersEveryQuestionAndKeepsNothingOfThem() throws Exception {
    try (Asker asker = from(SETTINGS).open(address(3))) {
      for (int i = 0; i < QUESTIONS; i++) {
        assertThat(asker.ask(PATIENCE)).isTrue();
      }
    }
    try (ViciConnection vici = ViciConnection.open(ground.gateway(3).address(), PATIENCE)) {
      assertThat(vici.stream("list-sas", "list-sa", Section.EMPTY)).isEmpty();
      Section pending = vici.request("stats", Section.EMPTY).section("ikesas");
      assertThat(pending.text("half-open")).contains("0");
    }
  }

  /** A host that lives is not a charon that lives. */
  @Test
  void onlyTheIkeCheckSeesThatCharonIsDead() throws Exception {
    ground.gateway(2).kill();
    assertThat(isAnswered(SETTINGS)).isFalse();
    assertThat(isAnswered(by(ProbeSettings.Check.TCP, 4502))).isFalse();
    assertThat(isAnswered(by(ProbeSettings.Check.ICMP, 500))).isTrue();
    ground.gateway(2).start();
    assertThat(isAnswered(SETTINGS)).isTrue();
  }

  /**
   * Asked of the second gateway, and wholly inside: TCP and ICMP open a socket for each question.
   */
  private static boolean isAnswered(ProbeSettings settings) {
    return NamespaceThread.in(
        ground.plan.namespace("router"),
        () -> {
          try (Asker asker = Asker.opener(settings).open(address(2))) {
            return asker.ask(PATIENCE);
          }
        });
  }

  @Test
  void aKilledCharonsServerIsDownInTheLogAndUpWhenItIsBack() throws Exception {
    try (ClusterNews news = ground.news(LabPlan.CLUSTER);
        Probe probe =
            Probe.start(
                SETTINGS,
                LabPlan.CLUSTER,
                news,
                ground.nms(),
                from(SETTINGS),
                null,
                List.of(),
                ground.said::add,
                InstantSource.system())) {
      ground.expect("rs-1 is seen UP");
      ground.gateway(1).kill();
      ground.expect("rs-1 is seen DOWN");
      awaitAlive(false);
      ground.gateway(1).start();
      ground.expect("rs-1 is seen UP");
      awaitAlive(true);
      assertThat(probe.port()).isEqualTo(-1);
    }
  }

  private static void awaitAlive(boolean isAlive) throws InterruptedException {
    ground
        .watch()
        .await(
            "rs-1 " + (isAlive ? "alive" : "dead"),
            cluster ->
                cluster
                    .server(LabPlan.server(1))
                    .filter(server -> server.alive() == isAlive)
                    .isPresent());
  }
}
