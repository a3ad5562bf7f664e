import {
  checkArray,
  checkGiven,
  checkOneOf,
  checkOptions,
  checkPositiveInteger,
  Random,
  type SlidingWindows,
  type TrajectorySet,
  ValueError,
} from "@wayweave/geo-core";
import { checkRandom } from "../internal/arguments.js";
import { checkPlanarSet, sceneExtent } from "./extents.js";
import { type ImageSet, type RenderOptions, renderImages } from "./images.js";

/** Trajectory i and image i show the same. */
export interface PairSet {
  /** Planar, each with at least one point. */
  readonly trajectories: TrajectorySet;
  /** An image of each trajectory, in their order. */
  readonly images: ImageSet;
  /**
   * How the images were drawn, so that training can draw them anew; absent where they come from elsewhere, such as a folder. With
   * `protocol: "scene"` it holds the `extent`.
   */
  readonly rendering?: RenderOptions;
  /**
   * Every pair's index once, alike ones next to each other: what training takes hard negatives from. A part of the pairs needs an order
   * of its own, or none.
   */
  readonly alikeOrder?: Uint32Array;
}

/**
 * How pairs are divided into training and test.
 *
 * `windows`: at random. Neighbouring windows of one pedestrian share all but one point, so near-duplicates are on both
 * sides, and in the gallery. `pedestrians`: no pedestrian is on both sides, the honest figure for generalisation.
 */
export type SplitProtocol = "windows" | "pedestrians";

/** How many windows {@link splitWindows} draws for each side, and what the sides may share. */
export interface SplitOptions {
  /** @defaultValue "windows" */
  readonly protocol?: SplitProtocol;
  /** @defaultValue 10,000, the paper's */
  readonly trainCount?: number;
  /** @defaultValue 2,379, the paper's */
  readonly testCount?: number;
}

/** Indices into the windows. */
export interface Split {
  /** Windows that are trained on, each once. */
  readonly train: Uint32Array;
  /** Windows that are tested on, each once, and none of `train`. */
  readonly test: Uint32Array;
}

/**
 * Draws training and test windows.
 *
 * @param sources which trajectory (pedestrian) each window was cut from, `[windows]`
 * @throws {ValueError} fewer windows than asked for
 */
export function splitWindows(sources: ArrayLike<number>, random: Random, options: SplitOptions = {}): Split {
  checkArray("splitWindows", "sources", sources);
  checkRandom("splitWindows", random);
  checkOptions("splitWindows", options, ["protocol", "trainCount", "testCount"]);
  const { protocol = "windows", trainCount = 10_000, testCount = 2_379 } = options;
  checkOneOf("splitWindows", "protocol", protocol, ["windows", "pedestrians"]);
  checkPositiveInteger("splitWindows", "trainCount", trainCount);
  checkPositiveInteger("splitWindows", "testCount", testCount);
  if (protocol === "windows") {
    checkEnough("windows", sources.length, trainCount + testCount);
    const order = random.split("windows").permutation(sources.length);
    return { train: order.slice(0, trainCount), test: order.slice(trainCount, trainCount + testCount) };
  }
  const testShare = testCount / (trainCount + testCount);
  const isTest = drawTestPedestrians(sources, testShare, random.split("pedestrians"));
  const order = random.split("windows").permutation(sources.length);
  const train = order.filter((window) => !isTest.has(sources[window]!));
  const test = order.filter((window) => isTest.has(sources[window]!));
  checkEnough("training windows", train.length, trainCount);
  checkEnough("test windows", test.length, testCount);
  return { train: train.slice(0, trainCount), test: test.slice(0, testCount) };
}

/** Random pedestrians until they have at least `share` of all windows. */
function drawTestPedestrians(sources: ArrayLike<number>, share: number, random: Random): Set<number> {
  const windowCounts = new Map<number, number>();
  for (let i = 0; i < sources.length; i++)
    windowCounts.set(sources[i]!, (windowCounts.get(sources[i]!) ?? 0) + 1);
  const chosen = new Set<number>();
  let windows = 0;
  for (const pedestrian of random.shuffle([...windowCounts.keys()])) {
    if (windows >= share * sources.length) break;
    chosen.add(pedestrian);
    windows += windowCounts.get(pedestrian)!;
  }
  return chosen;
}

