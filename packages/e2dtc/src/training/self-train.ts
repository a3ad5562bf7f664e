import { Random } from "@wayweave/geo-core";
import {
  adam,
  createTrainStep,
  type EpochBatch,
  type EpochPlan,
  runEpochs,
  type TrainStep,
} from "@wayweave/nn/train";
import { type Assignment, assign, changedShare, targetDistribution } from "../model/assignment.js";
import { departuresOf } from "../model/config.js";
import { frozenOf, isDecoders, type Params } from "../model/params.js";
import type { Seeds } from "../starts/seeding.js";
import { passesOf, planBatches, shuffledBatches } from "../tokens/batches.js";
import { drawOthers, targetEntries } from "./cluster-entries.js";
import { decoderEntries, encoderEntries, rowEntries, shareEntry } from "./entries.js";
import { noiseOf, roomFor } from "./pretrain.js";
import { CENTERS, noisyName, selfTrainLoss, selfTrainSpec } from "./self-train-loss.js";
import { type FitProgress, phaseFile, type TrainingData, tellPhase } from "./training-data.js";

/** One epoch of self-training: means over its trajectories, and what the epoch started from. */
export interface SelfTrainEpoch {
  /** Eq. 14. */
  readonly loss: number;
  /** Eq. 8, nats a token. */
  readonly reconstruction: number;
  /** Eq. 11, nats a trajectory. */
  readonly cluster: number;
  /** Eq. 13; 0 without the triplet loss. */
  readonly triplet: number;
  /** Whether the network was learning the clusters of places it starts from (plain cross-entropy), not eq. 9 and 10's. */
  readonly warmUp: boolean;
  /** Share of trips that the network had where they start, before the epoch; `null` for the first, and after the warm-up's end. */
  readonly agreement: number | null;
  /**
   * Share of the network's own labels that changed since the epoch before; `null` where either epoch is one of the warm-up, and
   * for the first.
   */
  readonly changed: number | null;
  /** Clusters that had at least one trajectory. */
  readonly clusters: number;
}

/** What self-training leaves. */
export interface SelfTrained {
  /** The network's parameters by name, after the last epoch. */
  readonly params: Params;
  /** The centres as they were learnt, row-major, `[k × hidden]`. */
  readonly centers: Float32Array;
  /** What each epoch came to. */
  readonly history: readonly SelfTrainEpoch[];
  /** Whether Algorithm 1's rule ended it, after an epoch of self-training at least, rather than the number of epochs. */
  readonly converged: boolean;
  /** The engine that trained. */
  readonly engine: string;
}

/**
 * Self-training (§V-D, Algorithm 1): network and centres learn together to be surer of the clusters. Before each epoch all
 * trajectories are embedded and P is computed (eq. 10); training ends when hardly one of the network's own labels has changed
 * since the epoch before. No true label exists here.
 *
 * Clusters that were found without the network are first learnt as they are, for some epochs: with P certain of them, eq. 11
 * is a plain cross-entropy; a start with doubts gives P its shares. Where these are all the epochs there are, the network imitates its start and trains nothing itself.
 *
 * @throws {StateError} a loss that is not finite
 */
export async function selfTrain(
  data: TrainingData,
  initial: Params,
  seeds: Seeds,
  onProgress?: (progress: FitProgress) => void,
): Promise<SelfTrained> {
  const { config } = data;
  const { centers } = seeds;
  const { hidden } = config.network;
  const k = centers.length / hidden;
  const step = await createTrainStep({
    params: {
      ...initial,
      [CENTERS]: { type: "float32", shape: [k, hidden], data: Float32Array.from(centers) },
    },
    loss: selfTrainLoss(data),
    optimizer: adam({ learningRate: config.selfTrain.learningRate, clipNorm: config.clipNorm }),
    frozen: [
      ...frozenOf(initial),
      // What no loss depends on cannot be trained.
      ...(config.selfTrain.reconstructionWeight === 0 ? Object.keys(initial).filter(isDecoders) : []),
      ...(departuresOf(config.selfTrain).includes("fixedCenters") ? [CENTERS] : []),
    ],
    batchSpec: selfTrainSpec(k, data),
    seed: data.seed,
    ...data.engine,
  });
  try {
    return await trainEpochs(data, step, k, seeds, onProgress);
  } finally {
    await step.dispose();
  }
}

/** What of an epoch its batches do not tell. */
type EpochNote = Pick<SelfTrainEpoch, "warmUp" | "agreement" | "changed" | "clusters">;

