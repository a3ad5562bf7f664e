import { onnxGruUse } from "../record/kernels/gru.js";
import { type Tensor, type Tensor2D, type Tensor3D, tf } from "../tfjs.js";
import { type Gates, gruGradient } from "./gru-gradient.js";
import type { GruRun, GruWeights } from "./gru-parts.js";
import { onnxGru } from "./onnx-gru.js";

export type { GruRun, GruWeights } from "./gru-parts.js";

/**
 * A GRU over a sequence, time first (Cho et al. 2014, in the form of cuDNN, PyTorch and ONNX's
 * `linear_before_reset = 1`):
 *
 * r = σ(W_r x + b_r + U_r h + c_r), z = σ(W_z x + b_z + U_z h + c_z), n = tanh(W_n x + b_n + r ⊙ (U_n h + c_n)),
 * h' = (1 − z) ⊙ n + z ⊙ h.
 *
 * @param inputs [time, batch, inputs]
 * @param initial [batch, hidden]
 * @param mask [time, batch], 1 where the sequence goes on; elsewhere the state stays as it was
 * @returns the states after each step, [time, batch, hidden]
 */
export function gru(inputs: Tensor, initial: Tensor, weights: GruWeights, mask?: Tensor): Tensor3D {
  return gruLayer(inputs, weights, { initial, mask, direction: "forward" });
}

/** One step of {@link gru}. @returns the state after it, [batch, hidden] */
export function gruCell(input: Tensor, state: Tensor, weights: GruWeights): Tensor2D {
  const states = gru(input.expandDims(0), state, weights);
  return states.reshape([states.shape[1], states.shape[2]]);
}

/** Sequences longer than this are trained by ONNX's operator where it is exact: see {@link gruLayer}. */
const LONG_SEQUENCE = 32;

/**
 * {@link gru} in either direction, with a gradient by hand.
 *
 * Step by step, the gates are kept for the gradient, which is the fastest; but the graph grows by as many nodes for each step, and
 * takes minutes to compile where sequences are long. There ONNX's operator computes the states, and the gradient the gates again.
 */
export function gruLayer(inputs: Tensor, weights: GruWeights, run: GruRun): Tensor3D {
  const use = onnxGruUse();
  if (use === "always") return onnxGru(inputs, weights, run);
  const isExact = run.mask === undefined || run.isMaskOfLengths === true;
  const byOperator = use === "whereExact" && isExact && inputs.shape[0]! > LONG_SEQUENCE;
  const forward = tf.customGrad((...all) => {
    const save = all.pop() as unknown as (tensors: Tensor[]) => void;
    const given = all as Tensor[];
    const started = { ...run, initial: given[1]! };
    const { states, gates } = byOperator
      ? { states: onnxGru(given[0]!, weightsOf(given), started), gates: [] }
      : stepByStep(given[0]!, weightsOf(given), started);
    // Only what is saved is still alive when the gradient is asked for.
    const masks = run.mask === undefined ? [] : [run.mask];
    save([...given, states, ...masks, ...gates.flatMap(tensorsOf)]);
    const gradFunc = (dy: Tensor | Tensor[], saved: Tensor[]) => {
      const [x, initial] = saved as [Tensor3D, Tensor2D];
      const [keptStates, ...rest] = saved.slice(given.length) as [Tensor3D, ...Tensor[]];
      const mask = run.mask === undefined ? undefined : rest.shift();
      const kept = byOperator ? undefined : gatesOf(rest as Tensor2D[]);
      const layer = { weights: weightsOf(saved), run: { ...run, initial, mask } };
      return gruGradient(dy as Tensor3D, { ...layer, inputs: x, states: keptStates, gates: kept });
    };
    return { value: states, gradFunc };
  });
  const { kernel, recurrent, bias, recurrentBias } = weights;
  return forward(inputs, run.initial, kernel, recurrent, bias, recurrentBias) as Tensor3D;
}

/** The weights among a layer's inputs, initial state and weights. */
function weightsOf([, , kernel, recurrent, bias, recurrentBias]: readonly Tensor[]): GruWeights {
  return { kernel: kernel!, recurrent: recurrent!, bias: bias!, recurrentBias: recurrentBias! };
}

function tensorsOf({ reset, update, candidate, inner }: Gates): Tensor2D[] {
  return [reset, update, candidate, inner];
}

function gatesOf(saved: readonly Tensor2D[]): Gates[] {
  return Array.from({ length: saved.length / 4 }, (_, t) => {
    const [reset, update, candidate, inner] = saved.slice(4 * t) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
    return { reset, update, candidate, inner };
  });
}

/** The inputs of all steps are projected in one product. @returns the states, and each step's gates */
function stepByStep(
  inputs: Tensor,
  weights: GruWeights,
  { initial, mask, direction }: GruRun,
): { states: Tensor3D; gates: Gates[] } {
  const [time, batch, features] = inputs.shape as [number, number, number];
  const flat = inputs.reshape([time * batch, features]) as Tensor2D;
  const split = (tensor: Tensor, axis: number) => tf.split(tensor, 3, axis);
  const recurrent = split(weights.recurrent, 1) as Tensor2D[];
  const biases = split(weights.bias, 0);
  const carriedBiases = split(weights.recurrentBias, 0);
  // The candidate's recurrent bias stays inside the reset gate; the others join the input's.
  const [xr, xz, xn] = split(weights.kernel, 1).map((kernel, gate) => {
    const bias = gate === 2 ? biases[2]! : biases[gate]!.add(carriedBiases[gate]!);
    return tf.split(tf.matMul(flat, kernel as Tensor2D).add(bias), time, 0); // time × [batch, hidden]
  });
  const goesOn = mask === undefined ? undefined : tf.unstack(mask.reshape([time, batch, 1]));
  const states = new Array<Tensor2D>(time);
  const gates = new Array<Gates>(time);
  let state = initial as Tensor2D;
  for (let step = 0; step < time; step++) {
    const t = direction === "forward" ? step : time - 1 - step;
    const before = state;
    const reset = tf.matMul(before, recurrent[0]!).add(xr![t]!).sigmoid() as Tensor2D;
    const update = tf.matMul(before, recurrent[1]!).add(xz![t]!).sigmoid() as Tensor2D;
    const inner = tf.matMul(before, recurrent[2]!).add(carriedBiases[2]!) as Tensor2D;
    const candidate = reset.mul(inner).add(xn![t]!).tanh() as Tensor2D;
    const after = before.sub(candidate).mul(update).add(candidate) as Tensor2D;
    state = goesOn === undefined ? after : (after.sub(before).mul(goesOn[t]!).add(before) as Tensor2D);
    states[t] = state;
    gates[t] = { reset, update, candidate, inner };
  }
  return { states: tf.stack(states) as Tensor3D, gates };
}
