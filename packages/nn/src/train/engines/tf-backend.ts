import { StateError } from "@wayweave/geo-core";
import { firstLineOf } from "../../onnx/realm.js";
import { tf } from "../tfjs.js";

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

/** The name of the backend that tfjs would use now; it is chosen lazily, at the first use. */
export function currentTfBackend(): string {
  void tf.engine().backend;
  return tf.getBackend();
}

/** tfjs's cpu backend prints an advertisement for tfjs-node when it is first used; libraries do not print. */
function silenceGreeting(): void {
  const backend = tf.engine().backend as { firstUse?: boolean };
  if (backend.firstUse === true) backend.firstUse = false;
}

/**
 * Loads a native tfjs package. It registers the backend `tensorflow`.
 *
 * @returns undefined when it works, else one line that says why not
 */
export async function loadNativeTfjs(name: "tfjs-node" | "tfjs-node-gpu"): Promise<string | undefined> {
  const specifier = `@tensorflow/${name}`;
  try {
    await import(specifier);
    return tf.findBackend("tensorflow") === null ? `${specifier} registered no backend` : undefined;
  } catch (error) {
    return `${specifier} does not load: ${firstLineOf(error)}`;
  }
}