async function trainEpochs(
  data: TrainingData,
  step: TrainStep,
  k: number,
  { placeLabels, placeShares }: Seeds,
  onProgress: ((progress: FitProgress) => void) | undefined,
): Promise<SelfTrained> {
  const { epochs, tolerance } = data.config.selfTrain;
  let before: Uint32Array | undefined;
  let converged = false;
  const ended = await runEpochs<EpochNote>(step, {
    where: data.where,
    epochs,
    random: new Random(data.seed).split("self-train"),
    objective: "total",
    phase: "selfTrain",
    async epoch({ random, history }) {
      const { own, agreement } = await standingOf(data, await step.params(), placeLabels, history);
      // Two assignments of the network's own in a row: a start that it has learnt by heart does not say that it has settled.
      const isSecond = own !== undefined && history.at(-1)?.note.warmUp === false;
      const changed = isSecond ? changedShare(before!, own.labels) : null;
      converged = changed !== null && changed <= tolerance;
      if (converged) return undefined;
      before = own?.labels ?? placeLabels!;
      const target =
        own === undefined ? (placeShares ?? certain(before, k)) : targetDistribution(own.soft, k);
      const note = { warmUp: own === undefined, agreement, changed, clusters: new Set(before).size };
      return { ...planEpoch(data, step, { target, labels: before }, random), note };
    },
    carried: {
      save: () => textOf(before!),
      restore: (saved) => {
        before = labelsFrom(saved as string);
      },
    },
    ...tellPhase("selfTrain", onProgress),
    signal: data.signal,
    ...phaseFile(data, "self-train"),
  });
  const { [CENTERS]: centers, ...params } = ended.params;
  const history = ended.history.map(({ means, note }) => ({
    loss: means.total!,
    reconstruction: means.reconstruction!,
    cluster: means.cluster!,
    triplet: means.triplet ?? 0,
    ...note,
  }));
  return { params, centers: centers!.data as Float32Array, history, converged, engine: step.engine };
}

/** Where the network stands before an epoch. */
interface Standing {
  /** Its own assignment; none while it still learns its start. */
  readonly own: Assignment | undefined;
  /** Share of trips that it has where they start; `null` where that was not looked at. */
  readonly agreement: number | null;
}

/** An epoch of warm-up that brings fewer trips than this share to their start is the last. */
const STALLED = 0.005;

/**
 * The network's own assignment, once it has learnt its start: after `warmUpEpochs` at least, when agreement is high enough, stalls, or half of all
 * epochs are over. Once over, the warm-up is over.
 */
async function standingOf(
  data: TrainingData,
  params: Params,
  placeLabels: Uint32Array | undefined,
  history: readonly { readonly note: EpochNote }[],
): Promise<Standing> {
  const { epochs, warmUpEpochs, warmUpAgreement } = data.config.selfTrain;
  const last = history.at(-1)?.note;
  const isWarm = last?.warmUp ?? warmUpEpochs > 0;
  if (placeLabels === undefined || !isWarm) return { own: await assignAll(data, params), agreement: null };
  if (history.length === 0) return { own: undefined, agreement: null };
  const own = await assignAll(data, params);
  const agreement = 1 - changedShare(own.labels, placeLabels);
  const isStalled = last?.agreement != null && agreement - last.agreement < STALLED;
  const isLate = 2 * history.length >= epochs;
  const isOver = history.length >= warmUpEpochs && (agreement >= warmUpAgreement || isStalled || isLate);
  return { own: isOver ? own : undefined, agreement };
}

/** P of labels that leave no doubt. */
function certain(labels: Uint32Array, k: number): Float32Array {
  const target = new Float32Array(labels.length * k);
  for (const [i, label] of labels.entries()) target[i * k + label] = 1;
  return target;
}

async function assignAll(data: TrainingData, params: Params): Promise<Assignment> {
  const { [CENTERS]: centers, ...network } = params;
  const { hidden } = data.config.network;
  const embeddings = await data.evaluator.embed(network, data.clean, data.signal);
  return assign({ data: embeddings, rows: data.source.length, columns: hidden }, centers!.data);
}

/** One epoch: one or more passes through the trajectories, each with damage of its own. */
function planEpoch(
  data: TrainingData,
  step: TrainStep,
  { target, labels }: { readonly target: Float32Array; readonly labels: Uint32Array },
  random: Random,
): EpochPlan<null> {
  const { source, clean, config } = data;
  const k = target.length / labels.length;
  const all = Uint32Array.from(labels, (_, i) => i);
  const departures = departuresOf(config.selfTrain);
  const isMisaligned = departures.includes("misalignedTargets");
  const isAnyNegative = departures.includes("anyNegatives");
  const passes = passesOf(all.length, config.batchSize, config.selfTrain.minEpochSteps);
  function* batches(): Generator<EpochBatch> {
    for (let pass = 0; pass < passes; pass++) {
      const own = random.split(pass);
      const noisy = source.noisy(own.split("noise"), noiseOf(config));
      const others = own.split("others");
      let position = 0;
      for (const batch of shuffledBatches(roomFor(noisy, clean), all, config, own.split("batches"))) {
        const damaged = Object.entries(encoderEntries(noisy, batch, config.network));
        const entries = {
          ...encoderEntries(clean, batch, config.network),
          ...Object.fromEntries(damaged.map(([name, entry]) => [noisyName(name), entry])),
          ...decoderEntries(clean, batch),
          ...data.reconstruction.draw(`self-train ${step.stepCount()}`),
          rows: rowEntries(batch),
          share: shareEntry(batch, config),
          // In the authors' code batches are sorted, P is not: its rows are read one after another.
          target: targetEntries(target, batch, k, isMisaligned ? position : undefined),
          ...drawOthers(isAnyNegative ? undefined : labels, batch, others),
        };
        position += batch.indices.length;
        yield { entries, weight: batch.indices.length };
      }
    }
  }
  return { steps: passes * planBatches(roomFor(clean, clean), all, config).length, batches: batches() };
}

function textOf(labels: Uint32Array): string {
  return Buffer.from(labels.buffer, labels.byteOffset, labels.byteLength).toString("base64");
}

function labelsFrom(text: string): Uint32Array {
  return new Uint32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}
