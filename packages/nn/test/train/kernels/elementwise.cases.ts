import fc from "fast-check";
import { type Tensor, tf } from "../../../src/train/tfjs.js";
import { booleans, broadcastPairs, floats, integers, type ParityCase, seeds, shapes } from "../parity.js";

interface UnaryCase {
  readonly f: (x: Tensor) => Tensor;
  readonly low?: number;
  readonly high?: number;
  readonly gradient?: boolean;
}

/** tfjs differentiates these as steps; values are enough. */
const gradient = false;

const UNARY: Readonly<Record<string, UnaryCase>> = {
  abs: { f: (x) => x.abs() },
  acos: { f: (x) => x.acos(), low: -0.9, high: 0.9 },
  acosh: { f: (x) => x.acosh(), low: 1.1, high: 4 },
  asin: { f: (x) => x.asin(), low: -0.9, high: 0.9 },
  asinh: { f: (x) => x.asinh() },
  atan: { f: (x) => x.atan() },
  atanh: { f: (x) => x.atanh(), low: -0.9, high: 0.9 },
  cast: { f: (x) => x.cast("int32"), low: -20, high: 20, gradient },
  castToBool: { f: (x) => x.cast("int32").cast("bool"), gradient },
  ceil: { f: (x) => x.ceil() },
  clip: { f: (x) => x.clipByValue(-0.5, 1) },
  cos: { f: (x) => x.cos() },
  cosh: { f: (x) => x.cosh() },
  elu: { f: (x) => x.elu() },
  erf: { f: (x) => x.erf() },
  exp: { f: (x) => x.exp() },
  expm1: { f: (x) => x.expm1() },
  expm1NearZero: { f: (x) => x.expm1().mul(1e6), low: -1e-6, high: 1e-6 },
  floor: { f: (x) => x.floor() },
  isFinite: { f: (x) => tf.isFinite(x.log()), gradient },
  isInf: { f: (x) => tf.isInf(x.relu().reciprocal()), gradient },
  isNaN: { f: (x) => tf.isNaN(x.log()), gradient },
  leakyRelu: { f: (x) => x.leakyRelu(0.3) },
  log: { f: (x) => x.log(), low: 0.1, high: 5 },
  log1p: { f: (x) => x.log1p(), low: -0.9, high: 5 },
  log1pNearZero: { f: (x) => x.log1p().mul(1e6), low: -1e-6, high: 1e-6 },
  logSigmoid: { f: (x) => x.logSigmoid() },
  logicalNot: { f: (x) => x.greater(0).logicalNot(), gradient },
  neg: { f: (x) => x.neg() },
  onesLike: { f: (x) => tf.onesLike(x).add(tf.zerosLike(x)).add(x) },
  reciprocal: { f: (x) => x.reciprocal(), low: 0.2, high: 3 },
  relu: { f: (x) => x.relu() },
  relu6: { f: (x) => x.relu6(), low: -3, high: 9 },
  round: { f: (x) => x.round(), low: -5, high: 5 },
  rsqrt: { f: (x) => x.rsqrt(), low: 0.2, high: 3 },
  selu: { f: (x) => x.selu() },
  sigmoid: { f: (x) => x.sigmoid() },
  sign: { f: (x) => x.sign() },
  sin: { f: (x) => x.sin() },
  sinh: { f: (x) => x.sinh() },
  softplus: { f: (x) => x.softplus() },
  sqrt: { f: (x) => x.sqrt(), low: 0.2, high: 3 },
  square: { f: (x) => x.square() },
  step: { f: (x) => x.step(0.25) },
  stepOfRelu: { f: (x) => x.relu().mul(x.step()) },
  tan: { f: (x) => x.tan(), low: -1, high: 1 },
  tanh: { f: (x) => x.tanh() },
};

type BinaryFunction = (a: Tensor, b: Tensor) => Tensor;

const BINARY: Readonly<
  Record<string, { f: BinaryFunction; low?: number; high?: number; gradient?: boolean }>
