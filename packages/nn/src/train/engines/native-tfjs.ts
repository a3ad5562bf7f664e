import { firstLineOf } from "../../onnx/realm.js";
import { tfBackend } from "./tf-engine.js";

/** What TensorFlow's backend for Node says about itself. */
interface NativeBackend {
  /** Whether TensorFlow found a GPU and computes on it; the GPU package computes on the CPU where there is none. */
  readonly isUsingGpuDevice?: boolean;
}

/** Loads a package; a test passes its own. */
export type Load = (specifier: string) => Promise<unknown>;

/**
 * Loads a native tfjs package. It registers the backend `tensorflow`.
 *
 * Both packages register the same backend, and the first that is loaded has it for the life of the process.
 *
 * @returns undefined when it works as asked, else one line that says why not
 */
export async function loadNativeTfjs(
  name: "tfjs-node" | "tfjs-node-gpu",
  load: Load = (specifier) => import(specifier),
  find: (name: string) => object | null = tfBackend,
): Promise<string | undefined> {
  const specifier = `@tensorflow/${name}`;
  try {
    await load(specifier);
  } catch (error) {
    return `${specifier} does not load: ${firstLineOf(error)}`;
  }
  const backend = find("tensorflow") as NativeBackend | null;
  if (backend === null) return `${specifier} registered no backend`;
  if (name === "tfjs-node-gpu" && backend.isUsingGpuDevice !== true) {
    return `${specifier} is installed, but TensorFlow uses no GPU here`;
  }
  return undefined;
}
