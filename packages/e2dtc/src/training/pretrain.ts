import { Random } from "@wayweave/geo-core";
import { adam, createTrainStep, type Loss, type TrainStep } from "@wayweave/nn/train";
import type { E2DTCConfig } from "../model/config.js";
import { decode, encode } from "../model/forward.js";
import type { Params } from "../model/params.js";
import { lengthsOf, passesOf, planBatches, shuffledBatches } from "../tokens/batches.js";
import type { NoiseOptions, TokenSequences, TokenSource } from "../tokens/tokens.js";
import {
  decoderEntries,
  decoderSpec,
  type EngineOptions,
  type Evaluator,
  encoderEntries,
  encoderSpec,
  shareEntry,
  shareSpec,
} from "./evaluator.js";
import { checkFiniteLoss } from "./finite-loss.js";
import type { ReconstructionOfBatch } from "./reconstruction.js";
import { openPhase } from "./saved-phase.js";

/** Losses of one epoch of pre-training, nats a token. */
export interface PretrainEpoch {
  readonly trainLoss: number;
  /** `null` where too few trajectories were given to hold any out. */
  readonly validationLoss: number | null;
}

export interface PretrainProgress {
  readonly phase: "pretrain";
  readonly epoch: number;
  readonly epochs: number;
  /** Passes through the trajectories done and to do in this epoch. */
  readonly done: number;
  readonly total: number;
  /** Of the last batch, nats a token. */
  readonly loss: number;
}

