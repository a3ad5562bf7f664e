import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { pairwiseDistances, type TrajectorySet, TrajectorySetBuilder } from "../../src/index.js";
import { streamGeoLife, streamPorto, type TrajectoryBatch } from "../../src/node/index.js";
import { expectGolden, type GoldenValues, metricsOf } from "./golden.js";

interface TripCase {
  readonly file: string;
  readonly sha256: string;
  readonly epsilon: number;
  readonly ids: readonly string[];
  readonly points: readonly number[];
  readonly values: GoldenValues;
}

const golden: Record<"porto" | "geolife", TripCase> = JSON.parse(
  readFileSync(new URL("../golden/distances.json", import.meta.url), "utf8"),
);
const dataFolder =
  process.env.WAYWEAVE_DATA ?? fileURLToPath(new URL("../../../../../shared/data", import.meta.url));

/** The file that the values were computed from, or undefined (with a line in the log) where it is not at hand. */
async function fileOf(name: "porto" | "geolife"): Promise<string | undefined> {
  const { file, sha256 } = golden[name];
  const path = join(dataFolder, name, file);
  if (!existsSync(path)) {
    console.warn(
      `distances: reference values on real trips not compared, ${name}/${file} is not in the data folder`,
    );
    return undefined;
  }
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  if (hash.digest("hex") === sha256) return path;
  console.warn(`distances: reference values on real trips not compared, ${name}/${file} is another version`);
  return undefined;
}

/** The first trip of each id, in the order of `ids`. */
async function collect(
  stream: AsyncIterable<TrajectoryBatch>,
  ids: readonly string[],
): Promise<TrajectorySet> {
  const found = new Map<string, Float64Array>();
  for await (const { trajectories } of stream) {
    for (const { id, coordinates } of trajectories) {
      if (ids.includes(id) && !found.has(id)) found.set(id, coordinates.slice());
    }
    if (found.size === ids.length) break;
  }
  const builder = new TrajectorySetBuilder();
  for (const id of ids) {
    builder.begin(id);
    const coordinates = found.get(id) ?? [];
    for (let i = 0; i < coordinates.length; i += 2) builder.addPoint(coordinates[i]!, coordinates[i + 1]!);
    builder.end();
  }
  return builder.build();
}

for (const name of ["porto", "geolife"] as const) {
  const path = await fileOf(name);
  describe.runIf(path !== undefined)(`reference values on real trips: ${name}`, () => {
    const { ids, points, epsilon, values } = golden[name];
    let set: TrajectorySet;

    beforeAll(async () => {
      const stream = name === "porto" ? streamPorto(path!) : streamGeoLife(path!, { lenient: true });
      set = await collect(stream, ids);
    });

    it("reads the same trips", () => {
      expect(ids.map((_, i) => set.pointCountOf(i))).toEqual(points);
    });

    for (const metric of metricsOf(epsilon)) {
      it(metric.name, async () => {
        expectGolden(await pairwiseDistances(set, metric), values[metric.name]);
      });
    }
  });
}
