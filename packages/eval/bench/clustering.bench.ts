import { Random } from "@wayweave/geo-core";
import { bench, describe } from "vitest";

// The built package: the test runner's own module loading makes calls between modules several times slower.
const {
  adjustedMutualInformation,
  adjustedRandIndex,
  nmi,
  purity,
  randIndex,
  silhouette,
  uacc,
}: typeof import("../src/index.js") = await import(new URL("../dist/index.js", import.meta.url).href);

/** Labels of 12 classes and clusters that agree on 70 % of the items. */
function labellings(n: number): { labelsTrue: Uint32Array; labelsPredicted: Uint32Array } {
  const random = new Random(1);
  const labelsTrue = Uint32Array.from({ length: n }, () => random.integer(12));
  const labelsPredicted = labelsTrue.map((label) => (random.next() < 0.7 ? label : random.integer(12)));
  return { labelsTrue, labelsPredicted };
}

const metrics = { uacc, nmi, adjustedMutualInformation, randIndex, adjustedRandIndex, purity };

for (const n of [80_000, 1_000_000]) {
  describe(`${n} labels, 12 classes, 12 clusters`, () => {
    const { labelsTrue, labelsPredicted } = labellings(n);
    for (const [name, metric] of Object.entries(metrics)) {
      bench(name, () => void metric(labelsTrue, labelsPredicted), { iterations: 5, time: 200 });
    }
  });
}

describe("80,000 labels of 3,000 classes and clusters, beyond the dense table", () => {
  const random = new Random(2);
  const labelsTrue = Uint32Array.from({ length: 80_000 }, () => random.integer(3000));
  const labelsPredicted = labelsTrue.map((label) => (random.next() < 0.5 ? label : random.integer(3000)));
  for (const [name, metric] of Object.entries({ nmi, adjustedMutualInformation, adjustedRandIndex })) {
    bench(name, () => void metric(labelsTrue, labelsPredicted), { iterations: 5, time: 200 });
  }
});

describe("silhouette of 80,000 points on the plane", () => {
  const { labelsPredicted } = labellings(80_000);
  const random = new Random(3);
  const items = {
    data: Float64Array.from({ length: 160_000 }, () => random.normal()),
    rows: 80_000,
    columns: 2,
  };
  bench("a sample of 1,000", () => void silhouette(items, labelsPredicted, { sampleSize: 1000 }), {
    iterations: 3,
    time: 200,
  });
});
