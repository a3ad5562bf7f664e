import { type Tensor, type Tensor2D, type Tensor3D, tf } from "../tfjs.js";
import type { GruRun, GruWeights } from "./gru-parts.js";

/**
 * Entries of a tensor that are worked on at a time: gates are computed for some steps at once, which keeps the graph small, but
 * not for so many that they fall out of the processor's cache before the slopes have passed through them.
 */
const CHUNK_ENTRIES = 2 ** 16;

/** The gates of some steps, `[steps·batch, hidden]` each. */
export interface Gates {
  readonly reset: Tensor2D;
  readonly update: Tensor2D;
  readonly candidate: Tensor2D;
  /** U_n h + c_n, before the reset gate. */
  readonly inner: Tensor2D;
}

/** A GRU layer that has run. */
export interface GruTrace {
  /** [time, batch, inputs] */
  readonly inputs: Tensor3D;
  readonly weights: GruWeights;
  readonly run: GruRun;
  /** [time, batch, hidden] */
  readonly states: Tensor3D;
  /** One a step; computed again where they were not kept. */
  readonly gates: readonly Gates[] | undefined;
}

/** Some consecutive steps: what they read, `[steps·batch, …]`. */
interface Chunk {
  readonly steps: number;
  readonly inputs: Tensor2D;
  /** The states before the steps. */
  readonly before: Tensor2D;
  /** Slopes of the states after the steps, as far as they do not come from later steps. */
  readonly dy: Tensor2D;
  /** `[steps·batch, 1]` */
  readonly mask: Tensor2D | undefined;
}

/** Slopes of what goes into the gates, `[steps·batch, hidden]` each. */
interface GateSlopes {
  readonly reset: Tensor2D;
  readonly update: Tensor2D;
  readonly candidate: Tensor2D;
  /** Of U_n h + c_n, inside the reset gate. */
  readonly carried: Tensor2D;
}

/** The slopes of gates, divided by the slope of the step's new state; and what passes no gate on its way to the state before. */
interface GateFactors extends GateSlopes {
  readonly kept: Tensor2D;
}

/**
 * The gradient of a GRU over a sequence.
 *
 * Given the gates, the slope of a state is linear in that of the state after it, so that little is left to do step by step; the
 * weights' gradients are one product each. (tfjs's own tape would record every slice and every sum of weight gradients of every
 * step.) Gates that were not kept are computed again from the states, for several steps in one product.
 *
 * @param dy slope of the states, [time, batch, hidden]
 * @returns gradients of inputs, initial state, kernel, recurrent, bias and recurrentBias
 */
export function gruGradient(dy: Tensor3D, { inputs, weights, run, states, gates }: GruTrace): Tensor[] {
  const [time, batch, hidden] = states.shape;
  const flat = inputs.reshape([time * batch, inputs.shape[2]]) as Tensor2D;
  const before = statesBefore(states, run);
  const whole = { steps: time, inputs: flat, before, dy: rows(dy), mask: maskRows(run) };
  const chunkSteps = gates === undefined ? Math.max(1, Math.floor(CHUNK_ENTRIES / (batch * hidden))) : 1;
  const chunks = chunksOf(whole, chunkSteps);
  const found = new Array<GateSlopes>(chunks.length);
  let flowing: Tensor2D | undefined;
  for (let i = 0; i < chunks.length; i++) {
    const at = run.direction === "forward" ? chunks.length - 1 - i : i;
    const chunk = chunks[at]!;
    const factors = gateFactors(chunk, gates?.[at] ?? gatesAgain(chunk, weights));
    const passed = throughChunk(chunk, factors, flowing, weights.recurrent as Tensor2D, run.direction);
    flowing = passed.flowing;
    found[at] = passed.slopes;
  }
  const joined = (name: keyof GateSlopes) =>
    tf.concat2d(
      found.map((slopes) => slopes[name]),
      0,
    );
  const [reset, update] = [joined("reset"), joined("update")];
  const ofInputs = [reset, update, joined("candidate")];
  const ofStates = [reset, update, joined("carried")];
  const kernels = tf.split(weights.kernel, 3, 1) as Tensor2D[];
  const toInputs = ofInputs
    .map((slope, gate): Tensor2D => tf.matMul(slope, kernels[gate]!, false, true))
    .reduce((sum, next) => next.add(sum) as Tensor2D);
  const toWeights = (left: Tensor2D, slopes: readonly Tensor2D[]) =>
    tf.concat2d(
      slopes.map((slope) => tf.matMul(left, slope, true, false) as Tensor2D),
      1,
    );
  const toBias = (slopes: readonly Tensor2D[]) => tf.concat(slopes.map((slope) => slope.sum(0)));
  return [
    toInputs.reshape(inputs.shape),
    flowing!,
    toWeights(flat, ofInputs),
    toWeights(before, ofStates),
    toBias(ofInputs),
    toBias(ofStates),
  ];
}

/** The state before each step, `[time·batch, hidden]`. */
function statesBefore(states: Tensor3D, { initial, direction }: GruRun): Tensor2D {
  const [time, batch, hidden] = states.shape;
  const first = initial.reshape([1, batch, hidden]) as Tensor3D;
  if (time === 1) return rows(first);
  const isForward = direction === "forward";
  const others = states.slice([isForward ? 0 : 1, 0, 0], [time - 1, batch, hidden]);
  return rows(tf.concat3d(isForward ? [first, others] : [others, first], 0));
}

function maskRows({ mask }: GruRun): Tensor2D | undefined {
  return mask?.reshape([mask.size, 1]);
}

