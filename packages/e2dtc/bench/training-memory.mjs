// Peak memory of training on 80,000 trips of 16 points: an epoch of pre-training, seeding, and the first steps of self-training.
//
//   pnpm --filter @wayweave/e2dtc... build && node packages/e2dtc/bench/training-memory.mjs [trips] [preset] [steps]
import { createCity, resampleToCount } from "../../geo-core/dist/index.js";
import { fitE2DTC } from "../dist/train.js";

const [trips, preset, steps] = [process.argv[2] ?? 80_000, process.argv[3] ?? "small", process.argv[4] ?? 40];
const set = resampleToCount(createCity({ seed: 1, trips: Number(trips) }).set, { count: 16 });
const report = (when) => {
  console.log(`${when}: at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MB so far`);
};
report(`${set.length} trips before training`);
const stop = new AbortController();
let selfTrainSteps = 0;
const fit = fitE2DTC(set, {
  k: 12,
  preset,
  threads: 1,
  pretrain: { epochs: 1, validationShare: 0.02 },
  signal: stop.signal,
  onProgress: ({ phase, done, total }) => {
    if (phase === "pretrain" && done === total) report("pre-trained");
    if (phase === "selfTrain" && ++selfTrainSteps === Number(steps)) stop.abort();
  },
});
await fit.then(
  () => report("clustered"),
  () => report(`seeded, and ${selfTrainSteps} steps of self-training`),
);
