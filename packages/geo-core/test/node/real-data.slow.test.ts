import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { slidingWindows } from "../../src/index.js";
import { readCabspotting, readGeoLife, readPorto, readUcy } from "../../src/node/index.js";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const data = process.env.WAYWEAVE_DATA ?? join(repository, "../shared/data");

/** Runs where the data set is; elsewhere says what it needs. */
function withData(name: string, part: string, check: (path: string) => Promise<void>): void {
  const path = join(data, part);
  it(name, async () => {
    if (existsSync(path)) await check(path);
    else console.info(`not checked: "${name}" needs ${part} in WAYWEAVE_DATA`);
  });
}

describe("real data", () => {
  withData(
    "GeoLife, users 000–020: every point kept, or counted by its fault",
    "geolife/geolife-users-000-020.zip",
    async (path) => {
      const { trajectories, labels, report } = await readGeoLife(path, { lenient: true });
      expect(report).toMatchObject({
        files: 3040,
        records: 5_082_128,
        kept: 5_076_643, // 5,082,128 − 5,484 − 1
        skipped: [
          { reason: "duplicate time", count: 5484 },
          { reason: "position out of range", count: 1 }, // a latitude of 400.17°
        ],
        damagedFiles: [],
      });
      expect(trajectories.length).toBe(3040);
      expect(labels.users).toEqual(["010", "020"]);
      expect(labels.report).toMatchObject({ records: 281 + 147, kept: 281 + 147 });
      await expect(readGeoLife(path)).rejects.toThrow("20081101010123.plt:440: times must increase");
    },
  );

  withData("Porto: 9,232 trips of 448,064 points, 32 of them empty", "porto/train.csv.zip", async (path) => {
    const { trajectories, trips, report } = await readPorto(path);
    expect(report).toMatchObject({
      records: 9232,
      kept: 9200,
      skipped: [{ reason: "no points", count: 32 }],
    });
    expect(trajectories.pointCount).toBe(448_064);
    expect(trips.filter(({ taxiId }) => taxiId === undefined).length).toBeGreaterThan(0);
  });

  withData(
    "Cabspotting: 90 cabs, 857,796 occupied points",
    "cabspotting/cabspotting-90-cabs.zip",
    async (path) => {
      const { trajectories, cabs, report } = await readCabspotting(path);
      expect(report).toMatchObject({
        files: 90,
        records: 1_912_124,
        kept: 857_796,
        skipped: [{ reason: "vacant", count: 1_054_328 }],
      });
      expect(new Set(cabs).size).toBe(90);
      expect(trajectories.pointCount).toBe(857_796);
    },
  );

  withData("UCY: 967 pedestrians, 24,955 windows of 20 frames", "ucy", async (path) => {
    const { trajectories, scenes, report } = await readUcy(path);
    expect(report).toMatchObject({ files: 3, records: 21_813 + 17_953 + 2747, skipped: [] });
    const count = (scene: string) => scenes.filter((name) => name === scene).length;
    expect([count("students001"), count("students003"), count("uni_examples")]).toEqual([415, 434, 118]);
    expect(slidingWindows(trajectories, { length: 20, maxGapMs: 400 }).set.length).toBe(24_955);
  });
});