/** `[time, batch, …]` → `[time·batch, …]` */
function rows(x: Tensor3D): Tensor2D {
  return x.reshape([x.shape[0] * x.shape[1], x.shape[2]]);
}

/** @param most steps of a chunk */
function chunksOf(whole: Chunk, most: number): Chunk[] {
  const count = Math.ceil(whole.steps / most);
  const batch = whole.dy.shape[0] / whole.steps;
  const steps = Array.from({ length: count }, (_, i) => Math.min(most, whole.steps - i * most));
  const sizes = steps.map((each) => each * batch);
  const cut = (x: Tensor2D) => tf.split(x, sizes, 0) as Tensor2D[];
  const [inputs, before, dy] = [cut(whole.inputs), cut(whole.before), cut(whole.dy)];
  const mask = whole.mask === undefined ? undefined : cut(whole.mask);
  return steps.map((each, i) => ({
    steps: each,
    inputs: inputs[i]!,
    before: before[i]!,
    dy: dy[i]!,
    mask: mask?.[i],
  }));
}

/** The gates of some steps, from what the steps read. */
function gatesAgain({ inputs, before }: Chunk, weights: GruWeights): Gates {
  const split = (tensor: Tensor, axis: number) => tf.split(tensor, 3, axis);
  const biases = split(weights.bias, 0);
  const carriedBiases = split(weights.recurrentBias, 0);
  const [xr, xz, xn] = split(weights.kernel, 1).map((kernel, gate) =>
    tf
      .matMul(inputs, kernel as Tensor2D)
      .add(gate === 2 ? biases[2]! : biases[gate]!.add(carriedBiases[gate]!)),
  ) as [Tensor2D, Tensor2D, Tensor2D];
  const [ur, uz, un] = split(weights.recurrent, 1) as [Tensor2D, Tensor2D, Tensor2D];
  const reset = tf.matMul(before, ur).add(xr).sigmoid() as Tensor2D;
  const update = tf.matMul(before, uz).add(xz).sigmoid() as Tensor2D;
  const inner = tf.matMul(before, un).add(carriedBiases[2]!) as Tensor2D;
  return { reset, update, candidate: reset.mul(inner).add(xn).tanh() as Tensor2D, inner };
}

/** The factors of the gates' slopes: σ' = σ(1 − σ), tanh' = 1 − tanh². */
function gateFactors({ before, mask }: Chunk, { reset, update, candidate, inner }: Gates): GateFactors {
  const one = tf.scalar(1);
  const closed = mask === undefined ? one.sub(update) : one.sub(update).mul(mask);
  const toCandidate = closed.mul(one.sub(candidate.square()));
  const toCarried = toCandidate.mul(reset);
  return {
    reset: toCarried.mul(inner).mul(one.sub(reset)) as Tensor2D,
    update: before.sub(candidate).mul(update).mul(closed) as Tensor2D,
    candidate: toCandidate as Tensor2D,
    carried: toCarried as Tensor2D,
    kept: one.sub(closed) as Tensor2D,
  };
}

/**
 * Takes slopes through some steps.
 *
 * @param flowing slope of the state after (in reading order) the last of them from later steps, `[batch, hidden]`
 * @returns the slopes of the steps' gates, and that of the state before the first
 */
function throughChunk(
  { steps, dy }: Chunk,
  factors: GateFactors,
  flowing: Tensor2D | undefined,
  recurrent: Tensor2D,
  direction: GruRun["direction"],
): { slopes: GateSlopes; flowing: Tensor2D } {
  if (steps === 1) return throughStep(dy, factors, flowing, recurrent);
  const batch = dy.shape[0] / steps;
  const hidden = dy.shape[1];
  const perStep = (x: Tensor2D) => tf.split(x, steps, 0) as Tensor2D[];
  // The three gates beside each other, so that one product carries them all to the state before.
  const gates = perStep(tf.concat2d([factors.reset, factors.update, factors.carried], 1));
  const [dys, keeps] = [perStep(dy), perStep(factors.kept)];
  const totals = new Array<Tensor2D>(steps);
  let flow = flowing;
  for (let step = steps - 1; step >= 0; step--) {
    const t = direction === "forward" ? step : steps - 1 - step;
    const total = (flow === undefined ? dys[t]! : dys[t]!.add(flow)) as Tensor2D;
    totals[t] = total;
    const ofGates = total
      .reshape([batch, 1, hidden])
      .mul(gates[t]!.reshape([batch, 3, hidden]))
      .reshape([batch, 3 * hidden]) as Tensor2D;
    flow = tf.matMul(ofGates, recurrent, false, true).add(total.mul(keeps[t]!)) as Tensor2D;
  }
  return { slopes: slopesOf(tf.concat2d(totals, 0), factors), flowing: flow! };
}

/** {@link throughChunk} for one step, whose slopes need not be computed twice. */
function throughStep(
  dy: Tensor2D,
  factors: GateFactors,
  flowing: Tensor2D | undefined,
  recurrent: Tensor2D,
): { slopes: GateSlopes; flowing: Tensor2D } {
  const total = (flowing === undefined ? dy : dy.add(flowing)) as Tensor2D;
  const slopes = slopesOf(total, factors);
  const ofGates = tf.concat2d([slopes.reset, slopes.update, slopes.carried], 1);
  const passed = tf.matMul(ofGates, recurrent, false, true).add(total.mul(factors.kept)) as Tensor2D;
  return { slopes, flowing: passed };
}

function slopesOf(total: Tensor2D, { reset, update, candidate, carried }: GateFactors): GateSlopes {
  return {
    reset: total.mul(reset),
    update: total.mul(update),
    candidate: total.mul(candidate),
    carried: total.mul(carried),
  };
}
