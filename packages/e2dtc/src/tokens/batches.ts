import type { Random } from "@wayweave/geo-core";
import type { E2DTCConfig } from "../model/config.js";
import type { TokenSequences } from "./tokens.js";
import { END_TOKEN, START_TOKEN } from "./vocabulary.js";

/** The shortest padded length; longer ones double. */
const SHORTEST = 4;

/** Trajectories that are trained or embedded together, padded to one length. */
export interface Batch {
  /** Which trajectories, at most `rows`. */
  readonly indices: Uint32Array;
  /** Padded length: 4, 8, 16, … */
  readonly time: number;
  /** Rows, those that stay empty included. */
  readonly rows: number;
}

/** The padded length of a sequence. */
export function paddedLength(tokens: number): number {
  let length = SHORTEST;
  while (length < tokens) length *= 2;
  return length;
}

/** The last batch of a length may be this much smaller than the others, or this much again. */
const SHRINKAGE = 4;

/**
 * Groups trajectories of like length. All batches of one length have the same number of rows, but for the last, which has the
 * same or a quarter or a sixteenth … as its trajectories need: few sizes, since each is compiled once, and few empty rows.
 *
 * @param lengths tokens of each trajectory that a batch must have room for
 * @param order which trajectories, and in which order they fill batches
 */
export function planBatches(
  lengths: ArrayLike<number>,
  order: Uint32Array,
  { batchSize, tokensPerBatch }: Pick<E2DTCConfig, "batchSize" | "tokensPerBatch">,
): Batch[] {
  const waiting = new Map<number, number[]>();
  const batches: Batch[] = [];
  const rowsOf = (time: number) => Math.max(1, Math.min(batchSize, Math.floor(tokensPerBatch / time)));
  const close = (time: number, indices: number[]) => {
    batches.push({ indices: Uint32Array.from(indices), time, rows: shrunk(rowsOf(time), indices.length) });
  };
  for (const index of order) {
    const time = paddedLength(lengths[index]!);
    const open = waiting.get(time) ?? [];
    open.push(index);
    const isFull = open.length === rowsOf(time);
    if (isFull) close(time, open);
    waiting.set(time, isFull ? [] : open);
  }
  for (const [time, open] of waiting) if (open.length > 0) close(time, open);
  return batches;
}

/** The least of `rows`, a quarter of it, a quarter of that, … that has room for `count`. */
function shrunk(rows: number, count: number): number {
  const fewer = Math.ceil(rows / SHRINKAGE);
  return fewer < rows && fewer >= count ? shrunk(fewer, count) : rows;
}

/** {@link planBatches} in an order drawn at random, and the batches shuffled so that lengths mix. */
export function shuffledBatches(
  lengths: ArrayLike<number>,
  chosen: Uint32Array,
  config: Pick<E2DTCConfig, "batchSize" | "tokensPerBatch">,
  random: Random,
): Batch[] {
  return random.shuffle(planBatches(lengths, random.shuffle(chosen.slice()), config));
}

/** Tokens of a batch, time first, where in their cells they lie, when in the day, and each row's length (1 where a row is empty). */
export interface EncoderInput {
  /** `[time, rows]` */
  readonly tokens: Int32Array;
  /** `[time, rows, 2]` */
  readonly within: Float32Array;
  /** `[time, rows]`; of sequences that have it. */
  readonly timeOfDay?: Float32Array;
  /** `[rows]` */
  readonly lengths: Int32Array;
}

export function encoderInput(sequences: TokenSequences, { indices, time, rows }: Batch): EncoderInput {
  const tokens = new Int32Array(time * rows).fill(START_TOKEN);
  const within = new Float32Array(2 * time * rows);
  const timeOfDay = sequences.timeOfDay && new Float32Array(time * rows);
  const lengths = new Int32Array(rows).fill(1);
  for (const [row, index] of indices.entries()) {
    const start = sequences.offsets[index]!;
    const length = sequences.offsets[index + 1]! - start;
    lengths[row] = length;
    for (let t = 0; t < length; t++) {
      const at = t * rows + row;
      tokens[at] = sequences.tokens[start + t]!;
      within[2 * at] = sequences.within[2 * (start + t)]!;
      within[2 * at + 1] = sequences.within[2 * (start + t) + 1]!;
      if (timeOfDay !== undefined) timeOfDay[at] = sequences.timeOfDay![start + t]!;
    }
  }
  return { tokens, within, lengths, ...(timeOfDay === undefined ? {} : { timeOfDay }) };
}

/** What the decoder is told and has to answer, time first, `[time, rows]` each. */
export interface DecoderInput {
  /** START_TOKEN, then the tokens. */
  readonly before: Int32Array;
  /** The tokens, then END_TOKEN. */
  readonly targets: Int32Array;
  /** 1 up to END_TOKEN, 0 after it. */
  readonly weights: Float32Array;
}

export function decoderInput(
  sequences: Pick<TokenSequences, "tokens" | "offsets">,
  { indices, time, rows }: Batch,
): DecoderInput {
  const before = new Int32Array(time * rows).fill(START_TOKEN);
  const targets = new Int32Array(time * rows).fill(END_TOKEN);
  const weights = new Float32Array(time * rows);
  for (const [row, index] of indices.entries()) {
    const start = sequences.offsets[index]!;
    const length = sequences.offsets[index + 1]! - start;
    for (let t = 0; t <= length; t++) {
      if (t > 0) before[t * rows + row] = sequences.tokens[start + t - 1]!;
      if (t < length) targets[t * rows + row] = sequences.tokens[start + t]!;
      weights[t * rows + row] = 1;
    }
  }
  return { before, targets, weights };
}

/** 1 for each row in use, `[rows]`. */
export function rowWeights({ indices, rows }: Batch): Float32Array {
  return new Float32Array(rows).fill(1, 0, indices.length);
}

/** Tokens of each sequence. */
export function lengthsOf({ offsets }: Pick<TokenSequences, "offsets">): Uint32Array {
  return Uint32Array.from({ length: offsets.length - 1 }, (_, i) => offsets[i + 1]! - offsets[i]!);
}

/** How often an epoch goes through so many trajectories, so that it has at least `minSteps` full batches. */
export function passesOf(trajectories: number, batchSize: number, minSteps: number): number {
  return Math.ceil(minSteps / Math.max(1, Math.ceil(trajectories / batchSize)));
}
