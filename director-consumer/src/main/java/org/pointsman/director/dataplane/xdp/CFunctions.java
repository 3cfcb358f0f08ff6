package org.pointsman.director.dataplane.xdp;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes C functions callable: each is described by an interface with one method, whose first
 * parameter is the memory for {@code errno} and whose others are the function's own.
 */
final class CFunctions {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO_VALUE =
      Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));

  private CFunctions() {}

  /**
   * A function as an instance of the interface that describes it.
   *
   * @param fixed how many of its parameters are not variadic
   * @throws java.util.NoSuchElementException if the library has no such function
   */
  @SuppressWarnings("restricted") // launchers enable native access
  static <T> T bind(SymbolLookup library, String name, Class<T> shape, int fixed) {
    Method method = shape.getMethods()[0];
    List<MemoryLayout> parameters = new ArrayList<>();
    for (Class<?> type :
        List.of(method.getParameterTypes()).subList(1, method.getParameterCount())) {
      parameters.add(layout(type));
    }
    MemoryLayout[] layouts = parameters.toArray(MemoryLayout[]::new);
    FunctionDescriptor descriptor =
        method.getReturnType() == void.class
            ? FunctionDescriptor.ofVoid(layouts)
            : FunctionDescriptor.of(layout(method.getReturnType()), layouts);
    Linker.Option[] options =
        fixed < layouts.length
            ? new Linker.Option[] {ERRNO, Linker.Option.firstVariadicArg(fixed)}
            : new Linker.Option[] {ERRNO};
    MethodHandle handle = LINKER.downcallHandle(library.findOrThrow(name), descriptor, options);
    return MethodHandleProxies.asInterfaceInstance(shape, handle);
  }

  static <T> T bind(SymbolLookup library, String name, Class<T> shape) {
    return bind(library, name, shape, Integer.MAX_VALUE);
  }

  static MemorySegment errnoState(Arena arena) {
    return arena.allocate(Linker.Option.captureStateLayout());
  }

  static int errno(MemorySegment state) {
    return (int) ERRNO_VALUE.get(state, 0L);
  }

  private static MemoryLayout layout(Class<?> type) {
    if (type == int.class) {
      return ValueLayout.JAVA_INT;
    }
    return type == long.class ? ValueLayout.JAVA_LONG : ValueLayout.ADDRESS;
  }
}
