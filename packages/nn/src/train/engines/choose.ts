import { checkOneOf, StateError } from "@wayweave/geo-core";
import { openSession, type Provider } from "../../inference/providers.js";
import { GraphBuilder } from "../../onnx/graph-builder.js";
import { firstLineOf } from "../../onnx/realm.js";
import { ENGINES, type Engine } from "./engine.js";
import { loadNativeTfjs } from "./tf-backend.js";

/** An engine that works here: eager on a tfjs backend, or compiled for a provider of ONNX Runtime. */
export type ChosenEngine =
  | { readonly engine: Exclude<Engine, "auto">; readonly kind: "eager"; readonly backend: string }
  | { readonly engine: Exclude<Engine, "auto">; readonly kind: "compiled"; readonly provider: Provider };

const PROVIDER_OF = { "ort-cpu": "cpu", "ort-cuda": "cuda", "ort-webgpu": "webgpu" } as const;

/** What is tried, in order, after an engine that does not work here. */
const AFTER: Readonly<Record<Engine, readonly Exclude<Engine, "auto">[]>> = {
  auto: ["tfjs-node-gpu", "tfjs-node", "ort-cuda", "ort-cpu"],
  "tfjs-node-gpu": ["tfjs-node-gpu", "tfjs-node", "ort-cpu"],
  "tfjs-node": ["tfjs-node", "ort-cpu"],
  "ort-cuda": ["ort-cuda", "ort-cpu"],
  "ort-webgpu": ["ort-webgpu", "ort-cpu"],
  "ort-cpu": ["ort-cpu"],
  "tfjs-cpu": ["tfjs-cpu"],
};

/**
 * Finds an engine that works. A missing library is one line through `onMessage` (for `"auto"`, absence is normal and
 * nothing is said), then the next engine.
 *
 * @throws {ValueError} an unknown engine
 */
export async function chooseEngine(
  where: string,
  wanted: Engine,
  onMessage: (message: string) => void,
): Promise<ChosenEngine> {
  checkOneOf(where, "engine", wanted, ENGINES);
  const order = AFTER[wanted];
  for (const [i, engine] of order.entries()) {
    const reason = await reasonAgainst(engine);
    if (reason === undefined) return describe(engine);
    const next = order[i + 1];
    if (wanted !== "auto") onMessage(`${where}: ${reason}; using ${next ?? "nothing"}`);
  }
  throw new StateError(`${where}: no engine works here`);
}

function describe(engine: Exclude<Engine, "auto">): ChosenEngine {
  if (engine in PROVIDER_OF) {
    return { engine, kind: "compiled", provider: PROVIDER_OF[engine as keyof typeof PROVIDER_OF] };
  }
  return { engine, kind: "eager", backend: engine === "tfjs-cpu" ? "cpu" : "tensorflow" };
}

/** What was found out, for the life of the process: looking costs up to a second. */
const reasons = new Map<Engine, Promise<string | undefined>>();

function reasonAgainst(engine: Exclude<Engine, "auto">): Promise<string | undefined> {
  const known = reasons.get(engine) ?? findReason(engine);
  reasons.set(engine, known);
  return known;
}

async function findReason(engine: Exclude<Engine, "auto">): Promise<string | undefined> {
  switch (engine) {
    case "tfjs-cpu":
    case "ort-cpu":
      return undefined;
    case "tfjs-node":
    case "tfjs-node-gpu":
      return loadNativeTfjs(engine);
    default:
      return tryProvider(PROVIDER_OF[engine]);
  }
}

/** Opens a small graph on a provider. @returns why that fails, in one line */
async function tryProvider(provider: Provider): Promise<string | undefined> {
  const graph = new GraphBuilder({ name: "probe" });
  const x = graph.input("x", "float32", [2, 2]);
  graph.output(graph.node1("MatMul", [x, x], { type: "float32", shape: [2, 2] }), "y");
  try {
    const { session } = await openSession("provider", graph.toBytes(), { providers: [provider] });
    await session.release();
    return undefined;
  } catch (error) {
    return firstLineOf(error).replace(/^provider: /, "");
  }
}
