import type { GraphNode, GraphValue } from "./graph.js";
import { samePermutation } from "./permutation.js";
import type { RecordedTensor, Recorder } from "./recorder.js";

/**
 * The gradient of max pooling after a relu, times the relu's slope. Where a window's largest value is positive the
 * relu's slope is 1 at its place; where it is not, nothing flows at all. So the slope can be taken from the pooled
 * values, a fraction as many, before they are spread out.
 *
 * @returns undefined where the product is not of that form
 */
export function maskBeforeScatter(
  recorder: Recorder,
  spread: RecordedTensor,
  slope: RecordedTensor,
): RecordedTensor | undefined {
  if (!samePermutation(spread.permutation, slope.permutation)) return undefined;
  const unpool = producer(spread.value, "MaxUnpool");
  const step = producer(slope.value, "HardSigmoid");
  const relu = step?.inputs[0];
  if (unpool === undefined || step === undefined || relu?.node?.op !== "Relu") return undefined;
  const [slopes, places] = unpool.inputs as [GraphValue, GraphValue];
  const pool = producer(places, "MaxPool");
  if (pool === undefined || pool.inputs[0] !== relu) return undefined;
  const { graph } = recorder;
  const isOpen = graph.node1("HardSigmoid", [pool.outputs[0]!], slopes, step.attributes);
  const masked = graph.node1("Mul", [slopes, isOpen], slopes);
  const value = graph.node1("MaxUnpool", [masked, places], spread.value, unpool.attributes);
  return { ...spread, value };
}

function producer(value: GraphValue | undefined, op: string): GraphNode | undefined {
  return value?.node?.op === op ? value.node : undefined;
}
