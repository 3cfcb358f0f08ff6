package org.pointsman.nms.strongswan;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pointsman.nms.strongswan.vici.ViciAddress;
import org.pointsman.nms.strongswan.vici.ViciConnection;
import org.pointsman.nms.strongswan.vici.ViciException;
import org.pointsman.nms.strongswan.vici.ViciValue.Section;

/**
 * What a bridge asks of charon, over a connection of its own, so that an answer never waits behind
 * events. It is opened when it is needed, and anew after a failure. For one thread at a time.
 */
final class CharonCommands implements AutoCloseable {
  private final ViciAddress address;
  private final Duration patience;
  private @Nullable ViciConnection connection;

  CharonCommands(ViciAddress address, Duration patience) {
    this.address = address;
    this.patience = patience;
  }

  /** Something to ask on an open connection. */
  private interface Question<T> {
    T ask(ViciConnection vici) throws ViciException;
  }

  private <T> T ask(Question<T> question) throws ViciException {
    ViciConnection open = connection;
    if (open == null) {
      open = ViciConnection.open(address, patience);
      connection = open;
    }
    try {
      return question.ask(open);
    } catch (ViciException failed) {
      close();
      throw failed;
    }
  }

  /** The children of all connections that charon is configured with. */
  List<ConfiguredChild> connections() throws ViciException {
    return ask(vici -> vici.stream("list-conns", "list-conn", Section.EMPTY)).stream()
        .flatMap(event -> ConfiguredChild.read(event).stream())
        .toList();
  }

  /** All pairs that charon has. */
  List<Sa> sas() throws ViciException {
    return ask(vici -> vici.stream("list-sas", "list-sa", Section.EMPTY)).stream()
        .flatMap(event -> Sa.read(event).stream())
        .toList();
  }

  /**
   * Has charon start IKE. Returns at once: charon goes on by itself, and its events tell what comes
   * of it.
   *
   * @return why it does not, or empty if it does
   */
  Optional<String> initiate(Action.Initiate initiate) throws ViciException {
    Section message =
        Section.of("ike", initiate.connection(), "child", initiate.child(), "timeout", "-1");
    Section answer = ask(vici -> vici.request("initiate", message));
    return answer.text("success").filter("yes"::equals).isPresent()
        ? Optional.empty()
        : Optional.of(answer.text("errmsg").orElse("it does not say why"));
  }

  /** Without waiting for the peer's consent; if it is gone already, all is as wanted. */
  void terminate(Action.Terminate terminate) throws ViciException {
    Section message = Section.of("ike-id", terminate.ikeId(), "force", "yes", "timeout", "-1");
    Section _ = ask(vici -> vici.request("terminate", message));
  }

  /** True if the last question was answered. */
  boolean isOpen() {
    return connection != null;
  }

  @Override
  public void close() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }
}
