import { FormatError, ValueError } from "@wayweave/geo-core";
import { onnx } from "./generated/onnx-ml.js";

type Graph = onnx.GraphProto.$Properties;
type Model = onnx.ModelProto.$Properties;
/** The name in the joint graph of a value of the second model. */
type Rename = (name: string) => string;

/**
 * Two ONNX models as one: the second goes on where the first ends.
 *
 * Names inside the second are changed so that they cannot meet the first's; its outputs keep theirs. The joint model has the
 * outputs of both.
 *
 * @param connections for each input of the second the output of the first that feeds it
 * @returns the bytes of an `.onnx` file
 * @throws {FormatError} bytes that are no ONNX model
 * @throws {ValueError} an input or output that is not there, an input that is not fed, an output name that both have, or operator
 *   sets of different versions
 * @example appendOnnx(backbone, classifier, { features: "fc7" })
 */
export function appendOnnx(
  first: Uint8Array,
  second: Uint8Array,
  connections: Readonly<Record<string, string>>,
): Uint8Array {
  const [head, tail] = [decode(first), decode(second)];
  checkConnections(head.graph!, tail.graph!, connections);
  const rename = renaming(head.graph!, tail.graph!, connections);
  const model: Model = {
    ...head,
    irVersion: Math.max(Number(head.irVersion ?? 0), Number(tail.irVersion ?? 0)),
    opsetImport: joinOpsets(head, tail),
    metadataProps: [...(head.metadataProps ?? []), ...(tail.metadataProps ?? [])],
    functions: [...(head.functions ?? []), ...(tail.functions ?? [])],
    graph: joinGraphs(head.graph!, renameGraph(tail.graph!, rename)),
  };
  const bytes = onnx.ModelProto.encode(model).finish();
  return new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}

function decode(bytes: Uint8Array): Model {
  let model: Model;
  try {
    model = onnx.ModelProto.decode(bytes);
  } catch (cause) {
    throw new FormatError("appendOnnx: not an ONNX model", {}, { cause });
  }
  if (!model.graph) throw new FormatError("appendOnnx: not an ONNX model: it has no graph");
  return model;
}

function checkConnections(head: Graph, tail: Graph, connections: Readonly<Record<string, string>>): void {
  const where = "appendOnnx";
  const outputs = namesOf(head.output);
  // Old exporters list weights among the inputs.
  const weights = new Set(namesOf(tail.initializer));
  const inputs = namesOf(tail.input).filter((name) => !weights.has(name));
  for (const [input, output] of Object.entries(connections)) {
    if (!inputs.includes(input)) {
      throw new ValueError(`${where}: the second model's inputs are ${inputs.join(", ")}, got ${input}`);
    }
    if (!outputs.includes(output)) {
      throw new ValueError(`${where}: the first model's outputs are ${outputs.join(", ")}, got ${output}`);
    }
  }
  const open = inputs.find((name) => !(name in connections));
  if (open !== undefined) throw new ValueError(`${where}: connections must feed ${open}, got none`);
  const shared = namesOf(tail.output).find((name) => valuesOf(head).has(name));
  if (shared !== undefined) {
    throw new ValueError(`${where}: the models' outputs must have different names, got ${shared} in both`);
  }
}

function renaming(head: Graph, tail: Graph, connections: Readonly<Record<string, string>>): Rename {
  const taken = [...valuesOf(head)];
  let prefix = "appended/";
  while (taken.some((name) => name.startsWith(prefix))) prefix = `appended_${prefix}`;
  const outputs = new Set(namesOf(tail.output));
  return (name) => {
    if (name === "" || outputs.has(name)) return name;
    return connections[name] ?? `${prefix}${name}`;
  };
}

/** Every name that a graph gives to a value. */
function valuesOf(graph: Graph): Set<string> {
  const produced = (graph.node ?? []).flatMap(({ output }) => output ?? []);
  return new Set([...namesOf(graph.input), ...namesOf(graph.initializer), ...produced]);
}

function namesOf(entries: readonly { readonly name?: string | null }[] | null | undefined): string[] {
  return (entries ?? []).map(({ name }) => name ?? "");
}

/** A graph, and the bodies of its control flow, with other names for its values. */
function renameGraph(graph: Graph, rename: Rename): Graph {
  const renameAll = <T extends { name?: string | null }>(entries: T[] | null | undefined): T[] =>
    (entries ?? []).map((entry) => ({ ...entry, name: rename(entry.name ?? "") }));
  if (graph.sparseInitializer?.length) {
    throw new ValueError("appendOnnx: the second model must not have sparse weights");
  }
  return {
    ...graph,
    input: renameAll(graph.input),
    output: renameAll(graph.output),
    valueInfo: renameAll(graph.valueInfo),
    initializer: renameAll(graph.initializer),
    node: (graph.node ?? []).map((node) => ({
      ...node,
      name: rename(node.name ?? ""),
      input: (node.input ?? []).map(rename),
      output: (node.output ?? []).map(rename),
      attribute: (node.attribute ?? []).map((attribute) => ({
        ...attribute,
        ...(attribute.g ? { g: renameGraph(attribute.g, rename) } : {}),
        ...(attribute.graphs?.length
          ? { graphs: attribute.graphs.map((body) => renameGraph(body, rename)) }
          : {}),
      })),
    })),
  };
}

function joinGraphs(head: Graph, tail: Graph): Graph {
  return {
    ...head,
    name: `${head.name ?? ""}, ${tail.name ?? ""}`,
    node: [...(head.node ?? []), ...(tail.node ?? [])],
    initializer: [...(head.initializer ?? []), ...(tail.initializer ?? [])],
    valueInfo: [...(head.valueInfo ?? []), ...(tail.valueInfo ?? [])],
    output: [...(head.output ?? []), ...(tail.output ?? [])],
  };
}

function joinOpsets(head: Model, tail: Model): onnx.OperatorSetIdProto.$Properties[] {
  const versions = new Map<string, number>();
  for (const { domain, version } of [...(head.opsetImport ?? []), ...(tail.opsetImport ?? [])]) {
    const name = domain ?? "";
    const known = versions.get(name);
    if (known !== undefined && known !== Number(version)) {
      throw new ValueError(
        `appendOnnx: both models must use one version of operator set "${name}", got ${known} and ${version}`,
      );
    }
    versions.set(name, Number(version));
  }
  return [...versions].map(([domain, version]) => ({ domain, version }));
}
