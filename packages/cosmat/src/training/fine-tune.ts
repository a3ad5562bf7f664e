import path from "node:path";
import {
  checkArray,
  checkGiven,
  checkLength,
  checkNonNegativeInteger,
  checkOneOf,
  checkOptions,
  checkPositiveInteger,
  Random,
  ValueError,
} from "@wayweave/geo-core";
import {
  createTrainStep,
  digestOf,
  type Engine,
  type EpochBatch,
  exportOnnx,
  type HostTensor,
  type Loss,
  runEpochs,
  sgd,
  shuffledBatches,
  type TrainProgress,
  tf,
} from "@wayweave/nn/train";
import { countClasses } from "@wayweave/numeric";
import { type ImageSource, readPixels } from "../images/pixels.js";
import { ALEXNET_SIDE, type AlexNetConfig, alexNet, initAlexNet } from "./alexnet.js";

/** Where {@link fineTuneAlexNet} begins, and how it trains. */
export interface FineTuneOptions {
  /** Where to start. `fc8` is made anew when its classes are others. @defaultValue random parameters */
  readonly params?: Readonly<Record<string, HostTensor>>;
  /** Share of the published channels and neurons, of random parameters; left out where `params` are given, which have their own. */
  readonly width?: NonNullable<AlexNetConfig["width"]>;
  /** How often it goes through the images. @defaultValue 10 */
  readonly epochs?: number;
  /** Images a step; at most as many as there are. @defaultValue 32 */
  readonly batchSize?: number;
  /** One for all epochs, or one for each, counted from 0. @defaultValue 0.001 */
  readonly learningRate?: number | ((epoch: number) => number);
  /** Random squares of the 256 × 256 image and mirror images, as published; else its middle. @defaultValue false */
  readonly augment?: boolean;
  /** Layers that stay as they are, such as `["conv1", "conv2"]`. @defaultValue none */
  readonly frozen?: readonly string[];
  /** Decides random parameters, the order of the images, dropout and augmentation. @defaultValue 0 */
  readonly seed?: number;
  /** What computes, as for `createTrainStep`. @defaultValue "auto" */
  readonly engine?: Engine;
  /** Of one operator, for compiled engines. @defaultValue what `WAYWEAVE_THREADS` says, or ONNX Runtime's choice */
  readonly threads?: number;
  /** Called after every step. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Stops before the next step; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Where the run is saved after each epoch. A run that finds its own save there goes on with it, bit for bit; images given by path are
   * taken to be the same as long as the path is.
   */
  readonly checkpointDir?: string;
}

const OPTIONS = [
  "params",
  "width",
  "epochs",
  "batchSize",
  "learningRate",
  "augment",
  "frozen",
  "seed",
  "engine",
  "threads",
  "onProgress",
  "signal",
  "checkpointDir",
] as const;

/** A trained AlexNet, and how the training went. */
export interface FineTuned {
  /** The parameters after the last epoch, named as {@link alexNetShapes} says. */
  readonly params: Readonly<Record<string, HostTensor>>;
  /** Mean cross-entropy of each epoch, in nats. */
  readonly losses: readonly number[];
  /** What it was trained with: never `"auto"`. */
  readonly engine: Exclude<Engine, "auto">;
}

const MOMENTUM = 0.9;
const WEIGHT_DECAY = 5e-4;
/** What `readPixels` makes of every image before it cuts a square. */
const IMAGE_SIDE = 256;

/**
 * Trains AlexNet on labelled images by stochastic gradient descent (momentum .9, weight decay 5·10⁻⁴, dropout ½, as
 * published), from given parameters or from scratch. An epoch is as many whole batches as there are; which images are left
 * over differs from epoch to epoch.
 *
 * @param images read anew for each batch
 * @param labels class numbers from 0
 * @throws {ShapeError} labels.length ≠ images.length
 * @throws {ValueError} fewer images than a batch, fewer than two classes, options out of range, unknown or without effect, a `checkpointDir` that
 *   holds a run of other images or options
 * @throws {StateError} a loss or a parameter that is no longer finite
 * @throws {FormatError} an image that cannot be read; names the file
 */
