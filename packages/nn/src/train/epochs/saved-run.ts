import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { checkGiven, checkOptions, ValueError } from "@wayweave/geo-core";
import type { HostTensor } from "../host-tensor.js";
import type { TrainStep } from "../train-step.js";

/** A run of training that can be interrupted: opened by {@link openRun}. */
export interface SavedRun<State> {
  /** What the interrupted run had saved, if anything; the training step is as it was then. */
  readonly state: State | undefined;
  /** Further tensors that it had saved, such as the best parameters so far. */
  readonly tensors: Readonly<Record<string, HostTensor>>;
  /** Saves the training step, `state`, which JSON must be able to hold, and further tensors, all in one file, atomically. */
  save(state: State, tensors?: Readonly<Record<string, HostTensor>>): Promise<void>;
}

/** Where {@link openRun} saves a run, and what it must be a run of. */
export interface OpenRunOptions {
  /** Where the run is saved; its folder is made. Without it nothing is saved. */
  readonly file: string | undefined;
  /** What a run must share with the saved one to continue it: its configuration, a {@link digestOf} its data. */
  readonly identity: string;
  /** The function that the user called, for the error message. */
  readonly where: string;
}

/**
 * Opens the save of a run: continues the one that the file holds, or begins it.
 *
 * @throws {ValueError} an unknown option, or the file holds a run of other data, of another configuration or seed
 * @throws {FormatError} the file is damaged
 * @example
 * const run = await openRun<number[]>(step, { file: "run/train.safetensors", identity, where: "train" });
 * const losses = [...(run.state ?? [])];
 * for (let epoch = losses.length; epoch < epochs; epoch++) {
 *   losses.push(await oneEpoch(step, epoch));
 *   await run.save(losses);
 * }
 */
export async function openRun<State>(step: TrainStep, options: OpenRunOptions): Promise<SavedRun<State>> {
  checkGiven("openRun", "step", step);
  checkGiven("openRun", "options", options);
  checkOptions("openRun", options, ["file", "identity", "where"]);
  const { file, identity, where } = options;
  if (file === undefined) return { state: undefined, tensors: {}, save: async () => {} };
  await mkdir(path.dirname(file), { recursive: true });
  const save: SavedRun<State>["save"] = (state, tensors = {}) =>
    step.save(file, { metadata: { identity, state } satisfies Saved, tensors });
  if (!existsSync(file)) return { state: undefined, tensors: {}, save };
  let tensors: Readonly<Record<string, HostTensor>> = {};
  const check = (metadata: unknown, further: typeof tensors) => {
    tensors = further;
    if ((metadata as Partial<Saved> | null)?.identity === identity) return;
    throw new ValueError(
      `${where}: checkpointDir must hold a run of this data and configuration, ${file} is of another`,
    );
  };
  const saved = await step.load(file, check, where);
  return { state: (saved as Saved).state as State, tensors, save };
}

/** What a save holds besides the training step. */
interface Saved {
  readonly identity: string;
  readonly state: unknown;
}

/** SHA-256 of arrays, one after another, in hexadecimal. */
export function digestOf(...arrays: readonly ArrayBufferView[]): string {
  const hash = createHash("sha256");
  for (const array of arrays) {
    if (!ArrayBuffer.isView(array))
      throw new ValueError(`digestOf: arrays must be typed arrays, got ${typeof array}`);
    // Lengths too: [1, 2], [3] is not [1], [2, 3].
    hash.update(`${array.byteLength} `);
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  return hash.digest("hex");
}
