import { Random, ValueError } from "@wayweave/geo-core";
import type { Tensor } from "./tfjs.js";

/** One array of random numbers that a loss asked for. */
export interface RandomDraw {
  readonly kind: "uniform" | "normal" | "mask";
  readonly shape: readonly number[];
  /** For masks: the probability of being kept. */
  readonly keep: number;
}

/**
 * The randomness of a loss. Every call is one array of numbers that differs from step to step and depends on
 * nothing but the seed, the step and the call's place in the loss: all engines see the same numbers, and a resumed
 * run sees those it would have seen.
 */
export interface StepRandom {
  /** Uniform in [0, 1). */
  uniform(shape: readonly number[]): Tensor;
  /** Standard normal. */
  normal(shape: readonly number[]): Tensor;
  /** 1/keep with probability `keep`, else 0: what dropout multiplies by. */
  mask(shape: readonly number[], keep: number): Tensor;
}

/** @param provide makes the tensor of the i-th draw */
export function stepRandom(provide: (draw: RandomDraw, index: number) => Tensor): StepRandom {
  let count = 0;
  const draw = (kind: RandomDraw["kind"], shape: readonly number[], keep = 1) =>
    provide({ kind, shape: [...shape], keep }, count++);
  return {
    uniform: (shape) => draw("uniform", shape),
    normal: (shape) => draw("normal", shape),
    mask(shape, keep) {
      if (!(keep > 0 && keep <= 1)) {
        throw new ValueError(`StepRandom.mask: keep must be in (0, 1], got ${keep}`);
      }
      return draw("mask", shape, keep);
    },
  };
}

/** The key of a draw: one stream for each seed, phase, step and place. */
export function drawKey(seed: number, phase: string, step: number, index: number): number {
  return new Random(seed).split(phase).split(step).split(index).uint32();
}

/** Fills `out` with the numbers of a draw. */
export function fillDraw(out: Float32Array, { kind, keep }: RandomDraw, key: number): void {
  if (kind === "uniform") fillUniform(out, key);
  else if (kind === "normal") fillNormal(out, key);
  else fillMask(out, keep, key);
}

function fillUniform(out: Float32Array, key: number): void {
  for (let i = 0; i < out.length; i++) out[i] = hash(key, i) * 2 ** -24;
}

/** Box–Muller: two uniform numbers make two normal ones. */
function fillNormal(out: Float32Array, key: number): void {
  for (let i = 0; i < out.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log((hash(key, i) + 1) * 2 ** -24));
    const angle = 2 * Math.PI * hash(key, i + 1) * 2 ** -24;
    out[i] = radius * Math.cos(angle);
    if (i + 1 < out.length) out[i + 1] = radius * Math.sin(angle);
  }
}

function fillMask(out: Float32Array, keep: number, key: number): void {
  const threshold = keep * 2 ** 24;
  const kept = 1 / keep;
  for (let i = 0; i < out.length; i++) out[i] = hash(key, i) < threshold ? kept : 0;
}

/**
 * 24 random bits of a counter: MurmurHash3's finaliser over key + i·φ, as in counter-based generators. A float32 holds
 * 24 bits exactly.
 */
function hash(key: number, i: number): number {
  let h = (key + Math.imul(i, 0x9e3779b9)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 8;
}
