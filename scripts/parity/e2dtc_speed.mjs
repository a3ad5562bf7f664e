// Embedding of 20,000 trips by an E2DTC model with @wayweave/e2dtc, one thread: CPU time. e2dtc_speed.py does the same in PyTorch.
//
//   pnpm --filter @wayweave/e2dtc... build && node scripts/parity/e2dtc_speed.mjs [runs]
//
// Trips are random walks over a grid of 32 × 32 cells, 2 … 33 points each, a cell a point. Weights are random: they do not
// change how long it takes. Everything from coordinates to label is timed; PyTorch starts from tokens. Prints one JSON line a network.
import { buildVocabulary, E2DTC, resolveConfig } from "../../packages/e2dtc/dist/index.js";
import { exportModel, initParams } from "../../packages/e2dtc/dist/train.js";
import { Random, TrajectorySet } from "../../packages/geo-core/dist/index.js";

const runs = Number(process.argv[2] ?? 5);
const [TRIPS, SIDE, CELL, K] = [20_000, 32, 300, 12];
const random = new Random(1);

/** A walk of steps to the four neighbours, reflected at the border. */
function walk() {
  const points = [];
  let [column, row] = [random.integer(SIDE), random.integer(SIDE)];
  for (let left = 2 + random.integer(32); left > 0; left--) {
    points.push([(column + 0.5) * CELL, (row + 0.5) * CELL]);
    const step = random.integer(2) === 0 ? 1 : -1;
    if (random.integer(2) === 0)
      column = column + step < 0 || column + step >= SIDE ? column - step : column + step;
    else row = row + step < 0 || row + step >= SIDE ? row - step : row + step;
  }
  return points;
}

const set = TrajectorySet.fromArrays(Array.from({ length: TRIPS }, walk), { coordinateSystem: "planar" });

for (const preset of ["small", "paper"]) {
  const config = resolveConfig({ preset });
  const { hidden } = config.network;
  const vocabulary = buildVocabulary(set, { cellSizeMeters: CELL, minFrequency: 1 });
  const normal = (length) => Float32Array.from({ length }, () => random.normal());
  const bytes = await exportModel({
    config,
    vocabulary,
    params: initParams(config.network, vocabulary, normal(vocabulary.size * hidden), random),
    centers: normal(K * hidden),
    provenance: { config, seed: 1, engine: "none", trajectories: 0, pretrainEpochs: 0, selfTrainEpochs: 0 },
  });
  const model = await E2DTC.load(bytes, { threads: 1 });
  await model.predict(set);
  const times = [];
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    await model.predict(set);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1e6);
  }
  await model.dispose();
  times.sort((a, b) => a - b);
  const seconds = times[runs >> 1];
  const tripsPerCpuSecond = Math.round(TRIPS / seconds);
  console.log(
    JSON.stringify({
      network: preset,
      tripsPerCpuSecond,
      seconds,
      least: times[0],
      most: times.at(-1),
      meanPoints: set.pointCount / TRIPS,
    }),
  );
}
