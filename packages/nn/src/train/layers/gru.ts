import { wantsOnnxGru } from "../record/kernels/gru.js";
import { type Tensor, type Tensor2D, type Tensor3D, tf } from "../tfjs.js";
import { onnxGru } from "./onnx-gru.js";

/** The weights of one GRU layer; the columns of each are the gates [reset | update | candidate]. */
export interface GruWeights {
  /** [inputs, 3·hidden] */
  readonly kernel: Tensor;
  /** [hidden, 3·hidden] */
  readonly recurrent: Tensor;
  /** [3·hidden] */
  readonly bias: Tensor;
  /** [3·hidden] */
  readonly recurrentBias: Tensor;
}

/** What one step leaves for its gradient. */
interface StepTrace {
  readonly before: Tensor2D;
  readonly reset: Tensor2D;
  readonly update: Tensor2D;
  readonly candidate: Tensor2D;
  /** U·h + c of the candidate, before the reset gate. */
  readonly carried: Tensor2D;
}

const TRACE_LENGTH = 5;

/**
 * A GRU over a sequence, time first (Cho et al. 2014, in the form of cuDNN, PyTorch and ONNX's
 * `linear_before_reset = 1`):
 *
 * r = σ(W_r x + b_r + U_r h + c_r), z = σ(W_z x + b_z + U_z h + c_z), n = tanh(W_n x + b_n + r ⊙ (U_n h + c_n)),
 * h' = (1 − z) ⊙ n + z ⊙ h.
 *
 * The inputs of all steps are projected in one product, and so are the gradients of the weights, collected over time.
 *
 * @param inputs [time, batch, inputs]
 * @param initial [batch, hidden]
 * @param mask [time, batch], 1 where the sequence goes on; elsewhere the state stays as it was
 * @returns the states after each step, [time, batch, hidden]
 */
export function gru(inputs: Tensor, initial: Tensor, weights: GruWeights, mask?: Tensor): Tensor3D {
  if (wantsOnnxGru()) return onnxGru(inputs, initial, weights, mask);
  const [time, batch, features] = inputs.shape as [number, number, number];
  const hidden = initial.shape[1]!;
  const flat = inputs.reshape([time * batch, features]) as Tensor2D;
  const gates = (tensor: Tensor, axis: number) => tf.split(tensor, 3, axis);
  const kernels = gates(weights.kernel, 1);
  const recurrent = gates(weights.recurrent, 1) as Tensor2D[];
  const biases = gates(weights.bias, 0);
  const carriedBiases = gates(weights.recurrentBias, 0);
  // The candidate's recurrent bias stays inside the reset gate; the others join the input's.
  const projected = kernels.map((kernel, gate) => {
    const bias = gate === 2 ? biases[2]! : biases[gate]!.add(carriedBiases[gate]!);
    return tf.matMul(flat, kernel as Tensor2D).add(bias) as Tensor2D; // [time·batch, hidden]
  });
  const steps = mask === undefined ? undefined : tf.unstack(mask.reshape([time, batch, 1]));
  return recurrence(projected, initial as Tensor2D, recurrent, carriedBiases[2]!, time, steps).reshape([
    time,
    batch,
    hidden,
  ]);
}

/** One step of {@link gru}. @returns the state after it, [batch, hidden] */
export function gruCell(input: Tensor, state: Tensor, weights: GruWeights): Tensor2D {
  const states = gru(input.expandDims(0), state, weights);
  return states.reshape([states.shape[1], states.shape[2]]);
}

/**
 * The recurrence over projected inputs [time·batch, hidden] a gate, with a hand-written gradient: tfjs's tape would
 * record every slice and every sum of weight gradients of every step.
 */
function recurrence(
  projected: readonly Tensor2D[],
  initial: Tensor2D,
  recurrent: readonly Tensor2D[],
  carriedBias: Tensor,
  time: number,
  mask: readonly Tensor[] | undefined,
): Tensor2D {
  const forward = tf.customGrad((...all) => {
    const save = all.pop() as unknown as (tensors: Tensor[]) => void;
    const [xr, xz, xn, h0, ur, uz, un, bias] = all as Tensor2D[];
    const { states, traces } = runForward([xr!, xz!, xn!], h0!, [ur!, uz!, un!], bias!, time, mask);
    const value = tf.concat2d(states, 0);
    // Only what is saved is still alive when the gradient is asked for.
    const gates = mask ?? [];
    save([ur!, uz!, un!, ...gates, ...traces.flatMap(traceTensors)]);
    const gradFunc = (dy: Tensor | Tensor[], saved: Tensor[]) => {
      const weights = saved.slice(0, 3) as Tensor2D[];
      const keptMask = mask === undefined ? undefined : saved.slice(3, 3 + gates.length);
      const kept = readTraces(saved.slice(3 + gates.length) as Tensor2D[]);
      return runBackward(dy as Tensor2D, weights, kept, keptMask);
    };
    return { value, gradFunc };
  });
  return forward(...projected, initial, ...recurrent, carriedBias) as Tensor2D;
}

