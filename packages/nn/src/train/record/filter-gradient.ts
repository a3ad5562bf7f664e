import type { WindowGeometry } from "./geometry.js";
import type { GraphValue } from "./graph.js";
import { NCHW } from "./permutation.js";
import type { RecordedTensor, Recorder } from "./recorder.js";

/** Unfolded pixels of at most this size at a time: what a batch of large images may take for it. */
const CHUNK_BYTES = 2 ** 26;

/** Pads an NCHW image so that every window lies inside. */
export function padImage(recorder: Recorder, image: GraphValue, { pads }: WindowGeometry): GraphValue {
  if (pads.every((amount) => amount === 0)) return image;
  const [top, left, bottom, right] = pads;
  const [n, c, h, w] = image.shape as [number, number, number, number];
  const amounts = recorder.graph.int64([0, 0, top, left, 0, 0, bottom, right]);
  const shape = [n, c, h + top + bottom, w + left + right];
  return recorder.graph.node1(
    "Pad",
    [image, amounts],
    { type: image.type, shape },
    { mode: { s: "constant" } },
  );
}

/** A range of a batch's images. */
interface Images {
  readonly first: number;
  readonly count: number;
}

/** The pixels that one cell (row, column) of the filter meets, [images, c, outHeight, outWidth]. */
export function pixelsUnder(
  recorder: Recorder,
  padded: GraphValue,
  { strides, dilations, output }: WindowGeometry,
  [row, column]: readonly [number, number],
  images: Images = { first: 0, count: padded.shape[0]! },
): GraphValue {
  const { graph } = recorder;
  const starts = [row * dilations[0], column * dilations[1]];
  const ends = starts.map((start, i) => start + (output[i]! - 1) * strides[i]! + 1);
  const isWhole = images.count === padded.shape[0];
  const batch = (value: number) => (isWhole ? [] : [value]);
  const inputs = [
    padded,
    graph.int64([...batch(images.first), ...starts]),
    graph.int64([...batch(images.first + images.count), ...ends]),
    graph.int64([...batch(0), 2, 3]),
    graph.int64([...batch(1), ...strides]),
  ];
  return graph.node1("Slice", inputs, {
    type: padded.type,
    shape: [images.count, padded.shape[1]!, ...output],
  });
}

/**
 * dL/dfilter[i, j, c, o] = Σₙ Σ_pixels x[n, c, pixel·stride + (i, j)] · dy[n, o, pixel]: for each image one product of
 * its unfolded pixels [cells·c, pixels] with dyᵀ [pixels, o], summed over the images. (Small chunks that stay in cache
 * were measured too: what they save in memory traffic their operators cost again.)
 */
export function filterGradient(
  recorder: Recorder,
  x: RecordedTensor,
  dy: RecordedTensor,
  geometry: WindowGeometry,
): RecordedTensor {
  const { graph } = recorder;
  const image = recorder.full(x, NCHW);
  const slope = recorder.full(dy, NCHW);
  const padded = padImage(recorder, image, geometry);
  const [n, c] = image.shape as [number, number];
  const out = slope.shape[1]!;
  const [height, width] = geometry.kernel;
  const pixels = geometry.output[0] * geometry.output[1];
  const chunks = chunksOf(n, 4 * height * width * c * pixels);
  const flatSlope = recorder.reshape(slope, [n, out, pixels]);
  const slopes =
    chunks.length === 1
      ? [flatSlope]
      : graph.node(
          "Split",
          [flatSlope, graph.int64(chunks.map(({ count }) => count))],
          chunks.map(({ count }) => ({ type: "float32", shape: [count, out, pixels] }) as const),
          { axis: { i: 0 } },
        );
  const sums = chunks.map((images, i) => chunkGradient(recorder, padded, slopes[i]!, geometry, images));
  const spec = { type: "float32", shape: [height * width * c, out] } as const;
  const sum = sums.length === 1 ? sums[0]! : graph.node1("Sum", sums, spec);
  return recorder.wrap(recorder.reshape(sum, [height, width, c, out]), "float32");
}

function chunksOf(n: number, bytesPerImage: number): Images[] {
  const size = Math.max(1, Math.floor(CHUNK_BYTES / bytesPerImage));
  const chunks: Images[] = [];
  for (let first = 0; first < n; first += size) chunks.push({ first, count: Math.min(size, n - first) });
  return chunks;
}

/** The gradient over some images, [cells·c, out]. */
function chunkGradient(
  recorder: Recorder,
  padded: GraphValue,
  slope: GraphValue,
  geometry: WindowGeometry,
  images: Images,
): GraphValue {
  const { graph } = recorder;
  const [height, width] = geometry.kernel;
  const cells: GraphValue[] = [];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) cells.push(pixelsUnder(recorder, padded, geometry, [i, j], images));
  }
  const rows = cells.length * padded.shape[1]!;
  const [, out, pixels] = slope.shape as [number, number, number];
  const joined =
    cells.length === 1
      ? cells[0]!
      : graph.node1(
          "Concat",
          cells,
          { type: "float32", shape: [images.count, rows, ...geometry.output] },
          { axis: { i: 1 } },
        );
  const unfolded = recorder.reshape(joined, [images.count, rows, pixels]);
  const products = graph.node1("MatMul", [unfolded, recorder.transpose(slope, [0, 2, 1])], {
    type: "float32",
    shape: [images.count, rows, out],
  });
  if (images.count === 1) return recorder.reshape(products, [rows, out]);
  const spec = { type: "float32", shape: [rows, out] } as const;
  return graph.node1("ReduceSum", [products, graph.int64([0])], spec, { keepdims: { i: 0 } });
}
