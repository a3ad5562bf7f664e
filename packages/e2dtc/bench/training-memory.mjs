// Peak memory of training on 80,000 trips: one epoch of each phase.
//
//   pnpm --filter @wayweave/e2dtc... build && node packages/e2dtc/bench/training-memory.mjs [trips] [preset]
import { createCity, resampleToCount } from "../../geo-core/dist/index.js";
import { fitE2DTC } from "../dist/train-entry.js";

const [trips = 80_000, preset = "small"] = [Number(process.argv[2] ?? 80_000), process.argv[3] ?? "small"];
const set = resampleToCount(createCity({ seed: 1, trips }).set, { count: 16 });
const megabytes = () => Math.round(process.resourceUsage().maxRSS / 1024);
console.log(`${set.length} trips of 16 points: ${megabytes()} MB before training`);
const { model } = await fitE2DTC(set, {
  k: 12,
  preset,
  threads: 1,
  pretrain: { epochs: 1 },
  selfTrain: { epochs: 1 },
  onProgress: ({ phase, done, total }) => {
    if (done === total) console.log(`${phase}: ${megabytes()} MB at most so far`);
  },
});
console.log(`clustered: ${megabytes()} MB at most`);
await model.dispose();
