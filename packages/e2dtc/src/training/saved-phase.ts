import { rm } from "node:fs/promises";
import path from "node:path";
import { loadCheckpoint, saveCheckpoint } from "@wayweave/nn";
import { type HostTensor, openRun, type SavedRun, type TrainStep } from "@wayweave/nn/train";
import type { Params } from "../model/params.js";

/** Where a phase of training is saved after each epoch, so that it can go on bit for bit. */
export interface SavedPhase<State> extends Pick<SavedRun<State>, "state" | "save"> {
  /** Keeps the parameters of an epoch; call it before {@link save} of the state that names the epoch. */
  keep(epoch: number, params: Params): Promise<void>;
  /** The parameters of a kept epoch. */
  kept(epoch: number): Promise<Params>;
}

/**
 * Opens a phase's save in a folder, or one in memory where there is no folder.
 *
 * @param identity what a run must share with the saved one
 * @throws {ValueError} the folder holds a run of other data or of another configuration
 */
export async function openPhase<State>(
  step: TrainStep,
  phase: string,
  identity: string,
  folder: string | undefined,
): Promise<SavedPhase<State>> {
  if (folder === undefined) return inMemory();
  const bestFile = (epoch: number) => path.join(folder, `${phase}-epoch-${epoch}.safetensors`);
  const run = await openRun<State>(step, {
    file: path.join(folder, `${phase}.safetensors`),
    identity,
    where: "E2DTC.fit",
  });
  const keptEpochs: number[] = [];
  return {
    state: run.state,
    async save(next) {
      await run.save(next);
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

function inMemory<State>(): SavedPhase<State> {
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
