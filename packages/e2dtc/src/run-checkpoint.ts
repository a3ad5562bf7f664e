import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { ValueError } from "@wayweave/geo-core";
import { loadCheckpoint, saveCheckpoint } from "@wayweave/nn";
import type { HostTensor, TrainStep } from "@wayweave/nn/train";
import type { Params } from "./params.js";

/** Where a phase of training is saved after each epoch, so that it can go on bit for bit. */
export interface RunCheckpoint<State> {
  /** What the interrupted run had saved, if anything. */
  readonly state: State | undefined;
  save(state: State): Promise<void>;
  /** Keeps the parameters of an epoch; call it before {@link save} of the state that names the epoch. */
  keep(epoch: number, params: Params): Promise<void>;
  /** The parameters of a kept epoch. */
  kept(epoch: number): Promise<Params>;
}

/**
 * Opens a phase's save in a folder, or one in memory where there is no folder.
 *
 * @param identity what a run must share with the saved one, as JSON
 * @throws {ValueError} the folder holds a run of other data or of another configuration
 */
export async function openRun<State>(
  step: TrainStep,
  phase: string,
  identity: string,
  folder: string | undefined,
): Promise<RunCheckpoint<State>> {
  if (folder === undefined) return inMemory();
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${phase}.safetensors`);
  const bestFile = (epoch: number) => path.join(folder, `${phase}-epoch-${epoch}.safetensors`);
  let state: State | undefined;
  if (existsSync(file)) {
    const saved = (await step.load(file)) as { identity: string; state: State };
    if (saved.identity !== identity) {
      throw new ValueError(
        `E2DTC.fit: checkpointDir must hold a run of this data and configuration, ${file} is of another`,
      );
    }
    state = saved.state;
  }
  const keptEpochs: number[] = [];
  return {
    state,
    async save(next) {
      await step.save(file, { metadata: { identity, state: next } });
      // Only now does the save name the newest of them.
      for (const epoch of keptEpochs.splice(0, keptEpochs.length - 1))
        await rm(bestFile(epoch), { force: true });
    },
    async keep(epoch, params) {
      await saveCheckpoint(bestFile(epoch), { tensors: params, metadata: { epoch } });
      keptEpochs.push(epoch);
    },
    async kept(epoch) {
      const { tensors } = await loadCheckpoint(bestFile(epoch));
      return Object.fromEntries(tensors) as Record<string, HostTensor>;
    },
  };
}

function inMemory<State>(): RunCheckpoint<State> {
  let best: Params = {};
  return {
    state: undefined,
    save: async () => {},
    async keep(_, params) {
      best = params;
    },
    kept: async () => best,
  };
}
