import { checkOneOf, StateError } from "@wayweave/geo-core";
import { ENGINES, type Engine } from "../../inference/engine.js";
import { openSession, type Provider } from "../../inference/providers.js";
import { GraphBuilder } from "../../onnx/graph-builder.js";
import { firstLineOf } from "../../onnx/realm.js";
import type { ChosenEngine } from "./engine.js";
import { measureStep } from "./measure-step.js";
import { loadNativeTfjs } from "./native-tfjs.js";

type Working = Exclude<Engine, "auto">;

/** What choosing asks of the machine; a test answers for it. */
export interface Machine {
  /** @returns undefined where the engine works, else one line that says why not */
  reasonAgainst(engine: Working): Promise<string | undefined>;
  /** Milliseconds of one training step of a small model. */
  stepMs(engine: ChosenEngine, threads: number | undefined): Promise<number>;
}

const PROVIDER_OF = { "ort-cpu": "cpu", "ort-cuda": "cuda", "ort-webgpu": "webgpu" } as const;

/** What is tried, in order, after an engine that does not work here. */
const AFTER: Readonly<Record<Working, readonly Working[]>> = {
  "tfjs-node-gpu": ["tfjs-node-gpu", "ort-cuda", "tfjs-node", "ort-cpu"],
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
  threads?: number,
  machine: Machine = thisMachine,
): Promise<ChosenEngine> {
  checkOneOf(where, "engine", wanted, ENGINES);
  if (wanted === "auto") return describe(await best(machine, threads));
  const order = AFTER[wanted];
  for (const [i, engine] of order.entries()) {
    const reason = await machine.reasonAgainst(engine);
    if (reason === undefined) return describe(engine);
    onMessage(`${where}: ${reason}; using ${order[i + 1] ?? "nothing"}`);
  }
  throw new StateError(`${where}: no engine works here`);
}

/** A GPU where one works, tfjs's before CUDA's provider; else the faster of two engines on the CPU. */
async function best(machine: Machine, threads: number | undefined): Promise<Working> {
  for (const engine of ["tfjs-node-gpu", "ort-cuda"] as const) {
    if ((await machine.reasonAgainst(engine)) === undefined) return engine;
  }
  if ((await machine.reasonAgainst("tfjs-node")) !== undefined) return "ort-cpu";
  const eager = await machine.stepMs(describe("tfjs-node"), threads);
  const compiled = await machine.stepMs(describe("ort-cpu"), threads);
  return eager < compiled ? "tfjs-node" : "ort-cpu";
}

function describe(engine: Working): ChosenEngine {
  if (engine in PROVIDER_OF) {
    return { engine, kind: "compiled", provider: PROVIDER_OF[engine as keyof typeof PROVIDER_OF] };
  }
  return { engine, kind: "eager", backend: engine === "tfjs-cpu" ? "cpu" : "tensorflow" };
}

/** What was found out, for the life of the process: looking costs up to a second, measuring up to two. */
const reasons = new Map<Working, Promise<string | undefined>>();
const measured = new Map<string, Promise<number>>();

const thisMachine: Machine = {
  reasonAgainst(engine) {
    const known = reasons.get(engine) ?? findReason(engine);
    reasons.set(engine, known);
    return known;
  },
  stepMs(engine, threads) {
    const key = `${engine.engine} ${threads}`;
    const known = measured.get(key) ?? measureStep(engine, threads);
    measured.set(key, known);
    return known;
  },
};

async function findReason(engine: Working): Promise<string | undefined> {
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
