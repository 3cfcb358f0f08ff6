package org.pointsman.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.quickstart.embedded.EmbeddedServers;
import org.pointsman.quickstart.embedded.NodeProject;
import org.pointsman.topics.Topics;

/**
 * The containers' files are well formed, and the command lines in them work. They run outside a
 * container here, so that a machine without a container engine can test them: what stays untested
 * is the images themselves, and the two servers that come from others.
 */
@ExtendWith(EmbeddedServers.Extension.class)
class ComposeIT {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final Path LOGS = Path.of("target", "compose").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern ASSIGNER_RUNS = Pattern.compile("(?m)Assigner\\b.*\\brunning$");
  private static final Pattern DIRECTOR_READY = Pattern.compile("director \\S+ is ready");

  @SuppressWarnings("NullAway.Init")
  private static ComposeFile compose;

  @SuppressWarnings("NullAway.Init")
  private static EmbeddedServers servers;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path state;

  private final List<Process> children = new ArrayList<>();

  @BeforeAll
  static void read(EmbeddedServers started) throws IOException {
    servers = started;
    compose = ComposeFile.read(TOP);
    Files.createDirectories(LOGS);
  }

  @Test
  void dockerComposeAcceptsTheFile() throws Exception {
    Assumptions.assumeTrue(
        NodeProject.isOnPath("docker-compose"),
        "expected docker-compose on the PATH, but it is missing; do install Debian's package docker-compose to run this test");
    Process process =
        start(
            "docker-compose",
            new ProcessBuilder(
                "docker-compose", "-f", compose.path().toString(), "config", "--quiet"));
    assertSucceeds("docker-compose", process);
  }

  @Test
  void lintersFindNothing() throws Exception {
    NodeProject lint = NodeProject.install("lint");
    String file = compose.path().toString();
    lint.runInstalled("dclint", "--config", "dclint.json", "--max-warnings", "0", file);
    assertThat(compose.dockerfiles()).hasSize(3);
    for (Path dockerfile : compose.dockerfiles()) {
      lint.runInstalled("dockerfilelint", dockerfile.toString());
    }
  }

  /** In the order that {@code depends_on} gives, then as the file's first lines tell the user. */
  @Test
  void everyOwnServiceRunsAndTheExamplesPlaceATunnel() throws Exception {
    assertThat(compose.ownServices())
        .containsExactlyInAnyOrder("topics", "assigner", "outer-director", "inner-director", "nms");
    try {
      assertSucceeds("topics", startService("topics"));
      assertThat(topicNames()).containsAll(new Topics(Topics.DEFAULT_PREFIX).names());

      Process assigner = startService("assigner");
      Process outer = startService("outer-director");
      Process inner = startService("inner-director");
      awaitLine("assigner", assigner, ASSIGNER_RUNS);
      awaitLine("outer-director", outer, DIRECTOR_READY);
      awaitLine("inner-director", inner, DIRECTOR_READY);

      assertSucceeds("nms", startService("nms"));
      List<List<String>> examples = compose.nmsExamples();
      assertThat(examples)
          .extracting(example -> String.join(" ", example.subList(0, 2)))
          .containsExactly("server register", "tunnel announce", "tunnel list");
      String said = "";
      for (List<String> example : examples) {
        List<String> line = compose.entrypoint("nms");
        line.addAll(example);
        String name = "nms-" + example.get(0) + "-" + example.get(1);
        said = assertSucceeds(name, start(name, outsideAContainer("nms", line)));
      }
      assertThat(said).containsPattern("(?m)^sunset\\s+\\S+\\s+rs-1\\s");
      for (Process daemon : List.of(assigner, outer, inner)) {
        assertThat(daemon.isAlive()).isTrue();
      }
    } finally {
      stopChildren();
    }
  }

  private static List<String> topicNames() throws Exception {
    Map<String, Object> settings =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers.bootstrapServers());
    try (Admin admin = Admin.create(settings)) {
      return List.copyOf(admin.listTopics().names().get());
    }
  }

  private Process startService(String service) throws IOException {
    return start(service, outsideAContainer(service, compose.commandLine(service)));
  }

  /** What the image brings, and what the network of containers would, is put in place. */
  private ProcessBuilder outsideAContainer(String service, List<String> containerLine) {
    Path target = compose.module(service).resolve("target");
    assertThat(target.resolve("lib"))
        .as("expected the module's jar and libraries; do run 'mvn verify' for all modules")
        .isDirectory();
    assertThat(containerLine.getFirst()).isEqualTo("java");
    List<String> line = new ArrayList<>(containerLine);
    line.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.replaceAll(
        word ->
            word.replace("/opt/pointsman", target.toString())
                .replace("/var/lib/pointsman", state.toString()));
    ProcessBuilder process = new ProcessBuilder(line);
    process.environment().keySet().removeIf(name -> name.startsWith("POINTSMAN_"));
    compose
        .environment(service)
        .forEach(
            (name, value) ->
                process
                    .environment()
                    .put(
                        name,
                        value
                            .replace("kafka:9092", servers.bootstrapServers())
                            .replace("http://schema-registry:8081", servers.registryUrl())));
    return process;
  }

  private Process start(String name, ProcessBuilder builder) throws IOException {
    Process process = builder.redirectErrorStream(true).redirectOutput(log(name).toFile()).start();
    children.add(process);
    return process;
  }

  private static Path log(String name) {
    return LOGS.resolve(name + ".log");
  }

  /** Also of a process that is in the middle of a character. */
  private static String said(String name) throws IOException {
    return new String(Files.readAllBytes(log(name)), UTF_8);
  }

  /** Gives what it said. */
  private static String assertSucceeds(String name, Process process) throws Exception {
    boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    String said = said(name);
    assertThat(ended).as("%s ends; it said:%n%s", name, said).isTrue();
    assertThat(process.exitValue()).as("exit code of %s; it said:%n%s", name, said).isZero();
    return said;
  }

  private static void awaitLine(String name, Process process, Pattern line) {
    await(name + " says " + line + " in " + log(name))
        .atMost(PATIENCE)
        .failFast(name + " ended, see " + log(name), () -> !process.isAlive())
        .until(() -> line.matcher(said(name)).find());
  }

  /** The last started first, as they depend on each other. */
  private void stopChildren() throws InterruptedException {
    Collections.reverse(children);
    children.forEach(Process::destroy);
    for (Process child : children) {
      if (!child.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        child.destroyForcibly().waitFor();
      }
    }
  }
}
