import { ValueError } from "@wayweave/geo-core";
import { type GraphBuilder, GraphOps, type Value } from "@wayweave/nn";
import { exportOnnx, type HostTensor } from "@wayweave/nn/train";
import { checkObject, kindOf } from "../inputs/check-trips.js";
import { checkVocabulary, type Vocabulary } from "../tokens/vocabulary.js";
import type { E2DTCConfig } from "./config.js";
import { encode, softAssign } from "./forward.js";
import { type ModelInfo, type ModelProvenance, modelMetadata } from "./model-file.js";
import type { Params } from "./params.js";
import { tokenizeGraph } from "./tokenize-graph.js";

/** A trained network and all that makes it a model. */
export interface ModelParts {
  /** The whole configuration that it was trained with. */
  readonly config: E2DTCConfig;
  /** The cells that its trips are spelt with. */
  readonly vocabulary: Vocabulary;
  /** Parameters by name; the decoder's, which no model needs, are left out of the file. */
  readonly params: Params;
  /** Row-major, `[k × hidden]`. */
  readonly centers: Float32Array;
  /** How it was trained, for the file's metadata. */
  readonly provenance: ModelProvenance;
}

/**
 * Writes a model as one self-contained ONNX file with dynamic batch and time: `coordinates` (float64, `[batch, time, 2]`,
 * longitude and latitude, or x and y) and `lengths` (int32, `[batch]`, points of each, at least 1), with `network.timeOfDay` also `times`
 * (float64, `[batch, time]`, milliseconds since the Unix epoch) →
 * `embedding` (float32, `[batch, hidden]`), `softAssignment` (float32, `[batch, k]`) and `label` (int32, `[batch]`).
 */
export async function exportModel(parts: ModelParts): Promise<Uint8Array> {
  checkObject("exportModel", "parts", parts);
  const { config, vocabulary, params, centers, provenance } = parts;
  for (const [name, part] of Object.entries({ config, params, provenance })) {
    checkObject("exportModel", name, part);
  }
  checkVocabulary("exportModel", vocabulary);
  if (!ArrayBuffer.isView(centers)) {
    throw new ValueError(`exportModel: centers must be a Float32Array, got ${kindOf(centers)}`);
  }
  const { hidden, offsets, timeOfDay } = config.network;
  const k = centers.length / hidden;
  const info: ModelInfo = {
    k,
    hidden,
    coordinateSystem: vocabulary.coordinateSystem,
    area: areaOf(vocabulary),
    tokens: {
      cellSizeMeters: vocabulary.cellSizeMeters,
      keepRepeats: config.tokens.keepRepeats,
      vocabularySize: vocabulary.size,
    },
    ...(timeOfDay ? { timeOfDay } : {}),
  };
  const isEncoder = ([name]: [string, HostTensor]) => /^(embedding$|encoder\/|input\/|tables\/)/.test(name);
  const { bytes } = await exportOnnx({
    name: "e2dtc",
    forward: (all, inputs) => {
      const input = {
        tokens: inputs.tokens!.transpose(),
        lengths: inputs.lengths!,
        ...(offsets ? { within: inputs.within!.transpose([1, 0, 2]) } : {}),
        ...(timeOfDay ? { timeOfDay: inputs.timeOfDay!.transpose() } : {}),
      };
      const { embedding } = encode(all, input, config.network);
      return { embedding, softAssignment: softAssign(embedding, all.centers!) };
    },
    params: {
      ...Object.fromEntries(
        Object.entries(params)
          .filter(isEncoder)
          .map(([name, value]) => [name, value]),
      ),
      centers: { type: "float32", shape: [k, hidden], data: centers },
    },
    inputs: {
      tokens: {
        type: "int32",
        shape: ["batch", "time"],
        sample: (shape, random) =>
          Int32Array.from({ length: shape[0]! * shape[1]! }, () => random.integer(vocabulary.size)),
      },
      ...(offsets ? { within: { type: "float32", shape: ["batch", "time", 2] } as const } : {}),
      ...(timeOfDay ? { timeOfDay: { type: "float32", shape: ["batch", "time"] } as const } : {}),
      lengths: {
        type: "int32",
        shape: ["batch"],
        sample: ([batch], random, { time }) =>
          Int32Array.from({ length: batch! }, () => 1 + random.integer(time!)),
      },
    },
    prepend: (graph) => {
      const { keepRepeats } = config.tokens;
      const { within, ...spelt } = tokenizeGraph(graph, vocabulary, { keepRepeats, timeOfDay });
      return offsets ? { ...spelt, within } : spelt;
    },
    append: addLabel,
    metadata: modelMetadata(info, provenance),
  });
  return bytes;
}

/** What a vocabulary's grid covers. */
function areaOf({ minX, minY, columns, rows, cellSizeMeters }: Vocabulary): [number, number, number, number] {
  return [minX, minY, minX + columns * cellSizeMeters, minY + rows * cellSizeMeters];
}

/** The likeliest cluster, the first of equal ones. */
function addLabel(graph: GraphBuilder, outputs: Readonly<Record<string, Value>>): Record<string, Value> {
  const label = graph.node1(
    "ArgMax",
    [outputs.softAssignment!],
    { type: "int64", shape: ["batch"] },
    { axis: { i: 1 }, keepdims: { i: 0 } },
  );
  return { ...outputs, label: new GraphOps(graph).cast(label, "int32") };
}
