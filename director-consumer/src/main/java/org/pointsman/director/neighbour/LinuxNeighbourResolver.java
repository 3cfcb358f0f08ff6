package org.pointsman.director.neighbour;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.neighbour.NeighbourMessages.Message;
import org.pointsman.director.neighbour.NeighbourSocket.LostMessages;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the Linux kernel resolve addresses on one interface, over rtnetlink, on a thread of its own.
 *
 * <p>The kernel keeps a neighbour's address only as long as it sends there itself, and steered
 * packets go past it. So each address is asked for here: every second while nobody answers, and
 * every ten seconds whether the one that answered is still there (the kernel asks three times, a
 * second apart, before it gives up). What it learns in between, from a gratuitous ARP for example,
 * it tells by itself.
 *
 * <p>Asking over netlink needs {@code CAP_NET_ADMIN}. Without it an empty datagram to the discard
 * port does the same, if the host has an address on that segment.
 */
public final class LinuxNeighbourResolver implements NeighbourResolver {
  static final Duration ASK_UNKNOWN = Duration.ofSeconds(1);
  static final Duration ASK_KNOWN = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(LinuxNeighbourResolver.class);

  private final String interfaceName;
  private final NeighbourSocket socket;
  private final Nudge nudge;
  private final LongSupplier nanoTime;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile Set<IpAddress> wanted = Set.of();
  private volatile @Nullable String problem;

  // The thread's own.
  private final Map<IpAddress, Watched> watched = new HashMap<>();
  private @Nullable Listener listener;
  private boolean mayAsk = true;

  /** Makes the kernel ask for an address without a privilege. */
  interface Nudge extends AutoCloseable {
    void nudge(IpAddress address);

    @Override
    void close();
  }

  /** What is known of one address. */
  private static final class Watched {
    private @Nullable MacAddress mac;
    private boolean isListed; // the kernel still has it, so that it can be probed
    private boolean isFixed;
    private long askAt;
  }

  /**
   * Opens a netlink socket in the network namespace of the calling thread.
   *
   * @param interfaceName where the neighbours are; it need not be there yet
   * @throws NeighbourException if the kernel does not give a socket
   */
  public LinuxNeighbourResolver(String interfaceName) {
    this(interfaceName, new NetlinkSocket(), new DatagramNudge(), System::nanoTime);
  }

  LinuxNeighbourResolver(
      String interfaceName, NeighbourSocket socket, Nudge nudge, LongSupplier nanoTime) {
    this.interfaceName = interfaceName;
    this.socket = socket;
    this.nudge = nudge;
    this.nanoTime = nanoTime;
    this.thread = new Thread(this::run, "neighbours-" + interfaceName);
    this.thread.setDaemon(true);
  }

  @Override
  public void start(Listener listener) {
    listen(listener);
    thread.start();
  }

  void listen(Listener hears) {
    listener = hears;
  }

  /** The list that this asks for wakes the thread. */
  @Override
  public void watch(Set<IpAddress> addresses) {
    wanted = Set.copyOf(addresses);
    list();
  }

  @Override
  public Optional<String> problem() {
    return wanted.isEmpty() ? Optional.empty() : Optional.ofNullable(problem);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      if (thread.isAlive()) {
        list();
        thread.join();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return; // the thread may still use them
    }
    socket.close();
    nudge.close();
  }

  // ---- the thread ----------------------------------------------------------------------------

  private void run() {
    while (closed.getCount() > 0) {
      try {
        step();
      } catch (RuntimeException bug) { // servers that are known are steered to whatever happens
        log.error("expected to follow the neighbours on {} but:", interfaceName, bug);
        pause();
      }
    }
  }

  /** Hears what came, and asks for what is due. */
  void step() {
    try {
      var datagram = socket.receive(ASK_UNKNOWN.dividedBy(2));
      if (datagram != null) {
        NeighbourMessages.read(datagram, this::take);
      }
    } catch (LostMessages lost) {
      log.debug("asking for all neighbours anew", lost);
      list();
    }
    follow(wanted);
    int index = socket.interfaceIndex(interfaceName);
    problem =
        index == 0
            ? "expected interface %s, to learn where the servers are, but there is none"
                .formatted(interfaceName)
            : null;
    if (index != 0) {
      askWhatIsDue(index);
    }
  }

  private void follow(Set<IpAddress> now) {
    if (watched.keySet().retainAll(now) || !watched.keySet().containsAll(now)) {
      for (IpAddress address : now) {
        if (!watched.containsKey(address)) {
          Watched fresh = new Watched();
          fresh.askAt = nanoTime.getAsLong();
          watched.put(address, fresh);
        }
      }
      list(); // what the kernel knows of them already
    }
  }

  private void take(Message message) {
    switch (message) {
      case Message.Answer(int errno) -> {
        if (errno == NeighbourMessages.EPERM && mayAsk) {
          mayAsk = false;
          log.info(
              "without the capability NET_ADMIN the servers on {} are asked for by empty datagrams to their discard port; for that this host needs an address on their segment",
              interfaceName);
        } else if (errno != 0) {
          log.debug("the kernel refused a request about a neighbour: errno {}", errno);
        }
      }
      case Message.Neighbour neighbour -> take(neighbour);
    }
  }

  private void take(Message.Neighbour neighbour) {
    Watched known = watched.get(neighbour.address());
    if (known == null || neighbour.interfaceIndex() != socket.interfaceIndex(interfaceName)) {
      return;
    }
    known.isListed = !neighbour.gone();
    known.isFixed = known.isListed && neighbour.isFixed();
    if (neighbour.isUsable()) {
      set(neighbour.address(), known, neighbour.mac());
    } else if (neighbour.isFailed()) {
      set(neighbour.address(), known, null);
    } else if (neighbour.gone()) {
      known.askAt = nanoTime.getAsLong(); // tidied away, not refuted
    }
  }

  private void set(IpAddress address, Watched known, @Nullable MacAddress mac) {
    if (mac == null ? known.mac != null : !mac.equals(known.mac)) {
      known.mac = mac;
      Listener hears = listener;
      if (hears != null) {
        hears.changed(address, mac);
      }
    }
  }

  private void askWhatIsDue(int index) {
    long now = nanoTime.getAsLong();
    watched.forEach(
        (address, known) -> {
          if (now - known.askAt < 0 || known.isFixed) {
            return;
          }
          boolean isKnown = known.mac != null && known.isListed;
          known.askAt = now + (isKnown ? ASK_KNOWN : ASK_UNKNOWN).toNanos();
          if (!mayAsk) {
            nudge.nudge(address);
          } else if (isKnown) {
            send(NeighbourMessages.probe(index, address));
          } else {
            send(NeighbourMessages.use(index, address));
          }
        });
  }

  private void list() {
    send(NeighbourMessages.list());
  }

  private void send(byte[] request) {
    socket.send(request).ifPresent(why -> log.debug("netlink took no request: {}", why));
  }

  private void pause() {
    try {
      boolean _ = closed.await(ASK_UNKNOWN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      closed.countDown();
      Thread.currentThread().interrupt();
    }
  }
}
