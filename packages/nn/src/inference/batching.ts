import { checkPositiveInteger, ShapeError, ValueError } from "@wayweave/geo-core";
import { allocateData } from "../onnx/tensor-data.js";
import type { OnnxData } from "../onnx/types.js";
import type { CheckedInput } from "./check-inputs.js";
import type { Outputs, OutputTensor, TensorSpec } from "./predictor.js";

/** A run of rows of the batch axis. */
export interface Batch {
  readonly start: number;
  readonly count: number;
  readonly inputs: readonly CheckedInput[];
}

/** Cuts checked inputs along their batch axis. */
export interface BatchPlan {
  /** Rows of the batch axis; 1 when the model has no batch axis. */
  readonly rows: number;
  readonly batches: readonly Batch[];
}

/**
 * Plans the batches of a run. The batch axis is the first axis of the first input whose first axis is dynamic;
 * every input whose first axis has the same name is cut with it, the others go whole into every batch.
 *
 * @throws {ValueError} batchSize is no positive integer, or it is given for a model without a dynamic first axis
 */
export function planBatches(
  where: string,
  inputs: readonly CheckedInput[],
  batchSize: number | undefined,
): BatchPlan {
  if (batchSize !== undefined) checkPositiveInteger(where, "batchSize", batchSize);
  const leader = inputs.find(({ spec }) => typeof spec.shape[0] === "string");
  if (leader === undefined) {
    if (batchSize !== undefined) {
      throw new ValueError(
        `${where}: batchSize needs an input whose first axis is dynamic; the model has none`,
      );
    }
    return { rows: 1, batches: [{ start: 0, count: 1, inputs }] };
  }
  const rows = leader.shape[0]!;
  const size = batchSize ?? rows;
  if (rows <= size) return { rows, batches: [{ start: 0, count: rows, inputs }] };
  const axis = leader.spec.shape[0];
  const batches: Batch[] = [];
  for (let start = 0; start < rows; start += size) {
    const count = Math.min(size, rows - start);
    const cut = inputs.map((input) =>
      input.spec.shape[0] === axis && input.shape[0] === rows ? sliceRows(input, start, count) : input,
    );
    batches.push({ start, count, inputs: cut });
  }
  return { rows, batches };
}

/** Rows of an input, as a view where the data is a typed array. */
function sliceRows(input: CheckedInput, start: number, count: number): CheckedInput {
  const width = input.shape.slice(1).reduce((product, size) => product * size, 1);
  const { data } = input;
  const rows = isStrings(data)
    ? data.slice(start * width, (start + count) * width)
    : data.subarray(start * width, (start + count) * width);
  return { ...input, data: rows, shape: [count, ...input.shape.slice(1)] };
}

/**
 * Joins the outputs of consecutive batches. Batches may be put in any order; the arrays are allocated when the
 * first arrives.
 */
export class OutputJoiner {
  readonly #where: string;
  readonly #plan: BatchPlan;
  readonly #specs: readonly TensorSpec[];
  #joined: Outputs = {};

  constructor(where: string, plan: BatchPlan, specs: readonly TensorSpec[]) {
    this.#where = where;
    this.#plan = plan;
    this.#specs = specs;
  }

  /**
   * @throws {ValueError} an output has no batch axis, so that parts of it cannot be joined
   * @throws {ShapeError} an output's rows differ in shape between batches (a dynamic axis that depends on the data)
   */
  put(batch: Batch, outputs: Outputs): void {
    if (this.#plan.batches.length === 1) {
      this.#joined = outputs;
      return;
    }
    const { rows } = this.#plan;
    for (const [name, part] of Object.entries(outputs)) {
      this.#checkBatchAxis(name, part, batch.count);
      const width = part.data.length / batch.count;
      const whole = this.#joined[name] ?? {
        type: part.type,
        shape: [rows, ...part.shape.slice(1)],
        data: allocateData(part.type, rows * width),
      };
      this.#joined[name] = whole;
      if (whole.shape.slice(1).join() !== part.shape.slice(1).join()) {
        throw new ShapeError(
          `${this.#where}: output ${name} has rows of shape [${part.shape.slice(1).join(", ")}] in one batch and [${whole.shape.slice(1).join(", ")}] in another; run the batches one by one (predictInBatches)`,
        );
      }
      copyInto(whole.data, part.data, batch.start * width);
    }
  }

  get outputs(): Outputs {
    return this.#joined;
  }

  #checkBatchAxis(name: string, part: OutputTensor, count: number): void {
    const spec = this.#specs.find((candidate) => candidate.name === name);
    if (typeof spec?.shape[0] === "string" && part.shape[0] === count) return;
    throw new ValueError(
      `${this.#where}: output ${name} has no batch axis (shape [${part.shape.join(", ")}]), so its batches cannot be joined; leave batchSize out or choose other outputs`,
    );
  }
}

function copyInto(whole: OnnxData, part: OnnxData, offset: number): void {
  if (isStrings(whole)) {
    const target = whole as string[];
    for (let i = 0; i < part.length; i++) target[offset + i] = (part as readonly string[])[i]!;
  } else (whole as Float32Array).set(part as Float32Array, offset);
}

function isStrings(data: OnnxData): data is readonly string[] {
  return !ArrayBuffer.isView(data);
}
