import { checkArray, ValueError } from "@wayweave/geo-core";
import type { onnx } from "./generated/onnx-ml.js";
import { isOnnxType, type OnnxType, onnxTypeCode, type Value } from "./types.js";

/** protobuf cannot express a message of 2 GiB or more. */
export const MAX_MODEL_BYTES = 2 ** 31 - 1;
/** Constants up to this size are shared when their type, shape and values are equal. */
const SHARED_CONSTANT_BYTES = 1024;

/** The oldest ONNX file version that may hold the operator set, so that older runtimes accept the file. */
export function irVersionFor(opset: number): number {
  if (opset <= 18) return 8;
  if (opset <= 20) return 9;
  if (opset <= 22) return 10;
  return opset === 23 ? 11 : 12;
}

export function valueInfo({ name, type, shape }: Value): onnx.ValueInfoProto.$Properties {
  const dim = shape.map((axis) => (typeof axis === "string" ? { dimParam: axis } : { dimValue: axis }));
  return { name, type: { tensorType: { elemType: onnxTypeCode(type), shape: { dim } } } };
}

export function checkShape(
  where: string,
  name: string,
  type: string,
  shape: readonly (number | string)[],
): readonly (number | string)[] {
  if (!isOnnxType(type)) throw new ValueError(`${where}: type of ${name} is unknown: ${type}`);
  checkArray(where, `shape of ${name}`, shape);
  for (const axis of shape) {
    if (typeof axis === "string" ? axis === "" : !Number.isSafeInteger(axis) || axis < 0) {
      throw new ValueError(
        `${where}: shape of ${name} must hold counts or axis names, got [${shape.join(", ")}]`,
      );
    }
  }
  return [...shape];
}

export function sharingKey(
  type: OnnxType,
  shape: readonly number[],
  { rawData }: onnx.TensorProto.$Properties,
): string | undefined {
  if (!rawData || rawData.byteLength > SHARED_CONSTANT_BYTES) return undefined;
  return `${type}|${shape.join(",")}|${Buffer.from(rawData.buffer, rawData.byteOffset, rawData.byteLength).toString("latin1")}`;
}

export function tooLarge(name: string, bytes: number): ValueError {
  return new ValueError(
    `GraphBuilder.toBytes: graph ${name} holds ${bytes} bytes; an ONNX file must stay below 2 GiB (${MAX_MODEL_BYTES} bytes)`,
  );
}
