package org.pointsman.nms.strongswan;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.pointsman.model.AssignerStatus;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.Entity;
import org.pointsman.model.LogRecord;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Rejection;
import org.pointsman.model.TunnelEvent;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.follow.ClusterNews;
import org.pointsman.nms.strongswan.vici.ViciAddress;
import org.pointsman.nms.strongswan.vici.ViciConnection;
import org.pointsman.nms.strongswan.vici.ViciException;
import org.pointsman.nms.strongswan.vici.ViciPacket;
import org.pointsman.nms.strongswan.vici.ViciValue.Section;

/**
 * Runs a {@link BridgeCore} between charon and the log. Three threads put what happens into one
 * queue or take it out: one hears charon's events ({@link CharonListener}), one the log's news, and
 * one decides and acts.
 *
 * <p>Only the first connection has to succeed.
 */
public final class Bridge implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration NEWS = Duration.ofMillis(200);
  private static final long TICK_MILLIS = 200;
  private static final long CALLING_TICK_MILLIS = 10;
  private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final Duration LOG_PAUSE = Duration.ofSeconds(10);

  private final BridgeSettings settings;
  private final ClusterId cluster;
  private final ClusterNews news;
  private final NmsClient client;
  private final Consumer<String> say;
  private final InstantSource clock;
  private final BridgeCore core;
  private final CharonListener listener;
  private final CharonCommands commands;
  private final BlockingQueue<Input> inputs = new LinkedBlockingQueue<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();
  private long refreshedNanos;

  /** What the deciding thread is told. */
  private sealed interface Input {
    /** Events are registered: whatever happens from now on comes. */
    record Connected() implements Input {}

    record Charon(ViciPacket.Event event) implements Input {}

    record News(LogRecord record) implements Input {}

    record Unsent(TunnelEvent event, String why) implements Input {}

    record Note(String line) implements Input {}
  }

  private Bridge(
      BridgeSettings settings,
      ClusterId cluster,
      ViciAddress address,
      ViciConnection first,
      ClusterNews news,
      NmsClient client,
      String source,
      Consumer<String> say,
      InstantSource clock) {
    this.settings = settings;
    this.cluster = cluster;
    this.news = news;
    this.client = client;
    this.say = say;
    this.clock = clock;
    this.core = new BridgeCore(settings, source, news.snapshot());
    this.listener = new CharonListener(address, first, ANSWER, new Ears());
    this.commands = new CharonCommands(address, ANSWER);
  }

  /** Puts what charon says into the queue. */
  private final class Ears implements CharonListener.Ears {
    @Override
    public void connected() {
      inputs.add(new Input.Connected());
    }

    @Override
    public void event(ViciPacket.Event event) {
      inputs.add(new Input.Charon(event));
    }

    @Override
    public void note(String line) {
      inputs.add(new Input.Note(line));
    }
  }

  /**
   * Starts one.
   *
   * @param news of {@code cluster}; not closed here, and not used by others until {@link #close}
   * @param client writes the events; not closed here
   * @param source what the client's events carry
   * @param say hears sentences for the operator, on the deciding thread
   * @throws ViciException if there is no charon to talk to
   */
  public static Bridge start(
      BridgeSettings settings,
      ClusterId cluster,
      ViciAddress address,
      ClusterNews news,
      NmsClient client,
      String source,
      Consumer<String> say,
      InstantSource clock)
      throws ViciException {
    ViciConnection first = ViciConnection.open(address, ANSWER);
    Section version;
    try {
      version = first.request("version", Section.EMPTY);
    } catch (ViciException failed) {
      first.close();
      throw failed;
    }
    Bridge bridge = new Bridge(settings, cluster, address, first, news, client, source, say, clock);
    say.accept(
        "watching %s %s at %s as %s of cluster %s"
            .formatted(
                version.text("daemon").orElse("charon"),
                version.text("version").orElse("of no version"),
                address,
                settings.server(),
                cluster));
    bridge.run("charon", bridge.listener);
    bridge.run("log", bridge::hearLog);
    bridge.run("bridge", bridge::decide);
    return bridge;
  }

  private void run(String name, Runnable task) {
    Thread thread =
        Thread.ofPlatform().daemon().name(name + "-" + settings.server()).unstarted(task);
    threads.add(thread);
    thread.start();
  }

  // ---- hearing ---------------------------------------------------------------------------------

  private void hearLog() {
    while (!closed.get()) {
      try {
        news.poll(NEWS).forEach(record -> inputs.add(new Input.News(record)));
      } catch (InterruptException ending) {
        return;
      } catch (KafkaException failed) {
        inputs.add(new Input.Note("the log cannot be read: " + failed.getMessage()));
        try {
          Thread.sleep(LOG_PAUSE);
        } catch (InterruptedException ending) {
          return;
        }
      }
    }
  }

  // ---- deciding and acting ---------------------------------------------------------------------

  private void decide() {
    List<Input> taken = new ArrayList<>();
    try {
      while (!closed.get()) {
        Input first =
            inputs.poll(
                core.isCalling() ? CALLING_TICK_MILLIS : TICK_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          taken.add(first);
          inputs.drainTo(taken);
        }
        boolean hasToList = false;
        for (Input input : taken) {
          hasToList |= act(take(input));
        }
        taken.clear();
        hasToList |= act(core.tick(clock.instant()));
        if (hasToList) {
          ask(() -> list(false));
        } else if (commands.isOpen() && System.nanoTime() - refreshedNanos > REFRESH_NANOS) {
          ask(() -> refresh(false));
        }
      }
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    } finally {
      commands.close();
    }
  }

  private List<Action> take(Input input) {
    return switch (input) {
      case Input.Connected _ -> {
        ask(() -> refresh(true));
        yield List.of();
      }
      case Input.Charon charon ->
          core.updown(
              charon.event().message().text("up").filter("yes"::equals).isPresent(),
              Sa.read(charon.event().message()));
      case Input.News(LogRecord record) ->
          switch (record) {
            case NetworkEvent event -> {
              core.event(event);
              yield List.of();
            }
            case Decision decision -> core.decided(decision, clock.instant());
            case Rejection rejection -> core.rejected(rejection);
            case Entity _, DirectorStatus _, AssignerStatus _ -> List.of();
          };
      case Input.Unsent(TunnelEvent event, String why) -> {
        core.unsent(event);
        yield List.of(new Action.Say(why));
      }
      case Input.Note(String line) -> List.of(new Action.Say(line));
    };
  }

  /** True if the list of pairs has to be asked for. */
  private boolean act(List<Action> actions) {
    boolean hasToList = false;
    for (Action action : actions) {
      switch (action) {
        case Action.Say(String line) -> say.accept(line);
        case Action.ListSas _ -> hasToList = true;
        case Action.Send(TunnelEvent event) -> send(event);
        case Action.Initiate initiate -> ask(() -> initiate(initiate));
        case Action.Terminate terminate -> ask(() -> terminate(terminate));
      }
    }
    return hasToList;
  }

  private void send(TunnelEvent event) {
    var _ =
        client
            .send(cluster, event)
            .whenComplete(
                (_, failure) -> {
                  if (failure != null) {
                    inputs.add(new Input.Unsent(event, String.valueOf(failure.getMessage())));
                  }
                });
    say.accept(EventText.line(event));
  }

  /** Something to ask charon. */
  private interface Question {
    void ask() throws ViciException;
  }

  /** If it fails, the listening connection is closed too: what comes after is a reconnect. */
  private void ask(Question question) {
    try {
      question.ask();
    } catch (ViciException failed) {
      listener.hangUp();
      if (!closed.get()) {
        say.accept(String.valueOf(failed.getMessage()));
      }
    }
  }

  private void refresh(boolean isFirst) throws ViciException {
    refreshedNanos = System.nanoTime();
    act(core.configured(commands.connections()));
    list(isFirst);
  }

  private void list(boolean isFirst) throws ViciException {
    act(core.listed(commands.sas(), isFirst));
  }

  private void initiate(Action.Initiate initiate) throws ViciException {
    say.accept(
        "%s moved here: calling its peer (%s/%s)"
            .formatted(initiate.tunnel(), initiate.connection(), initiate.child()));
    commands
        .initiate(initiate)
        .ifPresent(
            why -> say.accept("charon does not call %s: %s".formatted(initiate.tunnel(), why)));
  }

  private void terminate(Action.Terminate terminate) throws ViciException {
    say.accept("%s moved away: ending what is left of it here".formatted(terminate.tunnel()));
    commands.terminate(terminate);
  }

  /** Ends it within some seconds; what was sent is left to the client. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      listener.close();
      threads.forEach(Thread::interrupt);
      try {
        for (Thread thread : threads) {
          thread.join(ANSWER.toMillis());
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
