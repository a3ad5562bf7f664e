import { StateError } from "@wayweave/geo-core";
import { type Scalar, type Tensor, type TensorInfo, tf } from "../tfjs.js";

/**
 * All that this package asks of tfjs's engine, private state included: nothing else here touches `tf.engine()`. Private state may change
 * with any version, which is why exactly one is a peer.
 */

/** The part of the engine's private state that is read here. */
interface EngineState {
  /** Of tensors that are not disposed. */
  readonly tensorInfo: WeakMap<Tensor["dataId"], unknown>;
  readonly scopeStack: readonly { readonly name: string }[];
}

function stateOf(): EngineState {
  return tf.engine().state as unknown as EngineState;
}

/** Runs synchronous code on a tfjs backend and gives the process's own choice of backend back. */
export function withTfBackend<Result>(backend: string, run: () => Result): Result {
  const previous = currentTfBackend();
  // Synchronous for backends that are: the promise only reports success.
  void tf.setBackend(backend);
  if (tf.getBackend() !== backend) throw new StateError(`tfjs: backend ${backend} is not available`);
  silenceGreeting();
  try {
    return run();
  } finally {
    if (previous !== backend) void tf.setBackend(previous);
  }
}

/** {@link withTfBackend}, and whatever tensors `run` makes are disposed at the end. `run` is given the backend. */
export function inScopeOf<Result>(backend: string, scope: string, run: (backend: unknown) => Result): Result {
  return withTfBackend(backend, () => {
    const engine = tf.engine();
    engine.startScope(scope);
    try {
      return run(engine.backend);
    } finally {
      engine.endScope();
    }
  });
}

/** The name of the backend that tfjs would use now; it is chosen lazily, at the first use. */
function currentTfBackend(): string {
  void tf.engine().backend;
  return tf.getBackend();
}

/** tfjs's cpu backend prints an advertisement for tfjs-node when it is first used; libraries do not print. */
function silenceGreeting(): void {
  const backend = tf.engine().backend as { firstUse?: boolean };
  if (backend.firstUse === true) backend.firstUse = false;
}

/** The backend of a name, made if it is not yet; `null` where none is registered. */
export function tfBackend(name: string): object | null {
  return tf.findBackend(name) as object | null;
}

export function isDisposed({ dataId }: TensorInfo): boolean {
  return !stateOf().tensorInfo.has(dataId);
}

/** A tensor's values, wherever they are. */
export function valuesOf({ dataId }: TensorInfo): import("@tensorflow/tfjs").backend_util.BackendValues {
  return tf.engine().readSync(dataId);
}

/** A tensor for what a backend has stored. */
export function tensorFor(info: TensorInfo): Tensor {
  return tf.engine().makeTensorFromTensorInfo(info);
}

/** Calls a kernel that no tfjs op calls. */
export function runKernel(
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
  attributes: Readonly<Record<string, unknown>>,
): Tensor[] {
  return tf.engine().runKernel(name, { ...inputs }, { ...attributes } as never) as unknown as Tensor[];
}

/** `null` for a parameter on which the result does not depend. */
export function gradientsOf(
  evaluate: () => Scalar,
  params: readonly Tensor[],
): { readonly value: Scalar; readonly gradients: readonly (Tensor | null)[] } {
  const { value, grads } = tf.engine().gradients(evaluate, [...params], undefined as unknown as Tensor, true);
  return { value: value as Scalar, gradients: grads.map((gradient) => gradient ?? null) };
}

/** The tfjs ops under way, outermost first; tfjs names their scopes `conv2d__op`. */
export function opsUnderWay(): string[] {
  return stateOf()
    .scopeStack.filter(({ name }) => name?.endsWith("__op"))
    .map(({ name }) => name.slice(0, -"__op".length));
}
