import { E2DTC, type E2DTCConfig } from "@wayweave/e2dtc";
import type { FitOptions, FitResult } from "@wayweave/e2dtc/train";
import { type Random, resampleToCount, TrajectorySet } from "@wayweave/geo-core";
import type { LabelledTrips } from "../../../datasets/trips.js";
import type { RunContext } from "../../experiment.js";

/** How the studies train: once for all that share data, seed and settings. */
export interface ModelSettings {
  readonly size: "small" | "large";
  /** Trips that a model learns from at most. */
  readonly trainSize: number;
  /** Longer trips are learnt from as this many positions along their way: each padded length compiles on its own. */
  readonly maxPoints: number;
  readonly pretrainEpochs: number;
  readonly selfTrainEpochs: number;
  /** Steps of an epoch of pre-training at least. */
  readonly minEpochSteps: number;
  /** … of self-training, where they are not the package's own. */
  readonly minSelfTrainSteps?: number;
}

/** For the three presets. */
export const modelSettings = {
  quick: {
    size: "small",
    trainSize: 200,
    maxPoints: 4,
    pretrainEpochs: 1,
    selfTrainEpochs: 1,
    minEpochSteps: 12,
    minSelfTrainSteps: 8,
  },
  standard: {
    size: "small",
    trainSize: 6000,
    maxPoints: 32,
    pretrainEpochs: 8,
    selfTrainEpochs: 8,
    minEpochSteps: 40,
  },
  paper: {
    size: "large",
    trainSize: 100_000,
    maxPoints: 128,
    pretrainEpochs: 60,
    selfTrainEpochs: 30,
    minEpochSteps: 40,
  },
} as const satisfies Record<string, ModelSettings>;

/** E2DTC with a loss of Table IV, or t2vec + k-means. */
export type ModelKind = "E2DTC" | "L0" | "L1" | "t2vec";

export interface ModelRequest {
  readonly kind: ModelKind;
  readonly settings: ModelSettings;
  /** Instead of the data's own number of clusters. */
  readonly k?: number;
  readonly selfTrain?: Partial<Pick<E2DTCConfig["selfTrain"], "epochs" | "tolerance" | "seeding">>;
}

interface TrainedModel {
  readonly bytes: Uint8Array;
  readonly engine: string;
}

/** Models of this process: several studies ask for the same, and an experiment shares only among its own rows. */
const trained = new Map<string, Promise<TrainedModel>>();

/** Pre-trainings of this process: those with the same trips and settings differ in k and self-training only. */
const pretrainings = new Map<string, FitResult["pretrained"]>();

/**
 * The `.onnx` file of a trained model, trained once a process however many rows and studies ask for the same. True labels are
 * not looked at.
 */
export async function trainedModel(
  context: RunContext,
  { set, k: ownK, provenance }: Pick<LabelledTrips, "set" | "k" | "provenance">,
  request: ModelRequest,
): Promise<Uint8Array> {
  const { k = ownK } = request;
  const { seed, engine: wanted } = context;
  const { name, sha256, counts } = provenance;
  const data = [name, sha256, counts, set.length, seed, wanted];
  const key = JSON.stringify([...data, { ...request, k }]);
  const model =
    trained.get(key) ?? train(context, set, k, request, JSON.stringify([...data, request.settings]));
  trained.set(key, model);
  // One that failed is tried again by whoever asks next.
  model.catch(() => trained.delete(key));
  const { bytes, engine } = await model;
  context.reportEngine(engine);
  return bytes;
}

async function train(
  context: RunContext,
  set: TrajectorySet,
  k: number,
  { kind, settings, selfTrain }: ModelRequest,
  pretrainingKey: string,
): Promise<TrainedModel> {
  const { seed, random, engine, onProgress, signal } = context;
  const { size, maxPoints, pretrainEpochs, selfTrainEpochs, minEpochSteps, minSelfTrainSteps } = settings;
  const learnt = withAtMost(maxPoints, learningSample(set, settings, random));
  const epochs = selfTrain?.epochs ?? selfTrainEpochs;
  const total = pretrainEpochs + epochs;
  const options = {
    k,
    seed,
    size,
    engine: engine as NonNullable<FitOptions["engine"]>,
    // With one thread a model repeats itself to the last bit.
    threads: 1,
    session: { threads: 1 },
    pretrain: { epochs: pretrainEpochs, minEpochSteps },
    signal,
    onProgress: ({ phase, epochs, done, total: steps }) => {
      if (phase !== "pretrain" && phase !== "selfTrain") return;
      onProgress({ done: (phase === "pretrain" ? 0 : pretrainEpochs) + (epochs * done) / steps, total });
    },
  } satisfies FitOptions;
  // The training engine is heavy: the command line loads every experiment.
  const { fitE2DTC, fitT2vec } = await import("@wayweave/e2dtc/train");
  const fit = async (): Promise<FitResult> => {
    if (kind === "t2vec") return fitT2vec(learnt, options);
    const pretrained = pretrainings.get(pretrainingKey);
    const loss = kind === "E2DTC" ? "L2" : kind;
    const fitted = await fitE2DTC(learnt, {
      ...options,
      ...(pretrained === undefined ? {} : { pretrained }),
      selfTrain: {
        ...selfTrain,
        loss,
        epochs: Math.max(1, epochs),
        ...(minSelfTrainSteps === undefined ? {} : { minEpochSteps: minSelfTrainSteps }),
      },
    });
    pretrainings.set(pretrainingKey, fitted.pretrained);
    return fitted;
  };
  const { model, engine: used } = await fit();
  const bytes = model.toBytes();
  await model.dispose();
  return { bytes, engine: used };
}

/** The trips that every learning system gets to see. */
export function learningSample(
  set: TrajectorySet,
  { trainSize }: Pick<ModelSettings, "trainSize">,
  random: Random,
): TrajectorySet {
  return set.length <= trainSize
    ? set
    : set.select(random.split("train").sample(set.length, trainSize).sort());
}

/** Runs a model on one thread, and gives its memory back. */
export async function useModel<T>(
  bytes: Uint8Array,
  use: (model: E2DTC) => Promise<T>,
  threads = 1,
): Promise<T> {
  const model = await E2DTC.load(bytes, { threads });
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

/** Trips without ids and times: what is left when trips are put together anew. */
export function pointsOnly({ coordinates, offsets, coordinateSystem }: TrajectorySet): TrajectorySet {
  return new TrajectorySet({ coordinates, offsets, coordinateSystem }, { validate: false });
}

/** Longer trips as `maxPoints` positions along their way; they come last. */
function withAtMost(maxPoints: number, set: TrajectorySet): TrajectorySet {
  const all = Array.from({ length: set.length }, (_, i) => i);
  const isLong = (i: number) => set.pointCountOf(i) > maxPoints;
  if (!all.some(isLong)) return set;
  const short = pointsOnly(set.select(all.filter((i) => !isLong(i))));
  const long = resampleToCount(pointsOnly(set.select(all.filter(isLong))), { count: maxPoints });
  return TrajectorySet.concat([short, pointsOnly(long)]);
}
