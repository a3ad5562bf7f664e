import { type Tensor, type Tensor2D, type Tensor3D, tf } from "../tfjs.js";
import type { GruRun, GruWeights } from "./gru.js";

/**
 * Entries of a tensor that are worked on at a time: gates are computed for some steps at once, which keeps the graph small, but
 * not for so many that they fall out of the processor's cache before the slopes have passed through them.
 */
const CHUNK_ENTRIES = 2 ** 16;

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
 * The gradient of a GRU over a sequence, from its states alone.
 *
 * The gates are computed again, for several steps in one product. Given them, the slope of a state is linear in that of the
 * state after it, so that little is left to do step by step; the weights' gradients are one product each. (tfjs's own tape would
 * record every slice and every sum of weight gradients of every step.)
 *
 * @param dy slope of the states, [time, batch, hidden]
 * @param inputs [time, batch, inputs]
 * @returns gradients of inputs, initial state, kernel, recurrent, bias and recurrentBias
 */
export function gruGradient(
  dy: Tensor3D,
  inputs: Tensor3D,
  weights: GruWeights,
  run: GruRun,
  states: Tensor3D,
): Tensor[] {
  const [time, batch, hidden] = states.shape;
  const flat = inputs.reshape([time * batch, inputs.shape[2]]) as Tensor2D;
  const before = statesBefore(states, run);
  const chunks = chunksOf(
    { steps: time, inputs: flat, before, dy: rows(dy), mask: maskRows(run) },
    batch * hidden,
  );
  const found = new Array<GateSlopes>(chunks.length);
  let flowing: Tensor2D | undefined;
  for (let i = 0; i < chunks.length; i++) {
    const at = run.direction === "forward" ? chunks.length - 1 - i : i;
    const factors = gateFactors(chunks[at]!, weights);
    const passed = throughChunk(chunks[at]!, factors, flowing, weights.recurrent as Tensor2D, run.direction);
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

/** @param stepEntries entries of one step's state */
function chunksOf(whole: Chunk, stepEntries: number): Chunk[] {
  const most = Math.max(1, Math.floor(CHUNK_ENTRIES / stepEntries));
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

/** The gates of some steps again, and from them the factors of their slopes: σ' = σ(1 − σ), tanh' = 1 − tanh². */
function gateFactors({ inputs, before, mask }: Chunk, weights: GruWeights): GateFactors {
  const split = (tensor: Tensor, axis: number) => tf.split(tensor, 3, axis);
  const biases = split(weights.bias, 0);
  const carriedBiases = split(weights.recurrentBias, 0);
  const fromInputs = split(weights.kernel, 1).map((kernel, gate) =>
    tf
      .matMul(inputs, kernel as Tensor2D)
      .add(gate === 2 ? biases[2]! : biases[gate]!.add(carriedBiases[gate]!)),
  );
  const [xr, xz, xn] = fromInputs as [Tensor2D, Tensor2D, Tensor2D];
  const [ur, uz, un] = split(weights.recurrent, 1) as [Tensor2D, Tensor2D, Tensor2D];
  const reset = tf.matMul(before, ur).add(xr).sigmoid();
  const update = tf.matMul(before, uz).add(xz).sigmoid();
  const inner = tf.matMul(before, un).add(carriedBiases[2]!);
  const candidate = reset.mul(inner).add(xn).tanh();

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
  const all = tf.concat2d(totals, 0);
  const { reset, update, candidate, carried } = factors;
  const slopes = {
    reset: all.mul(reset) as Tensor2D,
    update: all.mul(update) as Tensor2D,
    candidate: all.mul(candidate) as Tensor2D,
    carried: all.mul(carried) as Tensor2D,
  };
  return { slopes, flowing: flow! };
}
