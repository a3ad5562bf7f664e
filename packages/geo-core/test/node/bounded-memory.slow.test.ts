import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const script = fileURLToPath(new URL("../../bench/large-csv-memory.mjs", import.meta.url));

/** Peak resident memory in megabytes of a process that streams a CSV of so many; the script needs a build. */
function peakOf(megabytes: number): { peakRssMegabytes: number; points: number; records: number } {
  return JSON.parse(execFileSync(process.execPath, [script, String(megabytes)], { encoding: "utf8" }));
}

it("streams a CSV in memory that does not grow with it, below 300 MB", () => {
  const small = peakOf(10);
  const large = peakOf(60);
  expect(large.points).toBe(large.records);
  expect(large.points).toBeGreaterThan(4 * small.points);
  expect(large.peakRssMegabytes).toBeLessThan(300);
  // The points alone of the larger file would take 1.1 million × 24 bytes = 26 MB, their text 60 MB.
  expect(large.peakRssMegabytes - small.peakRssMegabytes).toBeLessThan(60);
});
