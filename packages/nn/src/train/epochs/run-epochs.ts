import {
  checkGiven,
  checkNonNegativeInteger,
  checkOptions,
  checkPositiveInteger,
  Pace,
  ValueError,
} from "@wayweave/geo-core";
import type { TrainStep } from "../train-step.js";
import { checkFiniteLoss, checkFiniteParams, checkFiniteValidation } from "./check-finite.js";
import type { EpochBatch, EpochPlan, EpochRecord, RunEpochsOptions, TrainedEpochs } from "./options.js";
import { StepCounter } from "./progress.js";
import { openRun } from "./saved-run.js";

/** What a save holds besides the training step and the best parameters. */
interface SavedEpochs<Note> {
  readonly history: readonly EpochRecord<Note>[];
  readonly bestEpoch: number;
  readonly steps: number;
  readonly carried: unknown;
}

/**
 * Trains for some epochs: the one loop that every training here goes through.
 *
 * Before each epoch `epoch` plans its batches; then each batch takes one step. After it come the check that loss and
 * parameters are finite, `validate`, the choice of the best epoch, and the save. What an epoch draws at random comes from
 * `random.split(epoch)` alone, so a save needs no generator's state but the number of the epoch; `carried` saves what else
 * lives on from epoch to epoch. A run that was interrupted loses the epoch it was in, and goes on bit for bit.
 *
 * @param step not disposed of here
 * @throws {ValueError} options out of range or unknown, an epoch without a batch, an `objective` that the step does not report,
 *   a `file` that holds another run
 * @throws {StateError} a loss or a parameter that is no longer finite; names epoch, step and term
 * @throws {FormatError} a `file` that is damaged
 * @throws the signal's reason
 * @example
 * const { params, history } = await runEpochs(step, {
 *   where: "train",
 *   epochs: 10,
 *   random: new Random(seed).split("train"),
 *   epoch: ({ random }) => {
 *     const batches = shuffledBatches(rows, 32, random);
 *     return { steps: batches.length, batches: batches.map((indices) => ({ entries: batchOf(indices) })) };
 *   },
 *   learningRate: halfCosine({ learningRate: 1e-3 }),
 *   file: "run/train.safetensors",
 *   identity: JSON.stringify({ config, data: digestOf(data) }),
 * });
 */
export async function runEpochs<Note = null>(
  step: TrainStep,
  options: RunEpochsOptions<Note>,
): Promise<TrainedEpochs<Note>> {
  checkGiven("runEpochs", "step", step);
  checkGiven("runEpochs", "options", options);
  checkRun(options);
  const { where, epochs, random, signal, keepBest = false, objective = "loss" } = options;
  const run = await openRun<SavedEpochs<Note>>(step, {
    file: options.file,
    identity: options.identity ?? "",
    where,
  });
  const history = [...(run.state?.history ?? [])];
  const counter = new StepCounter(run.state?.steps ?? 0, options.otherSteps);
  let best = { epoch: run.state?.bestEpoch ?? -1, params: run.tensors };
  if (run.state !== undefined) options.carried?.restore(run.state.carried);

  while (history.length < epochs && !isPatienceOver(options, history.length, best.epoch)) {
    signal?.throwIfAborted();
    const epoch = history.length;
    const plan = await options.epoch({ epoch, random: random.split(epoch), history });
    if (plan === undefined) break;
    counter.plan(plan.steps, epochs - epoch);
    const means = await runEpoch(step, plan, epoch, counter, options);
    const params = await step.params();
    checkFiniteParams(where, params, epoch);
    const validation = (await options.validate?.({ epoch, params, signal })) ?? null;
    checkFiniteValidation(where, validation, epoch);
    history.push({ means, validation, note: (plan.note ?? null) as Note });
    const lossOf = (record: EpochRecord<Note>) => record.validation ?? record.means[objective]!;
    if (keepBest && (epoch === 0 || lossOf(history[epoch]!) < lossOf(history[best.epoch]!))) {
      best = { epoch, params };
    }
    const carried = options.carried?.save() ?? null;
    const state = { history, bestEpoch: best.epoch, steps: counter.done, carried };
    await run.save(state, keepBest ? best.params : {});
  }

  const steps = counter.done;
  if (keepBest && history.length > 0) return { params: best.params, history, epoch: best.epoch, steps };
  return { params: await step.params(), history, epoch: history.length - 1, steps };
}

/** @returns the epoch's means */
async function runEpoch<Note>(
  step: TrainStep,
  plan: EpochPlan<Note>,
  epoch: number,
  counter: StepCounter,
  options: RunEpochsOptions<Note>,
): Promise<Record<string, number>> {
  const { where, epochs, objective = "loss", phase = "train", signal, onProgress } = options;
  const sums: Record<string, number> = {};
  let weights = 0;
  // A compiled step holds the event loop until it is done: without a pause no signal would come through.
  const pace = new Pace(signal);
  for await (const { entries, weight = 1, phase: turn } of plan.batches as AsyncIterable<EpochBatch>) {
    await pace.step();
    const at = { epoch, epochs, step: counter.done, total: Math.max(counter.planned, counter.done + 1) };
    const metrics = await step.step(entries, {
      ...(turn === undefined ? {} : { phase: turn }),
      ...(options.learningRate === undefined ? {} : { learningRate: options.learningRate(at) }),
    });
    counter.step();
    checkFiniteLoss(where, metrics, epoch, counter.done);
    const loss = metrics[objective];
    if (loss === undefined) {
      const names = Object.keys(metrics).join(", ");
      throw new ValueError(`${where}: objective must be one of ${names}, got ${JSON.stringify(objective)}`);
    }
    for (const [name, value] of Object.entries(metrics)) sums[name] = (sums[name] ?? 0) + value * weight;
    weights += weight;
    onProgress?.({ phase, epoch, epochs, ...counter.tell(), loss });
  }
  if (!(weights > 0)) {
    throw new ValueError(`${where}: epoch ${epoch + 1} must have at least one batch of positive weight`);
  }
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / weights]));
}

function isPatienceOver<Note>(
  { patience }: RunEpochsOptions<Note>,
  epochs: number,
  bestEpoch: number,
): boolean {
  return patience !== undefined && epochs > 0 && epochs - 1 - bestEpoch >= patience;
}

function checkRun<Note>(options: RunEpochsOptions<Note>): void {
  const { where, epochs, keepBest, patience, file, identity, otherSteps } = options;
  checkOptions("runEpochs", options, [
    "where",
    "epochs",
    "random",
    "epoch",
    "learningRate",
    "objective",
    "validate",
    "keepBest",
    "patience",
    "phase",
    "otherSteps",
    "onProgress",
    "signal",
    "file",
    "identity",
    "carried",
  ]);
  checkOptions("runEpochs: otherSteps", otherSteps, ["before", "after"]);
  checkNonNegativeInteger(where, "epochs", epochs);
  checkNonNegativeInteger("runEpochs: otherSteps", "before", otherSteps?.before ?? 0);
  checkNonNegativeInteger("runEpochs: otherSteps", "after", otherSteps?.after ?? 0);
  if (patience !== undefined) {
    checkPositiveInteger(where, "patience", patience);
    if (keepBest !== true) throw new ValueError("runEpochs: patience needs keepBest");
  }
  if (file !== undefined && identity === undefined) throw new ValueError("runEpochs: file needs identity");
}