> = {
  add: { f: (a, b) => a.add(b) },
  addN: { f: (a, b) => tf.addN([a, a.mul(b), a]) },
  atan2: { f: (a, b) => tf.atan2(a, b) },
  div: { f: (a, b) => a.div(b), low: 0.3, high: 2 },
  equal: { f: (a, b) => a.round().equal(b.round()), gradient },
  floorDiv: { f: (a, b) => a.floorDiv(b), low: 0.3, high: 2, gradient },
  greater: { f: (a, b) => a.greater(b), gradient },
  greaterEqual: { f: (a, b) => a.greaterEqual(b), gradient },
  less: { f: (a, b) => a.less(b), gradient },
  lessEqual: { f: (a, b) => a.lessEqual(b), gradient },
  logicalAnd: { f: (a, b) => a.greater(0).logicalAnd(b.greater(0)), gradient },
  logicalOr: { f: (a, b) => a.greater(0).logicalOr(b.greater(0)), gradient },
  logicalXor: { f: (a, b) => a.greater(0).logicalXor(b.greater(0)), gradient },
  maximum: { f: (a, b) => a.maximum(b), gradient },
  minimum: { f: (a, b) => a.minimum(b), gradient },
  mod: { f: (a, b) => a.mod(b) },
  mul: { f: (a, b) => a.mul(b) },
  notEqual: { f: (a, b) => a.round().notEqual(b.round()), gradient },
  pow: { f: (a, b) => a.pow(b), low: 0.3, high: 2 },
  squaredDifference: { f: (a, b) => a.squaredDifference(b), gradient },
  sub: { f: (a, b) => a.sub(b) },
};

const INTEGER: Readonly<Record<string, BinaryFunction>> = {
  "add and mul of int32": (a, b) => a.add(b).mul(a).sub(b),
  "floorDiv of negative int32": (a, b) => a.sub(tf.scalar(9, "int32")).floorDiv(b.add(tf.scalar(1, "int32"))),
  "mod of negative int32": (a, b) => a.sub(tf.scalar(9, "int32")).mod(b.add(tf.scalar(1, "int32"))),
  "maximum and minimum of int32": (a, b) => a.maximum(b).add(a.minimum(b)),
  "unary of int32": (a, b) => a.sub(b).abs().add(a.sub(b).neg().sign()).add(a.square()),
  "div of int32 is real": (a, b) => a.cast("float32").div(b.add(tf.scalar(1, "int32")).cast("float32")),
  "comparison of bool": (a, b) => a.greater(b).equal(b.greater(a)).cast("int32"),
};

export const elementwiseCases: readonly ParityCase[] = [
  ...Object.entries(UNARY).map(([name, { f, low, high, gradient: differentiable }]) => ({
    name,
    ...(differentiable === undefined ? {} : { gradient: differentiable }),
    examples: fc
      .tuple(shapes(0, 4), seeds)
      .map(([shape, seed]) => ({ inputs: [floats(shape, seed, low, high)], run: (x: Tensor) => f(x) })),
  })),
  ...Object.entries(BINARY).map(([name, { f, low, high, gradient: differentiable }]) => ({
    name,
    ...(differentiable === undefined ? {} : { gradient: differentiable }),
    examples: fc.tuple(broadcastPairs, seeds).map(([{ a, b }, seed]) => ({
      inputs: [floats(a, seed, low, high), floats(b, seed + 1, low, high)],
      run: (x: Tensor, y: Tensor) => f(x, y),
    })),
  })),
  ...Object.entries(INTEGER).map(([name, f]) => ({
    name,
    gradient,
    examples: fc.tuple(broadcastPairs, seeds).map(([{ a, b }, seed]) => ({
      inputs: [integers(a, seed, 20), integers(b, seed + 1, 20)],
      run: (x: Tensor, y: Tensor) => f(x, y),
    })),
  })),
  {
    // tfjs's own slopes of these are wrong where operands broadcast.
    name: "slopes of maximum, minimum and squaredDifference of equal shapes",
    examples: fc.tuple(shapes(0, 4), seeds).map(([shape, seed]) => ({
      inputs: [floats(shape, seed), floats(shape, seed + 1)],
      run: (a, b) => [a!.maximum(b!), a!.minimum(b!), a!.squaredDifference(b!)],
    })),
  },
  {
    name: "where",
    examples: fc.tuple(shapes(1, 4), seeds).map(([shape, seed]) => ({
      inputs: [booleans(shape, seed), floats(shape, seed + 1), floats(shape, seed + 2)],
      run: (condition, a, b) => tf.where(condition!, a!, b!),
    })),
  },
  {
    name: "where of bool",
    gradient,
    examples: fc.tuple(shapes(1, 3), seeds).map(([shape, seed]) => ({
      inputs: [booleans(shape, seed), booleans(shape, seed + 1), booleans(shape, seed + 2)],
      run: (condition, a, b) => tf.where(condition!, a!, b!),
    })),
  },
  {
    name: "prelu",
    examples: fc.tuple(broadcastPairs, seeds).map(([{ a, b }, seed]) => ({
      inputs: [floats(a, seed), floats(b, seed + 1)],
      run: (x, alpha) => tf.prelu(x!, alpha!),
    })),
  },
];
