import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { createTrainStep, type Engine } from "@wayweave/nn/train";
import { z } from "zod";
import { rawArrays } from "../../results/raw-arrays.js";
import { defineExperiment, type MetricValues, type Row, type RunContext } from "../experiment.js";
import { type BenchModel, gruSeq2Seq, type SequenceSizes, twoTowerCnn } from "./systems/models.js";

interface EngineParameters {
  readonly sequences: SequenceSizes;
  /** Timed steps of the fast engines; tfjs's cpu gets one. */
  readonly steps: number;
  /** Examples a step. tfjs's cpu gets fewer: its time grows in proportion, and a full batch takes minutes. */
  readonly batch: number;
  readonly slowBatch: number;
}

const engineRawSchema = z.object({
  durationsMs: rawArrays.float64,
  /** CPU time of the whole process, all threads. */
  cpuTimesMs: rawArrays.float64,
  examples: z.number().int().positive(),
  flops: z.number().positive(),
  compileMs: z.number().nonnegative(),
  graphNodes: z.number().int().nonnegative(),
  modelBytes: z.number().int().nonnegative(),
  /** Resident memory after the largest step, less that before the model was made. */
  peakMebibytes: z.number(),
});
type EngineRaw = z.infer<typeof engineRawSchema>;

type ModelName = "two-tower CNN" | "GRU seq2seq";

function makeModel(
  name: ModelName,
  examples: number,
  parameters: EngineParameters,
  context: RunContext,
): BenchModel {
  const random = context.random.split(name);
  return name === "GRU seq2seq"
    ? gruSeq2Seq(examples, parameters.sequences, random)
    : twoTowerCnn(examples, random);
}

async function measure(
  model: BenchModel,
  { engine, threads, isSlow = false }: System,
  wantedSteps: number,
  context: RunContext,
): Promise<EngineRaw> {
  const [steps, warmUp] = isSlow ? [1, 0] : [wantedSteps, 2];
  const before = process.memoryUsage().rss;
  const messages: string[] = [];
  const step = await createTrainStep({
    ...model.options,
    engine,
    ...(threads === undefined ? {} : { threads }),
    onMessage: (message) => messages.push(message),
  });
  try {
    // A row's name says which engine it measures: another one in its place would be a wrong figure.
    if (step.engine !== engine) throw new Error(messages.join("; "));
    context.reportEngine(step.engine);
    await step.prepare(model.batch);
    let peak = 0;
    const durationsMs = new Float64Array(steps);
    const cpuTimesMs = new Float64Array(steps);
    for (let i = -warmUp; i < steps; i++) {
      context.signal.throwIfAborted();
      const started = performance.now();
      const startedCpu = process.cpuUsage();
      await step.step(model.batch);
      if (i >= 0) {
        durationsMs[i] = performance.now() - started;
        const { user, system } = process.cpuUsage(startedCpu);
        cpuTimesMs[i] = (user + system) / 1000;
      }
      peak = Math.max(peak, process.memoryUsage().rss);
      context.onProgress({ done: i + warmUp + 1, total: steps + warmUp });
    }
    const { compileMs, nodeCount, modelBytes } = step.compileInfo;
    return {
      durationsMs,
      cpuTimesMs,
      examples: model.examples,
      flops: model.flops,
      compileMs,
      graphNodes: nodeCount,
      modelBytes,
      peakMebibytes: (peak - before) / 2 ** 20,
    };
  } finally {
    await step.dispose();
  }
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function score({
  durationsMs,
  cpuTimesMs,
  examples,
  flops,
  compileMs,
  peakMebibytes,
}: EngineRaw): MetricValues {
  const medianMs = median(durationsMs);
  return {
    medianMs,
    cpuMs: median(cpuTimesMs),
    examplesPerSecond: (1000 * examples) / medianMs,
    gflops: flops / medianMs / 1e6,
    compileMs,
    peakMebibytes,
  };
}

/** Whether @wayweave/nn finds a tfjs-node whose native addon is there. */
function hasTfjsNode(): boolean {
  try {
    const nn = createRequire(createRequire(import.meta.url).resolve("@wayweave/nn/package.json"));
    const folder = path.dirname(nn.resolve("@tensorflow/tfjs-node/package.json"));
    return [8, 9, 10].some((version) =>
      existsSync(path.join(folder, `lib/napi-v${version}/tfjs_binding.node`)),
    );
  } catch {
    return false;
  }
}

/** An engine and how it is measured. */
interface System {
  readonly name: string;
  readonly engine: Engine;
  readonly threads?: number;
  readonly isSlow?: boolean;
}

const REFERENCE = "tfjs cpu";

function systems(): readonly System[] {
  return [
    { name: REFERENCE, engine: "tfjs-cpu", isSlow: true },
    { name: "compiled, ort-cpu", engine: "ort-cpu" },
    { name: "compiled, ort-cpu, 1 thread", engine: "ort-cpu", threads: 1 },
    ...(hasTfjsNode() ? [{ name: "tfjs-node", engine: "tfjs-node" } as const] : []),
  ];
}

/** Training throughput of the engines on one machine. */
export const engines = defineExperiment<EngineParameters, EngineRaw>({
  id: "nn/engines",
  title: "Training throughput of the compiled and the eager engines",
  artefact: "DESIGN, training and inference",
  notes: [
    "Wall-clock medians of whole training steps: forward, backward, clipping, Adam; random data.",
    "tfjs cpu is timed once, on a batch of a few examples, and compared by examples per second.",
    "GFLOP/s count products only (convolutions, matrix products), as 2 operations a multiply-add.",
    "Memory is the growth of the process's resident size, and so depends a little on the rows before.",
    "tfjs-node is measured where its native library is installed.",
  ],
  presets: {
    quick: { sequences: { layers: 1, hidden: 128, time: 20 }, steps: 3, batch: 64, slowBatch: 2 },
    standard: { sequences: { layers: 3, hidden: 256, time: 40 }, steps: 10, batch: 128, slowBatch: 4 },
    full: { sequences: { layers: 3, hidden: 256, time: 40 }, steps: 20, batch: 128, slowBatch: 16 },
  },
  seedCounts: { quick: 1 },
  metrics: ["examplesPerSecond", "gflops", "speedup", "medianMs", "cpuMs", "compileMs", "peakMebibytes"],
  reference: { system: REFERENCE, metric: "examplesPerSecond" },
  packages: ["@wayweave/geo-core", "@wayweave/nn"],
  rawSchema: engineRawSchema,
  rows({ parameters }) {
    const models: readonly ModelName[] = ["two-tower CNN", "GRU seq2seq"];
    return models.flatMap((name) =>
      systems().map((system): Row<EngineRaw> => {
        const examples = system.isSlow ? parameters.slowBatch : parameters.batch;
        return {
          system: system.name,
          dataset: name,
          paper: null,
          weight: system.isSlow ? 4 : 1,
          run: (context) =>
            measure(makeModel(name, examples, parameters, context), system, parameters.steps, context),
        };
      }),
    );
  },
  score,
});