/** What both phases of training work with. */
export interface TrainingData {
  readonly source: TokenSource;
  readonly clean: TokenSequences;
  readonly config: E2DTCConfig;
  readonly reconstruction: ReconstructionOfBatch;
  readonly evaluator: Evaluator;
  /** Names data and configuration: a checkpoint of another run is refused. */
  readonly identity: string;
  /** The same for what pre-training depends on: neither k nor self-training. */
  readonly pretrainIdentity: string;
  readonly seed: number;
  readonly engine: EngineOptions;
  readonly checkpointDir: string | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface Pretrained {
  /** Names the trajectories, the seed, and all of the configuration that pre-training depends on. */
  readonly identity: string;
  readonly params: Params;
  readonly history: readonly PretrainEpoch[];
  /** The epoch of least loss, whose parameters were kept; from 0. */
  readonly bestEpoch: number;
  readonly engine: string;
}

interface PretrainState {
  readonly history: readonly PretrainEpoch[];
  readonly bestEpoch: number;
}

/**
 * Pre-training (§V-C): the network learns to write a trajectory from a damaged variant of it, drawn anew each epoch. The
 * parameters of least validation loss are kept.
 *
 * @throws {StateError} a loss that is not finite
 */
export async function pretrain(
  data: TrainingData,
  initial: Params,
  onProgress?: (progress: PretrainProgress) => void,
): Promise<Pretrained> {
  const { config, seed } = data;
  const step = await createTrainStep({
    params: initial,
    loss: pretrainLoss(data),
    optimizer: adam({ learningRate: config.pretrain.learningRate, clipNorm: config.clipNorm }),
    batchSpec: { ...encoderSpec, ...decoderSpec, ...data.reconstruction.spec, share: shareSpec },
    seed,
    ...data.engine,
  });
  try {
    const ended = await runEpochs(data, step, onProgress);
    return { ...ended, identity: data.pretrainIdentity, engine: step.engine };
  } finally {
    await step.dispose();
  }
}

function pretrainLoss({ config, reconstruction }: TrainingData): Loss {
  return (params, batch) => {
    const encoded = encode(params, batch.tokens!, batch.lengths!, config.network);
    const states = decode(params, batch.before!, encoded, config.network);
    const reconstructed = reconstruction.loss(params, states, batch);
    return { loss: reconstructed.mul(batch.share!), reconstruction: reconstructed };
  };
}

async function runEpochs(
  data: TrainingData,
  step: TrainStep,
  onProgress: ((progress: PretrainProgress) => void) | undefined,
): Promise<Omit<Pretrained, "engine" | "identity">> {
  const { source, config, seed, identity, checkpointDir } = data;
  const { epochs, patience, validationShare } = config.pretrain;
  const random = new Random(seed).split("pretrain");
  const run = await openPhase<PretrainState>(step, "pretrain", identity, checkpointDir);
  const history = [...(run.state?.history ?? [])];
  let bestEpoch = run.state?.bestEpoch ?? 0;

  const order = random.split("validation").permutation(source.length);
  const heldOut = Math.floor(validationShare * source.length);
  const [validation, train] = [order.slice(0, heldOut), order.slice(heldOut)];
  const validationNoisy = source.noisy(random.split("validation noise"), noiseOf(config));

  while (history.length < epochs && history.length - 1 - bestEpoch < patience) {
    const epoch = history.length;
    const trainLoss = await runEpoch(data, step, train, random.split(epoch), (done, total, loss) => {
      checkFiniteLoss(loss, `epoch ${epoch + 1} of pre-training`);
      onProgress?.({ phase: "pretrain", epoch, epochs, done, total, loss });
    });
    const params = await step.params();
    const validationLoss =
      heldOut === 0
        ? null
        : await data.evaluator.reconstructionLoss(
            params,
            validationNoisy,
            data.clean,
            planBatches(roomFor(validationNoisy, data.clean), validation, config),
            data.signal,
          );
    checkFiniteLoss(validationLoss ?? trainLoss, `epoch ${epoch + 1} of pre-training`);
    history.push({ trainLoss, validationLoss });
    if (epoch === 0 || criterion(history[epoch]!) < criterion(history[bestEpoch]!)) {
      bestEpoch = epoch;
      await run.keep(epoch, params);
    }
    await run.save({ history, bestEpoch });
  }
  return { params: await run.kept(bestEpoch), history, bestEpoch };
}

/** One epoch: one or more passes through the trajectories, each with damage of its own. @returns the mean loss of its trajectories */
async function runEpoch(
  data: TrainingData,
  step: TrainStep,
  train: Uint32Array,
  random: Random,
  report: (done: number, total: number, loss: number) => void,
): Promise<number> {
  const { source, clean, config } = data;
  const passes = passesOf(train.length, config.batchSize, config.pretrain.minEpochSteps);
  let sum = 0;
  for (let pass = 0; pass < passes; pass++) {
    const own = random.split(pass);
    const noisy = source.noisy(own.split("noise"), noiseOf(config));
    const batches = shuffledBatches(roomFor(noisy, clean), train, config, own.split("batches"));
    for (const [i, batch] of batches.entries()) {
      data.signal?.throwIfAborted();
      const { reconstruction: loss } = await step.step({
        ...encoderEntries(noisy, batch),
        ...decoderEntries(clean, batch),
        ...data.reconstruction.draw(`pretrain ${step.stepCount()}`),
        share: shareEntry(batch, config),
      });
      sum += loss! * batch.indices.length;
      report(pass + (i + 1) / batches.length, passes, loss!);
    }
  }
  return sum / (passes * train.length);
}

/** How training damages trajectories. */
export function noiseOf({ pretrain, tokens }: E2DTCConfig): NoiseOptions {
  return { rates: pretrain.noiseRates, sigmaMeters: pretrain.noiseCells * tokens.cellSizeMeters };
}

/** What the best epoch has least of. */
function criterion({ trainLoss, validationLoss }: PretrainEpoch): number {
  return validationLoss ?? trainLoss;
}

/** Tokens that a batch must have room for: the damaged variant, or the answer with its end. */
export function roomFor(noisy: TokenSequences, clean: TokenSequences): Uint32Array {
  const answers = lengthsOf(clean);
  return lengthsOf(noisy).map((length, i) => Math.max(length, answers[i]! + 1));
}
