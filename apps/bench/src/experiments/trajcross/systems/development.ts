import { Random } from "@wayweave/geo-core";
import { type Split, type SplitProtocol, splitWindows } from "@wayweave/trajcross";

/** Seeds that tables may be run with: none of their test windows is looked at when settings are chosen. */
const reportedSeeds: readonly number[] = [1, 2, 3, 4, 5];

/**
 * Windows to choose settings with: in the test set of none of the seeds of any table, and by the split's rule apart from those that are trained on. Training
 * windows are those left of the rest, so there may be fewer than asked for; so may be those to compare with.
 *
 * @param sources which trajectory each window was cut from
 */
export function developmentSplit(
  sources: ArrayLike<number>,
  protocol: SplitProtocol,
  { trainCount, testCount }: { readonly trainCount: number; readonly testCount: number },
  random: Random,
): Split {
  const tested = new Set<number>();
  for (const seed of reportedSeeds) {
    const { test } = splitWindows(sources, pairsRandom(seed), { protocol, trainCount, testCount });
    // Of a pedestrian who is tested, no window at all.
    for (const window of test) tested.add(protocol === "pedestrians" ? sources[window]! : window);
  }
  const own = random.split("development");
  const free = own
    .permutation(sources.length)
    .filter((window) => !tested.has(protocol === "pedestrians" ? sources[window]! : window));
  if (protocol === "windows") {
    const test = free.slice(0, Math.min(testCount, free.length >> 1));
    return { train: free.slice(test.length, test.length + trainCount), test };
  }
  const chosen = new Set<number>();
  let windows = 0;
  for (const window of free) {
    if (windows >= Math.min(testCount, free.length / 5)) break;
    if (chosen.has(sources[window]!)) continue;
    chosen.add(sources[window]!);
    windows += free.filter((other) => sources[other] === sources[window]).length;
  }
  const isChosen = (window: number) => chosen.has(sources[window]!);
  return {
    train: free.filter((window) => !isChosen(window)).slice(0, trainCount),
    test: free.filter(isChosen).slice(0, testCount),
  };
}

/** What `buildPairs` draws the split of a run's seed with. */
function pairsRandom(seed: number): Random {
  return new Random(new Random(seed).split("pairs").uint32()).split("split");
}