function checkEnough(what: string, available: number, required: number): void {
  if (available < required) {
    throw new ValueError(`splitWindows: there must be at least ${required} ${what}, got ${available}`);
  }
}

/**
 * The paper's data set from windows of pedestrians: training and test pairs of a window and an image that shows it. Which windows are on which side
 * is drawn, or told by `split: { train, test }`.
 *
 * With `images: { protocol: "scene" }` all images of both sides show one square: `images.extent`, or else the one around the windows of
 * both sides. Training that draws its images anew shows the same square.
 *
 * @throws {ValueError} fewer windows than asked for, a told window that there is not or that is on both sides, a lon/lat set, a window outside `images.extent`, options out of range
 * @example
 * const windows = slidingWindows(pedestrians, { length: 20, maxGapMs: 400 });
 * const { train, test } = buildPairs(windows, { seed: 1, split: { protocol: "pedestrians" } });
 */
export function buildPairs(
  windows: Pick<SlidingWindows, "set" | "sources" | "starts">,
  options: {
    readonly seed?: number;
    readonly split?: SplitOptions | Split;
    readonly images?: RenderOptions;
  } = {},
): { readonly train: PairSet; readonly test: PairSet; readonly split: Split } {
  checkGiven("buildPairs", "windows", windows);
  checkPlanarSet("buildPairs", windows.set, "windows.set");
  checkArray("buildPairs", "windows.sources", windows.sources);
  checkOptions("buildPairs", options, ["seed", "split", "images"]);
  const random = new Random(options.seed ?? 0);
  const split = splitOf(windows.sources, random.split("split"), options.split);
  const rendering = withSceneExtent(options.images, windows.set, split);
  const pairs = (name: "train" | "test"): PairSet => {
    const trajectories = windows.set.select(split[name]);
    const images = renderImages(trajectories, random.split(name), rendering);
    return { trajectories, images, rendering, alikeOrder: alongSources(split[name], windows) };
  };
  return { train: pairs("train"), test: pairs("test"), split };
}

/** @throws {ValueError} a window of a told split that there is not, or twice */
function splitOf(sources: ArrayLike<number>, random: Random, split: SplitOptions | Split = {}): Split {
  if (!("train" in split)) return splitWindows(sources, random, split);
  checkOptions("buildPairs", split, ["train", "test"]);
  const seen = new Set<number>();
  for (const [side, chosen] of Object.entries(split)) {
    for (const [i, window] of chosen.entries()) {
      const isThere = window < sources.length && !seen.has(window);
      if (!isThere) {
        throw new ValueError(
          `buildPairs: split.${side}[${i}] must be a window below ${sources.length}, each once on one side, got ${window}`,
        );
      }
      seen.add(window);
    }
  }
  return split;
}

/** Where all images show one square and none is given: the one around the windows of both sides, not a square for each side. */
function withSceneExtent(
  images: RenderOptions = {},
  set: TrajectorySet,
  { train, test }: Split,
): RenderOptions {
  if (images.protocol !== "scene" || images.extent !== undefined) return images;
  return { ...images, extent: sceneExtent(set.select([...train, ...test]), images.marginMeters) };
}

/** The windows of one pedestrian next to each other, by start. */
function alongSources(chosen: Uint32Array, windows: Pick<SlidingWindows, "sources" | "starts">): Uint32Array {
  const { sources, starts } = windows;
  const order = Uint32Array.from(chosen, (_, i) => i);
  return order.sort((a, b) => {
    const [windowA, windowB] = [chosen[a]!, chosen[b]!];
    return sources[windowA]! - sources[windowB]! || starts[windowA]! - starts[windowB]!;
  });
}
