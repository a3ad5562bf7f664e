import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { createTrainStep, type Engine, type TrainStepOptions, tf } from "../../src/train/index.js";
import { adversarialPair, type Batch, cnnTwoTower, gruSeq2Seq } from "./models.js";
import { expectClose } from "./parity.js";

const STEPS = 20;

/** All metrics of 20 steps, and the parameters after them. */
async function train(options: TrainStepOptions, batch: Batch, engine: Engine) {
  const step = await createTrainStep({ ...options, engine, threads: 1, seed: 3 });
  const phases = "phases" in options ? Object.keys(options.phases) : [undefined];
  const metrics: Record<string, number>[] = [];
  for (let i = 0; i < STEPS; i++) {
    const phase = phases[i % phases.length];
    const before = tf.memory().numTensors;
    metrics.push(await step.step(batch, phase === undefined ? {} : { phase }));
    // The first step of a phase may make its optimizer's constants.
    if (i >= phases.length) expect(tf.memory().numTensors, "tensors after a step").toBe(before);
  }
  const params = await step.params();
  await step.dispose();
  return { metrics, params };
}

/** tfjs cpu, and tfjs-node where a contributor has built it (scripts/build-tfjs-node.mjs). */
const eagerEngines: readonly Engine[] = [
  "tfjs-cpu",
  ...(isInstalled("@tensorflow/tfjs-node") ? ["tfjs-node" as const] : []),
];

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

describe.each(eagerEngines)("20 training steps, compiled ≡ %s, loss by loss", (eagerEngine) => {
  const models = { cnnTwoTower, gruSeq2Seq, adversarialPair };
  for (const [name, make] of Object.entries(models)) {
    it(name, async () => {
      const before = tf.memory().numTensors;
      const { options, batch } = make() as { options: TrainStepOptions; batch: Batch };
      const eager = await train(options, batch, eagerEngine);
      const compiled = await train(options, batch, "ort-cpu");
      compiled.metrics.forEach((metrics, i) => {
        expect(Object.keys(metrics).sort()).toEqual(Object.keys(eager.metrics[i]!).sort());
        for (const [metric, value] of Object.entries(metrics)) {
          expectClose([value], [eager.metrics[i]![metric]!], 2e-4, `${metric} of step ${i}`);
        }
      });
      for (const [parameter, { data }] of Object.entries(compiled.params)) {
        expectClose(data, eager.params[parameter]!.data, 2e-3, parameter);
      }
      const losses = compiled.metrics.map(({ loss }) => loss!);
      expect(losses[STEPS - 2]! + losses[STEPS - 1]!).toBeLessThan(losses[0]! + losses[1]!);
      expect(tf.memory().numTensors, "tensors after disposal").toBe(before);
    });
  }
});
