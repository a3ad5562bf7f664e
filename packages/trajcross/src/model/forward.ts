import { type Tensor, type TensorMap, tf } from "@wayweave/nn/train";
import type { ModelConfig } from "./config.js";
import { convolve, dense, flatten, relu, standardize, unitLength } from "./layers.js";
import type { Normalization } from "./normalization.js";
import { paperConvolutionHeights, positionFrequencies } from "./sizes.js";

/** What the trajectory tower sees. */
export interface TrajectoryInputs {
  /** Metres from the normalization's origin, `[batch, points, 2]`. */
  readonly points: Tensor;
  /** Shape images, 0 … 255, `[batch, size, size, 1]`; only where `shapeSource` is `image`. */
  readonly shapes?: Tensor;
}

/** What the image tower sees. */
export interface ImageInputs {
  /** Pixels, 0 … 255, `[batch, size, size, channels]`. */
  readonly pixels: Tensor;
  /** minX, minY, maxX, maxY in metres from the normalization's origin, `[batch, 4]`. */
  readonly extents: Tensor;
}

/** What the image tower makes of images. */
export interface EncodedImages {
  /** I^e (eq. 9): rows of length 1, `[batch, embedding]`. */
  readonly embeddings: Tensor;
  /**
   * The points along the line (`keypoints` only), before they are moved to their place: `[batch, points, 2]`, 0 … 1 from the
   * image's lower left corner.
   */
  readonly traced?: Tensor;
}

/** T^e (eq. 4): embeddings of length 1, `[batch, embedding]`. */
export function encodeTrajectories(
  params: TensorMap,
  inputs: TrajectoryInputs,
  model: ModelConfig,
  normalization: Normalization,
): Tensor {
  const points = scalePositions(inputs.points, normalization); // [batch, points, 2]
  return unitLength(
    model.architecture === "paper"
      ? paperTrajectory(params, points, inputs.shapes, model)
      : embedLine(params, points),
  );
}

/** I^e (eq. 9), and what was found on the way there. */
export function encodeImages(
  params: TensorMap,
  inputs: ImageInputs,
  model: ModelConfig,
  normalization: Normalization,
): EncodedImages {
  const pixels = inputs.pixels.div(255); // [batch, size, size, channels]
  const corners = scalePositions(cornersOf(inputs.extents), normalization);
  if (model.architecture === "paper") {
    return { embeddings: unitLength(paperImage(params, pixels, corners, model)) };
  }
  const traced = traceLine(params, pixels, model);
  const placed = model.locationVector ? placeInPlane(traced, corners) : traced;
  return { embeddings: unitLength(embedLine(params, placed)), traced };
}

/** Where points of the plane lie in images, in the coordinates of {@link EncodedImages.traced}; both in metres from one origin. */
export function placeInImages(points: Tensor, extents: Tensor): Tensor {
  const [lowerLeft, upperRight] = tf.split(cornersOf(extents), 2, 1) as [Tensor, Tensor]; // [batch, 1, 2] each
  return points.sub(lowerLeft).div(upperRight.sub(lowerLeft));
}

/** `[batch, 4]` → `[batch, 2 corners, 2]`. */
function cornersOf(extents: Tensor): Tensor {
  return extents.reshape([-1, 2, 2]);
}

// --- paper: eq. 1–9

function paperTrajectory(
  params: TensorMap,
  points: Tensor,
  shapes: Tensor | undefined,
  model: ModelConfig,
): Tensor {
  const embedded = dense(params, "trajectory/point", points).expandDims(3); // eq. 1: [batch, points, pointSize, 1]
  const pooled = paperConvolutionHeights.map((height) =>
    relu(convolve(params, `trajectory/convolution${height}`, embedded, 1, "valid")) // [batch, points − height + 1, 1, filters]
      .max([1, 2]),
  );
  const hidden = relu(dense(params, "trajectory/hidden", tf.concat(pooled, 1))); // [batch, hidden]
  const position = standardize(dense(params, "trajectory/position", hidden)); // eq. 2: [batch, half]
  if (model.shapeSource === "none") return position;
  const shape =
    model.shapeSource === "image"
      ? shapeCnn(params, "trajectory/shape", shapes!.div(255)) // eq. 3
      : pointsCnn(params, points);
  return tf.concat([position, shape], 1); // eq. 4
}

function paperImage(params: TensorMap, pixels: Tensor, corners: Tensor, model: ModelConfig): Tensor {
  // WCNN: the kernel is as wide as the image, so it slides down only.
  const rows = relu(convolve(params, "image/wcnn", pixels, 1, "valid")); // [batch, size − 2, 1, filters]
  const relative = relu(standardize(dense(params, "image/relative", flatten(rows)))); // eq. 5: [batch, hidden]
  const absolute = model.locationVector ? fuseLocation(params, relative, corners) : relative;
  const position = standardize(dense(params, "image/position", absolute)); // [batch, half]
  // Eq. 9 as printed joins eq. 5's vector, which does not know the place. Here it is eq. 7's, for which eq. 6 and 7 are there.
  return tf.concat([position, shapeCnn(params, "image/shape", pixels)], 1); // eq. 9
}

