import path from "node:path";
import {
  checkNonNegativeInteger,
  checkOptions,
  checkPositive,
  checkPositiveInteger,
  FormatError,
  Pace,
  Random,
} from "@wayweave/geo-core";
import { loadCheckpoint } from "@wayweave/nn";
import { adamW, createTrainStep, type Engine, type HostTensor, runEpochs } from "@wayweave/nn/train";
import { augmented } from "./pictures/augment.js";
import { cellPixels, drawExamples, type Examples, exampleSize } from "./pictures/examples.js";
import { LineSource } from "./pictures/line-source.js";
import { initReader, readingLoss, readLine } from "./reader-net.js";

const where = "trainReader";
const saveName = "train.safetensors";

/** How long {@link trainReader} trains, on how many pictures, and where the run is saved. */
export interface TrainReaderOptions {
  /** @defaultValue 0 */
  readonly seed?: number;
  /** @defaultValue 400 */
  readonly epochs?: number;
  /** New pictures an epoch. @defaultValue 512 */
  readonly pictures?: number;
  /** How often each picture is shown within its epoch, turned and in other colours. @defaultValue 2 */
  readonly showings?: number;
  /** @defaultValue 16 */
  readonly batchSize?: number;
  /** At its height; it rises over the first 200 steps and falls over the last quarter of all. @defaultValue 2e-3 */
  readonly learningRate?: number;
  /** @defaultValue "auto" */
  readonly engine?: Engine;
  /**
   * The save of another run (its `train.safetensors`) or its folder, whose parameters this run begins with in place of random ones; parameters that it
   * lacks are random. The optimizer and the learning rate begin anew. A run's own save in `checkpointDir` goes first.
   */
  readonly from?: string;
  /** Threads of one operator, for compiled engines. */
  readonly threads?: number;
  /**
   * Where the run is saved after each epoch. A run that finds its own save there goes on from it, also to more epochs or to fewer than it
   * was begun for: fewer end it sooner, more train longer.
   */
  readonly checkpointDir?: string;
  /** Called after each step: epochs done of all, steps done of all, and the step's loss. */
  readonly onProgress?: (progress: {
    readonly epoch: number;
    readonly epochs: number;
    readonly done: number;
    readonly total: number;
    readonly loss: number;
  }) => void;
  /** Heard before each step; the promise is rejected with its reason. What `checkpointDir` holds of earlier epochs stays. */
  readonly signal?: AbortSignal;
}

/** What training leaves. */
export interface TrainedReader {
  /** The network's parameters by name, after the last epoch. */
  readonly params: Readonly<Record<string, HostTensor>>;
  /** Mean loss of each epoch. */
  readonly losses: readonly number[];
  /** New pictures that each epoch drew. */
  readonly pictures: number;
  /** Of the pictures, and of the first parameters where no other run's were begun with. */
  readonly seed: number;
  /** The engine that trained. */
  readonly engine: string;
}

/**
 * Trains a reader: a network that sees where the line runs in a picture of any kind. All pictures are made up on the way; no file is read.
 *
 * @throws {ValueError} options out of range or unknown, a `checkpointDir` that holds another run
 * @throws {StateError} a loss that is no longer finite
 */
