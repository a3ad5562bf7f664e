import type { GraphNode, GraphValue } from "../train/record/graph.js";

/** The same value in every recording of a function. */
export type Versions = readonly GraphValue[];

export function keyOf(versions: Versions): string {
  return versions.map(({ id }) => id).join();
}

/** What the outputs depend on. */
export interface Walk {
  /** The first result of each node, in the order of recording, which is topological. */
  readonly nodes: readonly Versions[];
  /** Values of the first recording that something reads. */
  readonly read: ReadonlySet<GraphValue>;
}

/**
 * Walks the recordings side by side.
 *
 * @param refuse called where the operators of the recordings differ
 */
export function walk(outputs: Iterable<Versions>, refuse: (what: string) => never): Walk {
  const seen = new Set<string>();
  const nodes = new Map<string, Versions>();
  const read = new Set<GraphValue>();
  const pending = [...outputs];
  for (let versions = pending.pop(); versions !== undefined; versions = pending.pop()) {
    const key = keyOf(versions);
    if (seen.has(key)) continue;
    seen.add(key);
    read.add(versions[0]!);
    if (versions[0]!.node === undefined) continue;
    const first = firstResults(versions, refuse);
    if (nodes.has(keyOf(first))) continue;
    nodes.set(keyOf(first), first);
    for (const input of inputsOf(first)) if (input !== undefined) pending.push(input);
  }
  return { nodes: [...nodes.values()].sort((a, b) => a[0]!.id - b[0]!.id), read };
}

/** The inputs of a node, each in all recordings. */
export function inputsOf(first: Versions): (Versions | undefined)[] {
  return first[0]!.node!.inputs.map((input, i) =>
    input === undefined ? undefined : first.map((version) => version.node!.inputs[i]!),
  );
}

/** A result of a node, in all recordings. */
export function resultOf(first: Versions, index: number): Versions {
  return first.map((version) => version.node!.outputs[index]!);
}

/** Whether a constant is the same in all recordings. */
export function isSameConstant(versions: Versions): boolean {
  return versions.every((version) => sameConstant(version, versions[0]!));
}

/** The first result of the value's node, in every recording, after checking that the nodes agree. */
function firstResults(versions: Versions, refuse: (what: string) => never): Versions {
  const { node, index } = producer(versions[0]!)!;
  for (const version of versions) {
    const other = producer(version);
    if (other === undefined || other.index !== index || !sameKind(node, other.node)) {
      refuse(`${node.op} in one recording is ${other?.node.op ?? "a constant"} in another`);
    }
  }
  return resultOf(versions, 0);
}

/** The node that computes a value, and which of its results the value is. */
function producer(value: GraphValue): { node: GraphNode; index: number } | undefined {
  if (value.node === undefined) return undefined;
  return { node: value.node, index: value.node.outputs.indexOf(value) };
}

function sameKind(a: GraphNode, b: GraphNode): boolean {
  return (
    a.op === b.op &&
    a.domain === b.domain &&
    a.outputs.length === b.outputs.length &&
    a.inputs.length === b.inputs.length &&
    a.inputs.every((input, i) => (input === undefined) === (b.inputs[i] === undefined)) &&
    JSON.stringify(a.attributes) === JSON.stringify(b.attributes)
  );
}

function sameConstant(a: GraphValue, b: GraphValue): boolean {
  if (a.type !== b.type || a.shape.join() !== b.shape.join()) return false;
  const [x, y] = [a.data, b.data];
  if (x === undefined || y === undefined || x.length !== y.length) return false;
  for (let i = 0; i < x.length; i++) if (!Object.is(x[i], y[i])) return false;
  return true;
}
