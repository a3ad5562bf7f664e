import { checkArray, checkGiven, ShapeError, ValueError } from "@wayweave/geo-core";
import { toOnnxData } from "../onnx/tensor-data.js";
import type { OnnxData } from "../onnx/types.js";
import { describeSpecs, type Inputs, type TensorSpec } from "./predictor.js";

/** An input that fits its specification. */
export interface CheckedInput {
  readonly spec: TensorSpec;
  readonly data: OnnxData;
  readonly shape: readonly number[];
}

/**
 * Checks all inputs against the model before anything runs, and turns plain arrays into typed ones.
 *
 * @throws {ValueError} an input is missing or unknown, or its values are of another type
 * @throws {ShapeError} a rank or size differs, or two inputs disagree about a named axis
 */
export function checkInputs(where: string, specs: readonly TensorSpec[], inputs: Inputs): CheckedInput[] {
  checkArray(where, "inputs of the model", specs);
  checkGiven(where, "inputs", inputs);
  for (const name of Object.keys(inputs)) {
    if (!specs.some((spec) => spec.name === name)) {
      throw new ValueError(`${where}: input ${name} is unknown; the model takes ${describeSpecs(specs)}`);
    }
  }
  const axes = new Map<string, { size: number; input: string }>();
  return specs.map((spec) => {
    const input = inputs[spec.name];
    if (input === undefined) {
      throw new ValueError(
        `${where}: input ${spec.name} is missing; the model takes ${describeSpecs(specs)}`,
      );
    }
    checkGiven(where, `input ${spec.name}`, input);
    checkArray(where, `shape of input ${spec.name}`, input.shape);
    checkShape(where, spec, input.shape, axes);
    const data = toOnnxData(`${where}: input ${spec.name}`, spec.type, input.shape, input.data);
    return { spec, data, shape: input.shape };
  });
}

function checkShape(
  where: string,
  spec: TensorSpec,
  shape: readonly number[],
  axes: Map<string, { size: number; input: string }>,
): void {
  const required = `${where}: input ${spec.name} must have shape [${spec.shape.join(", ")}]`;
  const got = `got [${shape.join(", ")}]`;
  if (shape.length !== spec.shape.length) throw new ShapeError(`${required}, ${got}`);
  spec.shape.forEach((axis, i) => {
    const size = shape[i]!;
    if (!Number.isSafeInteger(size) || size < 0 || (typeof axis === "number" && size !== axis)) {
      throw new ShapeError(`${required}, ${got}`);
    }
    if (typeof axis === "number" || axis === "") return;
    const bound = axes.get(axis);
    if (bound === undefined) axes.set(axis, { size, input: spec.name });
    else if (bound.size !== size) {
      throw new ShapeError(`${required} with ${axis} = ${bound.size} as in input ${bound.input}, ${got}`);
    }
  });
}

/** @throws {ValueError} a name that is not an output of the model */
export function checkOutputNames(
  where: string,
  specs: readonly TensorSpec[],
  names: readonly string[] | undefined,
): readonly string[] {
  if (names === undefined) return specs.map((spec) => spec.name);
  for (const name of names) {
    if (!specs.some((spec) => spec.name === name)) {
      throw new ValueError(`${where}: output ${name} is unknown; the model gives ${describeSpecs(specs)}`);
    }
  }
  return names;
}