/** From where the line lies in the image to where it lies in the plane. The product of both needs the ReLU: no sum is one. */
function fuseLocation(params: TensorMap, relative: Tensor, corners: Tensor): Tensor {
  const location = relu(dense(params, "image/location", flatten(corners))); // eq. 6
  return relu(dense(params, "image/fused", tf.concat([relative, location], 1))); // eq. 7: [batch, hidden]
}

/** ImgCNN and TrajectoryImgCNN (eq. 3, 8): `[batch, size, size, 1]` → `[batch, half]`. */
function shapeCnn(params: TensorMap, name: string, pixels: Tensor): Tensor {
  let x = pixels;
  for (const layer of [1, 2, 3]) x = relu(convolve(params, `${name}/convolution${layer}`, x, 2, "same"));
  return standardize(dense(params, `${name}/out`, flatten(x)));
}

/** The ablation TrajCNN: the shape from the points themselves, `[batch, points, 2]` → `[batch, half]`. */
function pointsCnn(params: TensorMap, points: Tensor): Tensor {
  let x = points.expandDims(2); // [batch, points, 1, 2]
  for (const layer of [1, 2])
    x = relu(convolve(params, `trajectory/shape/convolution${layer}`, x, 1, "same"));
  return standardize(dense(params, "trajectory/shape/out", flatten(x)));
}

// --- keypoints: ours

/** Embeds points along lines, `[batch, points, 2]`. An image does not tell the direction of travel, so both are embedded and added. */
function embedLine(params: TensorMap, points: Tensor): Tensor {
  const embed = (ordered: Tensor): Tensor => {
    const hidden = relu(dense(params, "line/hidden1", positionFeatures(ordered)));
    return dense(params, "line/out", relu(dense(params, "line/hidden2", hidden)));
  };
  return embed(points).add(embed(points.reverse(1)));
}

/** Finds points along the line that an image shows: {@link EncodedImages.traced}. */
function traceLine(params: TensorMap, pixels: Tensor, model: ModelConfig): Tensor {
  let x = relu(convolve(params, "image/convolution1", pixels, 2, "same")); // [batch, size/2, size/2, 24]
  x = relu(convolve(params, "image/convolution2", x, 2, "same")); // [batch, size/4, size/4, 48]
  x = relu(convolve(params, "image/convolution3", x, 1, "same")); // [batch, size/4, size/4, 64]
  x = x.add(imageContext(params, x)); // every place knows of the whole line
  x = x.add(relu(convolve(params, "image/convolution4", x, 1, "same")));
  return softArgmax(convolve(params, "image/heat", x, 1, "same"), model); // heat: [batch, size/4, size/4, points]
}

/** What the whole image holds, `[batch, side, side, channels]` → `[batch, 1, 1, channels]`. */
function imageContext(params: TensorMap, x: Tensor): Tensor {
  const half = relu(convolve(params, "image/context1", x, 2, "same"));
  const quarter = relu(convolve(params, "image/context2", half, 2, "same"));
  return dense(params, "image/context", flatten(quarter)).expandDims(1).expandDims(1);
}

/** The expected position under each heat map: `[batch, side, side, maps]` → `[batch, maps, 2]`. */
function softArgmax(heat: Tensor, model: ModelConfig): Tensor {
  const side = model.imageSize / 4;
  const maps = heat.reshape([-1, side * side, model.points]).transpose([0, 2, 1]); // [batch, maps, cells]
  const centers = new Float32Array(2 * side * side);
  for (let cell = 0; cell < side * side; cell++) {
    centers[2 * cell] = ((cell % side) + 0.5) / side;
    centers[2 * cell + 1] = 1 - (Math.floor(cell / side) + 0.5) / side; // the first row shows the largest y
  }
  return tf
    .matMul(tf.softmax(maps).reshape([-1, side * side]), tf.tensor2d(centers, [side * side, 2]))
    .reshape([-1, model.points, 2]);
}

/** From the unit square to where the image's extent lies: lower left corner + position × size. */
function placeInPlane(inImage: Tensor, corners: Tensor): Tensor {
  const [lowerLeft, upperRight] = tf.split(corners, 2, 1) as [Tensor, Tensor]; // [batch, 1, 2] each
  return lowerLeft.add(inImage.mul(upperRight.sub(lowerLeft)));
}

/** Positions and their sines and cosines: `[batch, n, 2]` → `[batch, n × 18]`. */
function positionFeatures(positions: Tensor): Tensor {
  const flat = flatten(positions); // [batch, 2n]
  const waves = positionFrequencies.map((frequency) => flat.mul(Math.PI * frequency));
  return tf.concat([flat, ...waves.map((wave) => wave.sin()), ...waves.map((wave) => wave.cos())], 1);
}

/** Metres from the origin to what the towers compute with, `[…, 2]`. */
export function scalePositions(positions: Tensor, { scaleMeters }: Normalization): Tensor {
  return positions.div(scaleMeters);
}
