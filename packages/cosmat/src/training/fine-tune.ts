import { checkLength, checkPositiveInteger, Random, ValueError } from "@wayweave/geo-core";
import {
  createTrainStep,
  type Engine,
  exportOnnx,
  type HostTensor,
  type Loss,
  sgd,
  tf,
} from "@wayweave/nn/train";
import { countClasses } from "@wayweave/numeric";
import { type ImageSource, readPixels } from "../images/pixels.js";
import { ALEXNET_SIDE, type AlexNetConfig, alexNet, initAlexNet } from "./alexnet.js";

export interface FineTuneOptions {
  /** Where to start. `fc8` is made anew when its classes are others. @defaultValue random parameters */
  readonly params?: Readonly<Record<string, HostTensor>>;
  /** Of random parameters; with `params` only its seed counts. */
  readonly width?: NonNullable<AlexNetConfig["width"]>;
  /** @defaultValue 10 */
  readonly epochs?: number;
  /** @defaultValue 32 */
  readonly batchSize?: number;
  /** One for all epochs, or one for each, counted from 0. @defaultValue 0.001 */
  readonly learningRate?: number | ((epoch: number) => number);
  /** Random squares of the 256 × 256 image and mirror images, as published; else its middle. @defaultValue false */
  readonly augment?: boolean;
  /** Layers that stay as they are, such as `["conv1", "conv2"]`. @defaultValue none */
  readonly frozen?: readonly string[];
  /** @defaultValue 0 */
  readonly seed?: number;
  /** @defaultValue "auto" */
  readonly engine?: Engine;
  /** Of an engine that runs on the CPU. @defaultValue one for each core */
  readonly threads?: number;
  readonly onProgress?: (progress: {
    readonly done: number;
    readonly total: number;
    readonly loss: number;
  }) => void;
  readonly signal?: AbortSignal;
}

export interface FineTuned {
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
 * @throws {ValueError} fewer images than a batch, fewer than two classes, options out of range
 * @throws {FormatError} an image that cannot be read; names the file
 */
export async function fineTuneAlexNet(
  images: readonly ImageSource[],
  labels: ArrayLike<number>,
  options: FineTuneOptions = {},
): Promise<FineTuned> {
  const where = "fineTuneAlexNet";
  const {
    epochs = 10,
    batchSize = 32,
    learningRate = 1e-3,
    frozen = [],
    seed = 0,
    augment = false,
  } = options;
  checkLength(where, "labels", labels, images.length);
  checkPositiveInteger(where, "epochs", epochs);
  checkPositiveInteger(where, "batchSize", batchSize);
  if (images.length < batchSize) {
    throw new ValueError(`${where}: images must be at least a batch (${batchSize}), got ${images.length}`);
  }
  const classes = countClasses(where, labels);
  const rateOf = typeof learningRate === "number" ? () => learningRate : learningRate;
  const step = await createTrainStep({
    params: startingParams(options, classes, seed),
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
    const batches = Math.floor(images.length / batchSize);
    const total = epochs * batches;
    const losses: number[] = [];
    for (let epoch = 0; epoch < epochs; epoch++) {
      const random = new Random(seed).split("order").split(epoch);
      const order = random.permutation(images.length);
      const crops = augment ? random.split("crops") : undefined;
      const learningRate = rateOf(epoch);
      let sum = 0;
      for (let b = 0; b < batches; b++) {
        options.signal?.throwIfAborted();
        const rows = order.subarray(b * batchSize, (b + 1) * batchSize);
        const batch = await readBatch(images, labels, rows, classes, crops);
        const { loss } = await step.step(batch, { learningRate });
        sum += loss!;
        options.onProgress?.({ done: epoch * batches + b + 1, total, loss: loss! });
      }
      losses.push(sum / batches);
    }
    return { params: step.params(), losses, engine: step.engine };
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
