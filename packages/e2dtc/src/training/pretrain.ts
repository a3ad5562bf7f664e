import { Random } from "@wayweave/geo-core";
import {
  adam,
  createTrainStep,
  type EpochBatch,
  type EpochPlan,
  type Loss,
  runEpochs,
  type TrainStep,
} from "@wayweave/nn/train";
import type { E2DTCConfig } from "../model/config.js";
import { decode, encode } from "../model/forward.js";
import { frozenOf, type Params } from "../model/params.js";
import { lengthsOf, passesOf, planBatches, shuffledBatches } from "../tokens/batches.js";
import type { NoiseOptions, TokenSequences } from "../tokens/tokens.js";
import {
  decoderEntries,
  decoderSpec,
  encoderEntries,
  encoderSpec,
  encoderTensors,
  shareEntry,
  shareSpec,
} from "./entries.js";
import { type FitProgress, phaseFile, type TrainingData, tellPhase } from "./training-data.js";

/** Losses of one epoch of pre-training, nats a token. */
export interface PretrainEpoch {
  /** Eq. 8 of the training trajectories while they were learnt, mean over the epoch. */
  readonly trainLoss: number;
  /** `null` where too few trajectories were given to hold any out. */
  readonly validationLoss: number | null;
}

/** What pre-training leaves: another fit can go on from it (`FitOptions.pretrained`). */
export interface Pretrained {
  /** Names the trajectories, the seed, and all of the configuration that pre-training depends on. */
  readonly identity: string;
  /** The network's parameters by name. */
  readonly params: Params;
  /** Losses of each epoch. */
  readonly history: readonly PretrainEpoch[];
  /** The epoch of least loss, whose parameters were kept; from 0, and −1 where no epoch was run. */
  readonly bestEpoch: number;
  /** The engine that trained; `none` where no epoch was run. */
  readonly engine: string;
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
  onProgress?: (progress: FitProgress) => void,
): Promise<Pretrained> {
  const { config, seed } = data;
  if (config.pretrain.epochs === 0) {
    return { params: initial, history: [], bestEpoch: -1, identity: data.pretrainIdentity, engine: "none" };
  }
  const step = await createTrainStep({
    params: initial,
    loss: pretrainLoss(data),
    optimizer: adam({ learningRate: config.pretrain.learningRate, clipNorm: config.clipNorm }),
    frozen: frozenOf(initial),
    batchSpec: {
      ...encoderSpec(config.network),
      ...decoderSpec,
      ...data.reconstruction.spec,
      share: shareSpec,
    },
    seed,
    ...data.engine,
  });
  try {
    const ended = await trainEpochs(data, step, onProgress);
    return { ...ended, identity: data.pretrainIdentity, engine: step.engine };
  } finally {
    await step.dispose();
  }
}

function pretrainLoss({ config, reconstruction }: TrainingData): Loss {
  return (params, batch) => {
    const encoded = encode(params, encoderTensors(batch), config.network);
    const states = decode(params, batch.before!, encoded, config.network);
    const reconstructed = reconstruction.loss(params, states, batch);
    return { loss: reconstructed.mul(batch.share!), reconstruction: reconstructed };
  };
}

async function trainEpochs(
  data: TrainingData,
  step: TrainStep,
  onProgress: ((progress: FitProgress) => void) | undefined,
): Promise<Omit<Pretrained, "engine" | "identity">> {
  const { source, config, seed } = data;
  const { epochs, patience, validationShare } = config.pretrain;
  const random = new Random(seed).split("pretrain");
  const order = random.split("validation").permutation(source.length);
  const heldOut = Math.floor(validationShare * source.length);
  const [validation, train] = [order.slice(0, heldOut), order.slice(heldOut)];
  const validationNoisy = source.noisy(random.split("validation noise"), noiseOf(config));
  const validationBatches = planBatches(roomFor(validationNoisy, data.clean), validation, config);

  const ended = await runEpochs(step, {
    where: data.where,
    epochs,
    patience,
    random,
    objective: "reconstruction",
    keepBest: true,
    phase: "pretrain",
    epoch: (start) => planEpoch(data, step, train, start.random),
    validate: ({ params, signal }) =>
      heldOut === 0
        ? null
        : data.evaluator.reconstructionLoss(params, validationNoisy, data.clean, validationBatches, signal),
    ...tellPhase("pretrain", onProgress),
    signal: data.signal,
    ...phaseFile(data, "pretrain"),
  });
  const history = ended.history.map(({ means, validation: validationLoss }) => ({
    trainLoss: means.reconstruction!,
    validationLoss,
  }));
  return { params: ended.params, history, bestEpoch: ended.epoch };
}

/** One epoch: one or more passes through the trajectories, each with damage of its own. */
function planEpoch(data: TrainingData, step: TrainStep, train: Uint32Array, random: Random): EpochPlan<null> {
  const { source, clean, config } = data;
  const passes = passesOf(train.length, config.batchSize, config.pretrain.minEpochSteps);
  function* batches(): Generator<EpochBatch> {
    for (let pass = 0; pass < passes; pass++) {
      const own = random.split(pass);
      const noisy = source.noisy(own.split("noise"), noiseOf(config));
      for (const batch of shuffledBatches(roomFor(noisy, clean), train, config, own.split("batches"))) {
        const entries = {
          ...encoderEntries(noisy, batch, config.network),
          ...decoderEntries(clean, batch),
          ...data.reconstruction.draw(`pretrain ${step.stepCount()}`),
          share: shareEntry(batch, config),
        };
        yield { entries, weight: batch.indices.length };
      }
    }
  }
  return { steps: passes * planBatches(roomFor(clean, clean), train, config).length, batches: batches() };
}

/** How training damages trajectories. */
export function noiseOf({ pretrain, tokens }: E2DTCConfig): NoiseOptions {
  const { noiseRates: rates, noiseCells, cutRates: cuts } = pretrain;
  return { rates, sigmaMeters: noiseCells * tokens.cellSizeMeters!, cuts };
}

/** Tokens that a batch must have room for: the damaged variant, or the answer with its end. */
export function roomFor(noisy: TokenSequences, clean: TokenSequences): Uint32Array {
  const answers = lengthsOf(clean);
  return lengthsOf(noisy).map((length, i) => Math.max(length, answers[i]! + 1));
}
