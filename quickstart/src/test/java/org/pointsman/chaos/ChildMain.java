package org.pointsman.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/** Runs another main class in a process that never outlives the test's. */
final class ChildMain {
  private ChildMain() {}

  /** First the name of the main class, then its own arguments. */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    Thread.ofPlatform().daemon().name("parent").start(ChildMain::endWithParent);
    try {
      Class.forName(arguments[0])
          .getMethod("main", String[].class)
          .invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
    } catch (InvocationTargetException thrown) {
      thrown.printStackTrace();
      System.exit(1);
    }
  }

  /** The standard input is a pipe from the test, and ends when the test's process does. */
  private static void endWithParent() {
    try {
      long _ = System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException broken) {
      System.err.println("expected to hear when the test ends but: " + broken);
    }
    Runtime.getRuntime().halt(1);
  }
}
