import { ShapeError, ValueError } from "@wayweave/geo-core";
import { type OnnxTensor, readOnnxInitializers } from "../onnx/initializers.js";
import type { HostTensor } from "../train/host-tensor.js";

/** Which stored tensor a parameter comes from. */
export interface WeightSource {
  /** Its name in the stored model. */
  readonly initializer: string;
  /**
   * The stored axes in the parameter's order, as in `tf.transpose`: `[2, 3, 1, 0]` turns ONNX's convolution kernels
   * (output, input, height, width) into tfjs's (height, width, input, output).
   */
  readonly permutation?: readonly number[];
}

const WHERE = "loadOnnxParams";

/**
 * Parameters whose values come from an ONNX model's weights, for fine-tuning; give them to `createTrainStep` or
 * `TrainStep.setParams`.
 *
 * @param source path of an `.onnx` file, or its bytes
 * @param params the parameters as they are; only types and shapes are read
 * @param mapping for each parameter to load, the initializer it comes from. Names are in the model: Netron shows
 *   them, {@link readOnnxInitializers} lists them.
 * @returns the mapped parameters
 * @throws {ValueError} an unknown parameter or initializer, a type that does not fit, a bad permutation
 * @throws {ShapeError} a stored tensor of another shape than the parameter's
 * @throws {FormatError} not an ONNX model
 */
export function loadOnnxParams(
  source: string | Uint8Array,
  params: Readonly<Record<string, HostTensor>>,
  mapping: Readonly<Record<string, string | WeightSource>>,
): Record<string, HostTensor> {
  const stored = readOnnxInitializers(source);
  const loaded: Record<string, HostTensor> = {};
  for (const [name, from] of Object.entries(mapping)) {
    const param = params[name];
    if (param === undefined) throw new ValueError(`${WHERE}: ${name} is not a parameter`);
    const { initializer, permutation } = typeof from === "string" ? { initializer: from } : from;
    const tensor = stored.get(initializer);
    if (tensor === undefined) {
      const some = [...stored.keys()].slice(0, 8).join(", ");
      throw new ValueError(
        `${WHERE}: the model has no initializer ${initializer} for ${name}; it has ${stored.size}: ${some}${stored.size > 8 ? ", …" : ""}`,
      );
    }
    loaded[name] = fit(
      name,
      param,
      initializer,
      permutation === undefined ? tensor : permuted(name, tensor, permutation),
    );
  }
  return loaded;
}

function fit(name: string, { type, shape }: HostTensor, initializer: string, tensor: OnnxTensor): HostTensor {
  if (tensor.shape.join() !== shape.join()) {
    throw new ShapeError(
      `${WHERE}: ${name} must have shape [${shape.join(", ")}], got [${tensor.shape.join(", ")}] from ${initializer}`,
    );
  }
  const { data } = tensor;
  if (type === "float32" && (tensor.type === "float32" || tensor.type === "float64")) {
    return { type, shape, data: Float32Array.from(data as Float32Array | Float64Array) };
  }
  if (type === "int32" && (tensor.type === "int32" || tensor.type === "int64")) {
    return { type, shape, data: Int32Array.from(data as ArrayLike<number | bigint>, Number) };
  }
  if (type === "bool" && tensor.type === "bool") return { type, shape, data: (data as Uint8Array).slice() };
  throw new ValueError(`${WHERE}: ${name} must be ${type}, got ${tensor.type} from ${initializer}`);
}

/** The tensor with its axes in another order. */
function permuted(
  name: string,
  { type, shape, data }: OnnxTensor,
  permutation: readonly number[],
): OnnxTensor {
  const isPermutation =
    permutation.length === shape.length && shape.every((_, axis) => permutation.includes(axis));
  if (!isPermutation || !ArrayBuffer.isView(data)) {
    throw new ValueError(
      `${WHERE}: permutation of ${name} must hold the axes 0 … ${shape.length - 1}, got [${permutation.join(", ")}]`,
    );
  }
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const newShape = permutation.map((axis) => shape[axis]!);
  const source = data as Float32Array;
  const target = source.slice();
  const index = new Array<number>(shape.length).fill(0);
  for (let k = 0; k < target.length; k++) {
    let from = 0;
    for (let i = 0; i < index.length; i++) from += index[i]! * strides[permutation[i]!]!;
    target[k] = source[from]!;
    for (let i = index.length - 1; i >= 0 && ++index[i]! === newShape[i]; i--) index[i] = 0;
  }
  return { type, shape: newShape, data: target };
}