export async function fineTuneAlexNet(
  images: readonly ImageSource[],
  labels: ArrayLike<number>,
  options: FineTuneOptions = {},
): Promise<FineTuned> {
  const where = "fineTuneAlexNet";
  checkArray(where, "images", images);
  checkArray(where, "labels", labels);
  checkOptions(where, options, OPTIONS);
  const {
    epochs = 10,
    batchSize = 32,
    learningRate = 1e-3,
    frozen = [],
    seed = 0,
    augment = false,
  } = options;
  if (options.params !== undefined) {
    checkGiven(where, "params", options.params);
    if (options.width !== undefined)
      throw new ValueError(
        `${where}: width has no effect beside params, which have their own; leave one out`,
      );
  }
  checkLength(where, "labels", labels, images.length);
  checkPositiveInteger(where, "epochs", epochs);
  checkPositiveInteger(where, "batchSize", batchSize);
  checkNonNegativeInteger(where, "seed", seed);
  if (images.length < batchSize) {
    throw new ValueError(`${where}: images must be at least a batch (${batchSize}), got ${images.length}`);
  }
  const classes = countClasses(where, labels);
  const rateOf = typeof learningRate === "number" ? () => learningRate : learningRate;
  const start = startingParams(options, classes, seed);
  checkArray(where, "frozen", frozen);
  const layers = new Set(Object.keys(start).map((name) => name.split("/")[0]!));
  for (const layer of frozen) checkOneOf(where, "frozen", layer, [...layers]);
  const step = await createTrainStep({
    params: start,
    loss: crossEntropy,
    optimizer: sgd({ learningRate: rateOf(0), momentum: MOMENTUM, weightDecay: WEIGHT_DECAY }),
    frozen: (name) => frozen.some((layer) => name.startsWith(`${layer}/`)),
    batchSpec: {
      pixels: { type: "float32", shape: [batchSize, 3, ALEXNET_SIDE, ALEXNET_SIDE] },
      targets: { type: "float32", shape: [batchSize, classes] },
    },
    seed,
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  try {
    const { params, history } = await runEpochs(step, {
      where,
      epochs,
      random: new Random(seed).split("order"),
      epoch: ({ random }) => {
        const batches = shuffledBatches(images.length, batchSize, random);
        const crops = augment ? random.split("crops") : undefined;
        return { steps: batches.length, batches: readBatches(images, labels, batches, classes, crops) };
      },
      learningRate: ({ epoch }) => rateOf(epoch),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      signal: options.signal,
      ...(options.checkpointDir === undefined
        ? {}
        : {
            file: path.join(options.checkpointDir, "train.safetensors"),
            identity: identityOf(images, labels, start, {
              epochs,
              batchSize,
              rates: Array.from({ length: epochs }, (_, epoch) => rateOf(epoch)),
              frozen,
              augment,
            }),
          }),
    });
    const losses = history.map(({ means }) => means.loss!);
    return { params, losses, engine: step.engine };
  } finally {
    await step.dispose();
  }
}

/** The network as ONNX, for `ImageBackbone`: `pixels` `[batch, 3, 224, 224]` → `fc7`, `logits`. */
export async function exportAlexNet(params: Readonly<Record<string, HostTensor>>): Promise<Uint8Array> {
  const { bytes } = await exportOnnx({
    name: "AlexNet",
    forward: (tensors, { pixels }) => {
      const { fc7, logits } = alexNet(tensors, pixels!);
      return { fc7, logits };
    },
    params,
    inputs: { pixels: { type: "float32", shape: ["batch", 3, ALEXNET_SIDE, ALEXNET_SIDE] } },
  });
  return bytes;
}

const crossEntropy: Loss = (params, { pixels, targets }, context) => {
  const { logits } = alexNet(params, pixels!, context);
  return tf.logSoftmax(logits).mul(targets!).sum(1).mean().neg();
};

function startingParams(
  { params, width }: FineTuneOptions,
  classes: number,
  seed: number,
): Readonly<Record<string, HostTensor>> {
  if (params === undefined) return initAlexNet({ classes, ...(width === undefined ? {} : { width }) }, seed);
  const [neurons = 0, known = 0] = params["fc8/weights"]?.shape ?? [];
  if (known === classes) return params;
  const stream = new Random(seed).split("fc8/weights");
  const data = Float32Array.from({ length: neurons * classes }, () => 0.01 * stream.normal());
  return {
    ...params,
    "fc8/weights": { type: "float32", shape: [neurons, classes], data },
    "fc8/bias": { type: "float32", shape: [classes], data: new Float32Array(classes) },
  };
}

/** Reads each batch when its turn comes. */
async function* readBatches(
  images: readonly ImageSource[],
  labels: ArrayLike<number>,
  batches: readonly Uint32Array[],
  classes: number,
  crops: Random | undefined,
): AsyncGenerator<EpochBatch> {
  for (const rows of batches) yield { entries: await readBatch(images, labels, rows, classes, crops) };
}

/** What a resumed run must share with the one it continues. */
function identityOf(
  images: readonly ImageSource[],
  labels: ArrayLike<number>,
  start: Readonly<Record<string, HostTensor>>,
  options: Readonly<Record<string, unknown>>,
): string {
  const bytes = images.map((image) => (typeof image === "string" ? new TextEncoder().encode(image) : image));
  const shapes = Object.entries(start).map(([name, { shape }]) => [name, shape]);
  const data = [...bytes, Float64Array.from(labels), ...Object.values(start).map((tensor) => tensor.data)];
  return JSON.stringify({ options, shapes, data: digestOf(...data) });
}

async function readBatch(
  images: readonly ImageSource[],
  labels: ArrayLike<number>,
  rows: Uint32Array,
  classes: number,
  crops: Random | undefined,
): Promise<{ pixels: Float32Array; targets: Float32Array }> {
  const size = 3 * ALEXNET_SIDE * ALEXNET_SIDE;
  const pixels = new Float32Array(rows.length * size);
  const targets = new Float32Array(rows.length * classes);
  // Drawn before anything is awaited: the files may be read in any order.
  const windows = Array.from(rows, () => (crops === undefined ? undefined : drawWindow(crops)));
  await Promise.all(
    Array.from(rows, async (row, i) => {
      const window = windows[i];
      const target = pixels.subarray(i * size, (i + 1) * size);
      if (window === undefined) target.set(await readPixels(images[row]!));
      else copyWindow(await readPixels(images[row]!, { crop: IMAGE_SIDE }), window, target);
      targets[i * classes + labels[row]!] = 1;
    }),
  );
  return { pixels, targets };
}

/** A square of AlexNet's side within the whole image, which may be mirrored. */
interface Window {
  readonly left: number;
  readonly top: number;
  readonly mirrored: boolean;
}

function drawWindow(random: Random): Window {
  const positions = IMAGE_SIDE - ALEXNET_SIDE + 1;
  return { left: random.integer(positions), top: random.integer(positions), mirrored: random.next() < 0.5 };
}

/** `[3, 256, 256]` → `[3, 224, 224]` */
function copyWindow(image: Float32Array, { left, top, mirrored }: Window, target: Float32Array): void {
  let at = 0;
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < ALEXNET_SIDE; y++) {
      const start = (c * IMAGE_SIDE + top + y) * IMAGE_SIDE + left;
      const row = image.subarray(start, start + ALEXNET_SIDE);
      target.set(mirrored ? row.slice().reverse() : row, at);
      at += ALEXNET_SIDE;
    }
  }
}
