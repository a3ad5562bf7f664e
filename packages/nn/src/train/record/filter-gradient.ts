import type { WindowGeometry } from "./geometry.js";
import type { GraphValue } from "./graph.js";
import { NCHW } from "./permutation.js";
import type { RecordedTensor, Recorder } from "./recorder.js";

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

/** The pixels that one cell (row, column) of the filter meets, [n, c, outHeight, outWidth]. */
export function pixelsUnder(
  recorder: Recorder,
  padded: GraphValue,
  geometry: WindowGeometry,
  row: number,
  column: number,
): GraphValue {
  const { graph } = recorder;
  const { strides, dilations, output } = geometry;
  const starts = [row * dilations[0], column * dilations[1]];
  const ends = starts.map((start, i) => start + (output[i]! - 1) * strides[i]! + 1);
  const [n, c] = padded.shape as [number, number];
  const inputs = [
    padded,
    graph.int64(starts),
    graph.int64(ends),
    graph.int64([2, 3]),
    graph.int64([...strides]),
  ];
  return graph.node1("Slice", inputs, { type: padded.type, shape: [n, c, ...output] });
}

/**
 * dL/dfilter[i, j, c, o] = Σₙ Σ_pixels x[n, c, pixel·stride + (i, j)] · dy[n, o, pixel]: for each image one product of
 * its unfolded pixels [cells·c, pixels] with dyᵀ [pixels, o], summed over the images.
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
  const cells: GraphValue[] = [];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) cells.push(pixelsUnder(recorder, padded, geometry, i, j));
  }
  const shape = [n, cells.length * c, ...geometry.output];
  const joined =
    cells.length === 1
      ? cells[0]!
      : graph.node1("Concat", cells, { type: "float32", shape }, { axis: { i: 1 } });
  const unfolded = recorder.reshape(joined, [n, cells.length * c, pixels]);
  const slopes = recorder.transpose(recorder.reshape(slope, [n, out, pixels]), [0, 2, 1]);
  const products = graph.node1("MatMul", [unfolded, slopes], {
    type: "float32",
    shape: [n, cells.length * c, out],
  });
  const sum = graph.node1(
    "ReduceSum",
    [products, graph.int64([0])],
    { type: "float32", shape: [cells.length * c, out] },
    { keepdims: { i: 0 } },
  );
  return recorder.wrap(recorder.reshape(sum, [height, width, c, out]), "float32");
}