function runForward(
  projected: readonly Tensor2D[],
  initial: Tensor2D,
  recurrent: readonly Tensor2D[],
  carriedBias: Tensor,
  time: number,
  mask: readonly Tensor[] | undefined,
): { states: Tensor2D[]; traces: StepTrace[] } {
  const [xr, xz, xn] = projected.map((gate) => tf.split(gate, time, 0));
  const states: Tensor2D[] = [];
  const traces: StepTrace[] = [];
  let state = initial;
  for (let t = 0; t < time; t++) {
    const before = state;
    const reset = tf.matMul(before, recurrent[0]!).add(xr![t]!).sigmoid() as Tensor2D;
    const update = tf.matMul(before, recurrent[1]!).add(xz![t]!).sigmoid() as Tensor2D;
    const carried = tf.matMul(before, recurrent[2]!).add(carriedBias) as Tensor2D;
    const candidate = reset.mul(carried).add(xn![t]!).tanh() as Tensor2D;
    const after = before.sub(candidate).mul(update).add(candidate) as Tensor2D;
    state = mask === undefined ? after : (after.sub(before).mul(mask[t]!).add(before) as Tensor2D);
    states.push(state);
    traces.push({ before, reset, update, candidate, carried });
  }
  return { states, traces };
}

function traceTensors({ before, reset, update, candidate, carried }: StepTrace): Tensor2D[] {
  return [before, reset, update, candidate, carried];
}

function readTraces(saved: readonly Tensor2D[]): StepTrace[] {
  const traces: StepTrace[] = [];
  for (let i = 0; i < saved.length; i += TRACE_LENGTH) {
    const [before, reset, update, candidate, carried] = saved.slice(i, i + TRACE_LENGTH) as [
      Tensor2D,
      Tensor2D,
      Tensor2D,
      Tensor2D,
      Tensor2D,
    ];
    traces.push({ before, reset, update, candidate, carried });
  }
  return traces;
}

/** Gradients of projected inputs (3), initial state, recurrent weights (3) and the candidate's recurrent bias. */
function runBackward(
  dy: Tensor2D,
  recurrent: readonly Tensor2D[],
  traces: readonly StepTrace[],
  mask: readonly Tensor[] | undefined,
): Tensor[] {
  const time = traces.length;
  const slopes = tf.split(dy, time, 0) as Tensor2D[];
  const collected: Record<"reset" | "update" | "candidate" | "carried", Tensor2D[]> = {
    reset: [],
    update: [],
    candidate: [],
    carried: [],
  };
  let flowing: Tensor2D | undefined;
  for (let t = time - 1; t >= 0; t--) {
    const total = flowing === undefined ? slopes[t]! : (slopes[t]!.add(flowing) as Tensor2D);
    const dState = mask === undefined ? total : (total.mul(mask[t]!) as Tensor2D);
    const step = stepGradient(dState, traces[t]!);
    for (const gate of ["reset", "update", "candidate", "carried"] as const)
      collected[gate].unshift(step[gate]);
    const toBefore = (slope: Tensor2D, gate: number, sum: Tensor2D) =>
      tf.matMul(slope, recurrent[gate]!, false, true).add(sum) as Tensor2D;
    const kept = mask === undefined ? step.kept : (step.kept.add(total.sub(dState)) as Tensor2D);
    flowing = toBefore(step.carried, 2, toBefore(step.update, 1, toBefore(step.reset, 0, kept)));
  }
  const join = (parts: Tensor2D[]) => tf.concat2d(parts, 0);
  const before = join(traces.map((trace) => trace.before));
  const [dReset, dUpdate, dCarried] = [collected.reset, collected.update, collected.carried].map(join);
  const toWeights = (slope: Tensor2D) => tf.matMul(before, slope, true, false);
  return [
    dReset!,
    dUpdate!,
    join(collected.candidate),
    flowing!,
    toWeights(dReset!),
    toWeights(dUpdate!),
    toWeights(dCarried!),
    dCarried!.sum(0),
  ];
}

/** Slopes before the gates' functions, given the slope of the new state: σ' = σ(1 − σ), tanh' = 1 − tanh². */
function stepGradient(dState: Tensor2D, { before, reset, update, candidate, carried }: StepTrace) {
  const one = tf.scalar(1);
  const closed = one.sub(update);
  const dCandidate = dState.mul(closed).mul(one.sub(candidate.square())) as Tensor2D;
  const dUpdate = dState.mul(before.sub(candidate)).mul(update.mul(closed)) as Tensor2D;
  const dCarried = dCandidate.mul(reset) as Tensor2D;
  const dReset = dCarried.mul(carried).mul(one.sub(reset)) as Tensor2D;
  return {
    reset: dReset,
    update: dUpdate,
    candidate: dCandidate,
    carried: dCarried,
    kept: dState.mul(update) as Tensor2D,
  };
}