export async function trainReader(options: TrainReaderOptions = {}): Promise<TrainedReader> {
  const settings = resolve(options);
  const { seed, epochs, pictures, showings, batchSize, learningRate } = settings;
  const random = new Random(seed).split("pictures");
  const source = new LineSource(random.split("lines"), { cities: 8, tripsPerCity: 400, crowdFrames: 500 });
  const cells = exampleSize / cellPixels;
  const step = await createTrainStep({
    params: await firstParams(seed, options.from),
    loss: (params, { pixels, targets, ends }) =>
      readingLoss(readLine(params, pixels!), { line: targets!.div(255), ends: ends!.div(255) }) as never,
    optimizer: adamW({ learningRate, weightDecay: 1e-4 }),
    batchSpec: {
      pixels: { type: "float32", shape: [batchSize, exampleSize, exampleSize, 3] },
      targets: { type: "float32", shape: [batchSize, cells, cells] },
      ends: { type: "float32", shape: [batchSize, cells, cells] },
    },
    seed,
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  try {
    const { params, history } = await runEpochs(step, {
      where,
      epochs,
      random,
      epoch: async ({ random: own }) => {
        const examples = await drawExamples(source, pictures, own.split("drawn"), new Pace(options.signal));
        return {
          steps: Math.floor((pictures * showings) / batchSize),
          batches: epochBatches(examples, settings, own.split("shown")),
        };
      },
      learningRate: ({ step: at, total }) => scheduledRate(learningRate, at, total),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.checkpointDir === undefined
        ? {}
        : {
            file: path.join(options.checkpointDir, saveName),
            identity: JSON.stringify({ ...settings, epochs: undefined }),
          }),
    });
    return {
      params,
      losses: history.map(({ means }) => means.loss!),
      pictures,
      seed,
      engine: step.engine,
    };
  } finally {
    await step.dispose();
  }
}

type Settings = Required<
  Pick<TrainReaderOptions, "seed" | "epochs" | "pictures" | "showings" | "batchSize" | "learningRate">
>;

/** Random parameters, or those of another run. @throws {FormatError} a save of something else; names it */
async function firstParams(seed: number, from: string | undefined): Promise<Record<string, HostTensor>> {
  const params = initReader(seed);
  if (from === undefined) return params;
  const file = from.endsWith(".safetensors") ? from : path.join(from, saveName);
  const { tensors } = await loadCheckpoint(file);
  let found = 0;
  for (const [name, { shape }] of Object.entries(params)) {
    const saved = tensors.get(name);
    if (saved === undefined) continue;
    if (saved.type !== "float32" || saved.shape.join() !== shape.join()) {
      throw new FormatError(
        `${name} must be float32 [${shape.join(", ")}], got ${saved.type} [${saved.shape.join(", ")}]`,
        { file },
      );
    }
    params[name] = { type: "float32", shape, data: saved.data as Float32Array };
    found++;
  }
  if (found === 0) throw new FormatError("must hold a reader's parameters, got none of them", { file });
  return params;
}

function resolve(options: TrainReaderOptions): Settings {
  checkOptions(where, options, [
    "seed",
    "epochs",
    "pictures",
    "showings",
    "batchSize",
    "learningRate",
    "from",
    "engine",
    "threads",
    "checkpointDir",
    "onProgress",
    "signal",
  ]);
  const {
    seed = 0,
    epochs = 400,
    pictures = 512,
    showings = 2,
    batchSize = 16,
    learningRate = 2e-3,
  } = options;
  checkNonNegativeInteger(where, "seed", seed);
  for (const [name, value] of Object.entries({ epochs, pictures, showings, batchSize }))
    checkPositiveInteger(where, name, value);
  checkPositive(where, "learningRate", learningRate);
  return { seed, epochs, pictures, showings, batchSize, learningRate };
}

/** Up, level, and down to 0: the level part may be of any length, so that a run can be ended early or made longer. */
function scheduledRate(learningRate: number, step: number, total: number): number {
  return learningRate * Math.min(1, (step + 1) / 200, (4 * (total - step)) / total);
}

/** Each picture `showings` times, in an order by chance; the first time as it is drawn, later turned and in other colours. */
function* epochBatches(examples: Examples, { pictures, showings, batchSize }: Settings, random: Random) {
  const order = random.split("order").permutation(pictures * showings);
  for (let start = 0; start + batchSize <= order.length; start += batchSize) {
    const pixels = new Float32Array(batchSize * exampleSize ** 2 * 3);
    const cells = (batchSize * exampleSize ** 2) / cellPixels ** 2;
    const entries = { pixels, targets: new Float32Array(cells), ends: new Float32Array(cells) };
    for (let i = 0; i < batchSize; i++) {
      const shown = order[start + i]!;
      augmented(examples, shown % pictures, shown < pictures ? undefined : random, entries, i);
    }
    yield { entries };
  }
}
