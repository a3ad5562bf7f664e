import { ValueError } from "@wayweave/geo-core";
import { record } from "../train/record/backend.js";
import type { Graph, GraphValue } from "../train/record/graph.js";
import { withOnnxGru } from "../train/record/kernels/gru.js";
import type { TensorMap } from "../train/step-definition.js";
import type { Tensor } from "../train/tfjs.js";
import type { ExportOptions } from "./export-options.js";
import type { Sizes } from "./extent.js";

/** A forward function recorded at fixed sizes. Parameters are inputs of the graph, under their own names. */
export interface RecordedForward {
  readonly graph: Graph;
  readonly outputs: Map<string, GraphValue>;
}

/** The name that a model's input has in a recording, where parameters have theirs. */
export function inputKey(name: string): string {
  return `input:${name}`;
}

/**
 * Records the function at the given sizes of the dynamic axes.
 *
 * @param onnxGru whether `gru` becomes ONNX's GRU, or its steps one by one
 */
export function recordForward(
  options: Pick<ExportOptions, "forward" | "params" | "inputs" | "output">,
  axes: readonly string[],
  sizes: Sizes,
  { onnxGru }: { readonly onnxGru: boolean },
): RecordedForward {
  const { forward, params, inputs, output = "output" } = options;
  const run = () =>
    record((session) => {
      const paramTensors: Record<string, Tensor> = {};
      for (const [name, { shape, type }] of Object.entries(params)) {
        paramTensors[name] = session.input(name, shape, type);
      }
      const inputTensors: Record<string, Tensor> = {};
      for (const [name, { shape, type }] of Object.entries(inputs)) {
        inputTensors[name] = session.input(inputKey(name), resolveShape(shape, axes, sizes), type);
      }
      const result = forward(paramTensors, inputTensors);
      const named = isTensor(result) ? { [output]: result } : result;
      if (Object.keys(named).length === 0) {
        throw new ValueError("exportOnnx: forward must return at least one tensor");
      }
      const outputs = new Map<string, GraphValue>();
      for (const [name, tensor] of Object.entries(named)) {
        outputs.set(name, session.recorder.full(session.recorded(tensor)));
      }
      return { graph: session.recorder.graph, outputs };
    });
  return withOnnxGru(onnxGru ? "always" : "never", run);
}

/** The shape with names replaced by sizes. */
export function resolveShape(
  shape: readonly (number | string)[],
  axes: readonly string[],
  sizes: Sizes,
): number[] {
  return shape.map((axis) => (typeof axis === "string" ? sizes[axes.indexOf(axis)]! : axis));
}

function isTensor(result: Tensor | TensorMap): result is Tensor {
  return "dataId" in result;
}
