import { ShapeError, ValueError } from "@wayweave/geo-core";
import { asOwnArray, kindOf } from "../onnx/realm.js";
import { type Tensor, tf } from "./tfjs.js";

/** The element types that training knows. */
export type TensorType = "float32" | "int32" | "bool";

/** A tensor as plain data, row-major: what parameters and batches are made of outside the engines. */
export interface HostTensor {
  /** The element type, which decides the kind of `data`. */
  readonly type: TensorType;
  /** Sizes of all axes; their product is the length of `data`. */
  readonly shape: readonly number[];
  /** A Float32Array for float32, an Int32Array for int32, a Uint8Array of 0 and 1 for bool. */
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** Type and shape of one entry of a batch; `null` is an extent that may differ from batch to batch. */
export interface TensorSpec {
  /** The element type. */
  readonly type: TensorType;
  /** Sizes of all axes, `null` where open. */
  readonly shape: readonly (number | null)[];
}

/** One entry of a batch: values alone where at most one extent is open, else with their shape. */
export type BatchEntry =
  | HostTensor["data"]
  | { readonly data: HostTensor["data"]; readonly shape: readonly number[] };

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function zeros(type: TensorType, shape: readonly number[]): HostTensor {
  return { type, shape, data: new ARRAYS[type](elementCount(shape)) };
}

export function copyOf(tensor: HostTensor): HostTensor {
  // A new array of this realm's class, whatever the old one's.
  return { type: tensor.type, shape: [...tensor.shape], data: new ARRAYS[tensor.type](tensor.data) };
}

export function toTfTensor({ type, shape, data }: HostTensor): Tensor {
  return tf.tensor(data, [...shape], type);
}

/** @throws {ShapeError | ValueError} a tensor whose values do not fit its type or shape */
export function checkHostTensor(where: string, name: string, tensor: HostTensor): void {
  const array = ARRAYS[tensor.type];
  if (array === undefined) {
    throw new ValueError(
      `${where}: type of ${name} must be float32, int32 or bool, got ${String(tensor.type)}`,
    );
  }
  if (kindOf(tensor.data) !== array.name) {
    throw new ValueError(
      `${where}: ${name} must hold a ${array.name} (${tensor.type}), got ${kindOf(tensor.data)}`,
    );
  }
  const count = elementCount(tensor.shape);
  if (tensor.data.length !== count) {
    throw new ShapeError(
      `${where}: ${name} must have ${count} values for shape [${tensor.shape}], got ${tensor.data.length}`,
    );
  }
}

/**
 * Matches a batch with its specification and fills in open extents.
 *
 * @throws {ShapeError} an entry that does not fit
 * @throws {ValueError} an entry that is missing, unknown or of the wrong kind
 */
export function resolveBatch(
  where: string,
  spec: Readonly<Record<string, TensorSpec>>,
  batch: Readonly<Record<string, BatchEntry>>,
): Record<string, HostTensor> {
  for (const name of Object.keys(batch)) {
    if (!(name in spec)) {
      throw new ValueError(
        `${where}: batch entry ${name} is not in the batchSpec (${Object.keys(spec).join(", ")})`,
      );
    }
  }
  const resolved: Record<string, HostTensor> = {};
  for (const [name, { type, shape }] of Object.entries(spec)) {
    const entry = batch[name];
    if (entry === undefined) throw new ValueError(`${where}: batch entry ${name} is missing`);
    const data = "data" in entry ? entry.data : entry;
    const known = "data" in entry ? entry.shape : inferShape(where, name, shape, data.length);
    const tensor: HostTensor = {
      type,
      shape: known,
      data: asOwnArray<HostTensor["data"]>(ARRAYS[type] as Float32ArrayConstructor, data) ?? data,
    };
    checkFits(where, name, shape, known);
    checkHostTensor(where, name, tensor);
    resolved[name] = tensor;
  }
  return resolved;
}

function inferShape(where: string, name: string, shape: TensorSpec["shape"], length: number): number[] {
  const open = shape.filter((extent) => extent === null).length;
  if (open > 1) throw new ShapeError(`${where}: ${name} has ${open} open extents: pass { data, shape }`);
  const rest = shape.reduce<number>((product, extent) => product * (extent ?? 1), 1);
  return shape.map((extent) => extent ?? length / rest);
}

function checkFits(where: string, name: string, spec: TensorSpec["shape"], shape: readonly number[]): void {
  const fits =
    spec.length === shape.length &&
    shape.every(
      (extent, i) => Number.isSafeInteger(extent) && extent >= 0 && (spec[i] === null || spec[i] === extent),
    );
  if (!fits) {
    const wanted = spec.map((extent) => extent ?? "any").join(", ");
    throw new ShapeError(`${where}: ${name} must have shape [${wanted}], got [${shape.join(", ")}]`);
  }
}
