import { checkInRange, checkPositiveInteger, Random } from "@wayweave/geo-core";
import { dropout, type HostTensor, type Tensor, type Tensor4D, tf } from "@wayweave/nn/train";

type LossContext = Parameters<typeof dropout>[2];

/** How many classes AlexNet tells apart, and how wide it is. */
export interface AlexNetConfig {
  /** Length of the logits. @defaultValue 1000 */
  readonly classes?: number;
  /** Share of the published channels and neurons, in (0, 1]: smaller networks for tests and small data. @defaultValue 1 */
  readonly width?: number;
}

/** Side of the square that it takes, in pixels. */
export const ALEXNET_SIDE = 224;
const convolutions = [
  { name: "conv1", size: 11, filters: 96, stride: 4, pad: 2, groups: 1 },
  { name: "conv2", size: 5, filters: 256, stride: 1, pad: 2, groups: 2 },
  { name: "conv3", size: 3, filters: 384, stride: 1, pad: 1, groups: 1 },
  { name: "conv4", size: 3, filters: 384, stride: 1, pad: 1, groups: 2 },
  { name: "conv5", size: 3, filters: 256, stride: 1, pad: 1, groups: 2 },
] as const;
const normalized: readonly string[] = ["conv1", "conv2"];
const pooled: readonly string[] = ["conv1", "conv2", "conv5"];
const NEURONS = 4096;
/** Height and width after the last pooling. */
const FINAL_SIDE = 6;
const DROPOUT = 0.5;

/**
 * Shapes of AlexNet's parameters by name: kernels `[height, width, channels in a group, filters]`, matrices `[in, out]`.
 *
 * Source: Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional neural networks" (NIPS 2012),
 * section 3.5: 60,965,224 parameters with 1,000 classes. The text of the geo-multimedia paper gives the same layers.
 *
 * @throws {ValueError} no class, or a width outside (0, 1]
 */
export function alexNetShapes(config: AlexNetConfig = {}): Readonly<Record<string, readonly number[]>> {
  const { classes = 1000, width = 1 } = config;
  checkPositiveInteger("alexNetShapes", "classes", classes);
  checkInRange("alexNetShapes", "width", width, Number.MIN_VALUE, 1);
  // Even, for the two groups.
  const thin = (channels: number) => Math.max(2, 2 * Math.round((channels * width) / 2));
  const shapes: Record<string, readonly number[]> = {};
  let channels = 3;
  for (const { name, size, filters, groups } of convolutions) {
    shapes[`${name}/kernel`] = [size, size, channels / groups, thin(filters)];
    shapes[`${name}/bias`] = [thin(filters)];
    channels = thin(filters);
  }
  const layers = [
    ["fc6", FINAL_SIDE * FINAL_SIDE * channels, thin(NEURONS)],
    ["fc7", thin(NEURONS), thin(NEURONS)],
    ["fc8", thin(NEURONS), classes],
  ] as const;
  for (const [name, input, output] of layers) {
    shapes[`${name}/weights`] = [input, output];
    shapes[`${name}/bias`] = [output];
  }
  return shapes;
}

/** Initial parameters: He-normal kernels, biases 0. Deterministic by seed. */
export function initAlexNet(config: AlexNetConfig = {}, seed = 0): Record<string, HostTensor> {
  const random = new Random(seed);
  const params: Record<string, HostTensor> = {};
  for (const [name, shape] of Object.entries(alexNetShapes(config))) {
    const count = shape.reduce((product, axis) => product * axis, 1);
    const data = new Float32Array(count);
    if (!name.endsWith("/bias")) {
      const stream = random.split(name);
      const scale = Math.sqrt((2 * shape.at(-1)!) / count);
      for (let i = 0; i < count; i++) data[i] = scale * stream.normal();
    }
    params[name] = { type: "float32", shape, data };
  }
  return params;
}

/** What the network computes of a batch, by layer; fully connected ones after ReLU. */
export interface AlexNetOutputs {
  /** After its ReLU, and before normalisation and pooling: `[batch, 55, 55, 96]`, … */
  readonly convolutions: Readonly<Record<string, Tensor4D>>;
  /** The last feature map after pooling, `[batch, 6, 6, 256]`. */
  readonly pool5: Tensor4D;
  /** `[batch, 4096]` */
  readonly fc6: Tensor;
  /** The paper's image features, `[batch, 4096]`. */
  readonly fc7: Tensor;
  /** `[batch, classes]` */
  readonly logits: Tensor;
}

/**
 * AlexNet as a pure function.
 *
 * @param params as from {@link initAlexNet}
 * @param pixels `[batch, 3, 224, 224]`, normalised as `readPixels` does
 * @param context of a training step, for dropout; without it there is none
 */
export function alexNet(
  params: Readonly<Record<string, Tensor>>,
  pixels: Tensor,
  context?: LossContext,
): AlexNetOutputs {
  let x = pixels.transpose([0, 2, 3, 1]) as Tensor4D; // [batch, 224, 224, 3]
  const maps: Record<string, Tensor4D> = {};
  for (const { name, stride, pad, groups } of convolutions) {
    const kernel = params[`${name}/kernel`] as Tensor4D;
    x = groupedConvolution(x, kernel, stride, pad, groups).add(params[`${name}/bias`]!).relu() as Tensor4D;
    maps[name] = x;
    if (normalized.includes(name)) x = responseNormalization(x);
    if (pooled.includes(name)) x = tf.maxPool(x, 3, 2, "valid");
  }
  const drop = (y: Tensor) => (context === undefined ? y : dropout(y, DROPOUT, context));
  const dense = (y: Tensor, name: string) =>
    tf.matMul(y as never, params[`${name}/weights`]! as never).add(params[`${name}/bias`]!);
  const flat = x.reshape([-1, FINAL_SIDE * FINAL_SIDE * x.shape[3]]);
  const fc6 = dense(drop(flat), "fc6").relu();
  const fc7 = dense(drop(fc6), "fc7").relu();
  return { convolutions: maps, pool5: x, fc6, fc7, logits: dense(fc7, "fc8") };
}

/** Each group of filters sees its own share of the channels only. */
function groupedConvolution(
  x: Tensor4D,
  kernel: Tensor4D,
  stride: number,
  pad: number,
  groups: number,
): Tensor4D {
  if (groups === 1) return tf.conv2d(x, kernel, stride, pad);
  const kernels = tf.split(kernel, groups, 3) as Tensor4D[];
  const parts = tf.split(x, groups, 3) as Tensor4D[];
  return tf.concat(
    parts.map((part, i) => tf.conv2d(part, kernels[i]!, stride, pad)),
    3,
  ) as Tensor4D;
}

/** a / (2 + 10⁻⁴ Σ a²)^¾ over five neighbouring channels (section 3.3). */
function responseNormalization(x: Tensor4D): Tensor4D {
  const channels = x.shape[3];
  const squares = tf.pad(x.square(), [
    [0, 0],
    [0, 0],
    [0, 0],
    [2, 2],
  ]) as Tensor4D;
  const window = (offset: number) => tf.slice(squares, [0, 0, 0, offset], [-1, -1, -1, channels]);
  const sum = [1, 2, 3, 4].reduce((total, offset) => total.add(window(offset)), window(0));
  return x.div(sum.mul(1e-4).add(2).pow(0.75)) as Tensor4D;
}
